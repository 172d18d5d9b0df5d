package io.mcpgate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mcpgate.contract.RecordingSession;
import io.mcpgate.contract.Samples;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CallTest {
    private static final AttributeKey<String> COLOUR = AttributeKey.of("colour", String.class);
    private final RecordingSession session = RecordingSession.legacy("s");

    @Test
    void namesWhatPolicyLooksAt() {
        assertThat(target("tools/call", Map.of("name", "search"))).isEqualTo(new Target(Target.Kind.TOOL, "search"));
        assertThat(target("prompts/get", Map.of("name", "greet"))).isEqualTo(new Target(Target.Kind.PROMPT, "greet"));
        assertThat(target("resources/read", Map.of("uri", "file:///A%20b")))
                .isEqualTo(new Target(Target.Kind.RESOURCE, "file:///A%20b"));
        assertThat(target("completion/complete", Map.of("ref", Map.of("type", "ref/prompt", "name", "greet"))))
                .isEqualTo(new Target(Target.Kind.PROMPT, "greet"));
        assertThat(target("completion/complete", Map.of("ref", Map.of("type", "ref/resource", "uri", "db://{table}"))))
                .isEqualTo(new Target(Target.Kind.TEMPLATE, "db://{table}"));
        assertThat(target("ping", Map.of())).isEqualTo(new Target(Target.Kind.METHOD, "ping"));
    }

    @Test
    void isNotCoveredByAGrantForToolsWhenItNamesNone() {
        assertThat(target("tools/call", Map.of())).isEqualTo(new Target(Target.Kind.METHOD, "tools/call"));
        assertThat(target("tools/call", Map.of("name", 7))).isEqualTo(new Target(Target.Kind.METHOD, "tools/call"));
    }

    private Target target(String method, Map<String, ?> params) {
        return Samples.request(method, params, session).target();
    }

    @Test
    void hasAnotherTargetWhenItsParamsChange() {
        Call call = Samples.toolCall("search", session);
        assertThat(call.target().name()).isEqualTo("search");

        assertThat(call.withParams(Payload.of(Map.of("name", "delete")))
                        .target()
                        .name())
                .isEqualTo("delete");
    }

    @Test
    void hasTheSurroundingsOfTheCallOnWhoseAccountItIsMade() {
        AttributeKey<String> tenant = AttributeKey.inherited("tenant", String.class);
        AttributeKey<String> place = AttributeKey.inherited("place", String.class);
        Call cause = Samples.toolCall("search", session)
                .with(tenant, "old")
                .with(tenant, "acme")
                .with(place, "there")
                .with(COLOUR, "red");

        Call made = Samples.toolCall("unknown", session).with(place, "here").onAccountOf(cause);

        assertThat(made.attribute(tenant)).as("the one that counts there").contains("acme");
        assertThat(made.attribute(place)).as("its own stays").contains("here");
        assertThat(made.attribute(COLOUR)).as("what that call is itself").isEmpty();
        assertThat(made.target().name()).isEqualTo("unknown");
    }

    @Test
    void keepsItsFirstDeadlineWhenALaterOneIsSet() {
        Call call = Samples.toolCall("search", session)
                .withTimeout(Duration.ofSeconds(1))
                .withTimeout(Duration.ofHours(1));

        assertThat(call.timeLeft().orElseThrow()).isLessThanOrEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void sharesItsCancellationWithAllItsCopies() {
        Call call = Samples.toolCall("search", session);
        Call copy = call.withServer("other").with(COLOUR, "red").withPrincipal(Principal.of("bob"));

        call.cancellation().cancel();

        assertThat(copy.cancellation().isCancelled()).isTrue();
    }

    @Test
    void cancelsItsBranchesButIsNotCancelledByThem() {
        Call call = Samples.toolCall("search", session);
        Call one = call.branch().withServer("one");
        Call two = call.branch().withServer("two");

        one.cancellation().cancel();
        assertThat(call.cancellation().isCancelled()).isFalse();
        assertThat(two.cancellation().isCancelled()).isFalse();

        call.cancellation().cancel();
        assertThat(two.cancellation().isCancelled()).isTrue();
        assertThat(call.branch().cancellation().isCancelled()).isTrue();
    }

    @Test
    void findsTheLatestValueOfAnAttribute() {
        Call call = Samples.toolCall("search", session).with(COLOUR, "red").with(COLOUR, "blue");

        assertThat(call.attribute(COLOUR)).contains("blue");
        assertThat(call.attribute(AttributeKey.of("colour", String.class))).isEmpty();
    }

    @Test
    void isTheParentOfWhatTheServerSaysMeanwhile() {
        Call call = Samples.toolCall("search", session);

        Call progress = call.notificationToClient("notifications/progress", Payload.empty());

        assertThat(progress.parent()).contains(call);
        assertThat(progress.traffic()).isEqualTo(Traffic.NOTIFICATION_TO_CLIENT);
        assertThat(progress.principal()).isEqualTo(call.principal());
        assertThat(progress.server()).isEqualTo(call.server());
    }

    @Test
    void keepsTheTypeOfItsId() {
        assertThat(RequestId.of(7)).isNotEqualTo(RequestId.of("7")).isEqualTo(RequestId.ofInteger("7"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"7.0", "", "-", "007", "00", "-07", "+1", "1e3", " 1", "0x1", "\u0661"})
    void hasNoNumericIdThatIsNoIntegerOfJson(String digits) {
        assertThatThrownBy(() -> RequestId.ofInteger(digits)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-0", "7", "-7", "100", "123456789012345678901234567890"})
    void keepsTheDigitsOfItsNumericId(String digits) {
        assertThat(RequestId.ofInteger(digits).text()).isEqualTo(digits);
    }

    @Test
    void doesNotShowParamsInToString() {
        Call call =
                Samples.request("tools/call", Map.of("name", "x", "arguments", Map.of("password", "hunter2")), session);

        assertThat(call.toString()).doesNotContain("hunter2").contains("tools/call");
    }

    @Test
    void tellsListenersOfACancellationOnceAlsoWhenTheyComeLate() {
        Cancellation cancellation = new Cancellation();
        List<String> told = new ArrayList<>();
        cancellation.onCancel(() -> told.add("early"));
        cancellation.onCancel(() -> told.add("gone")).close();

        cancellation.cancel();
        cancellation.cancel();
        cancellation.onCancel(() -> told.add("late"));

        assertThat(told).containsExactly("early", "late");
    }
}
