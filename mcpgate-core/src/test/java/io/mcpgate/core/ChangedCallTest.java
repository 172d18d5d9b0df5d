package io.mcpgate.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.mcpgate.Call;
import io.mcpgate.ErrorCode;
import io.mcpgate.Interceptor;
import io.mcpgate.Payload;
import io.mcpgate.Reply;
import io.mcpgate.audit.AuditEvent;
import io.mcpgate.audit.AuditEvent.Kind;
import io.mcpgate.audit.AuditEvent.Verdict;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What was decided on is what goes out, whatever a host's step makes of a call behind the decision. */
class ChangedCallTest extends GatewayFixture {
    private static Interceptor changing(UnaryOperator<Call> change) {
        return (call, chain) -> chain.proceed(call.method().equals("tools/call") ? change.apply(call) : call);
    }

    private static UnaryOperator<Call> named(String tool) {
        return call -> call.withParams(Payload.of(Map.of("name", tool, "arguments", Map.of())));
    }

    private List<AuditEvent> attempts() {
        return audit.events().stream()
                .filter(event -> event.kind() == Kind.ATTEMPT)
                .toList();
    }

    @ParameterizedTest
    @EnumSource(
            value = Step.class,
            names = {"ATTEMPT", "ROUTE"})
    void isRefusedWhenItsNewNameIsNotAllowed(Step before) {
        Gateway gateway = open(builder().revealRefusals().before(before, "Rename", changing(named("delete"))));

        Reply.Failure refused = failure(join(gateway.handle(tool(ALICE, "crm", "search"))));

        assertThat(refused.kind()).isEqualTo(ErrorCode.FORBIDDEN);
        assertThat(crm.received()).isEmpty();
        assertThat(audit.events()).last().satisfies(outcome -> {
            assertThat(outcome.verdict()).isEqualTo(Verdict.REFUSED);
            assertThat(outcome.target().name()).isEqualTo("delete");
        });
        assertThat(attempts()).noneMatch(attempt -> attempt.target().name().equals("delete"));
    }

    @ParameterizedTest
    @EnumSource(
            value = Step.class,
            names = {"ATTEMPT", "ROUTE"})
    void isRecordedInTheFormInWhichItLeaves(Step before) {
        Gateway gateway = open(builder().before(before, "Rename", changing(named("delete"))));

        assertThat(join(gateway.handle(tool(ADMIN, "crm", "search")))).isInstanceOf(Reply.Complete.class);

        assertThat(crm.calledTools()).containsExactly("delete");
        assertThat(attempts()).last().satisfies(attempt -> {
            assertThat(attempt.target().name()).isEqualTo("delete");
            assertThat(attempt.reason()).isEqualTo("role admin allows tool *");
        });
    }

    @Test
    void isRefusedWhenItIsForAServerThatThePrincipalMayNotEnter() {
        Gateway gateway = open(builder().intercept("Elsewhere", changing(call -> call.withServer("files"))));

        Reply.Failure refused = failure(join(gateway.handle(tool(ALICE, "crm", "search"))));

        assertThat(refused.kind()).isEqualTo(ErrorCode.NOT_FOUND);
        assertThat(files.received()).isEmpty();
    }

    @Test
    void isRefusedWhenAStepMakesACallOfItsOwn() {
        Interceptor own = (call, chain) -> chain.proceed(
                call.method().equals("tools/call")
                        ? Call.request(
                                        call.id().orElseThrow(),
                                        "tools/call",
                                        Payload.of(Map.of("name", "delete")),
                                        session)
                                .withServer("crm")
                        : call);

        Reply.Failure refused =
                failure(join(open(builder().intercept("Own", own)).handle(tool(ADMIN, "crm", "search"))));

        assertThat(refused.kind()).isEqualTo(ErrorCode.NOT_FOUND);
        assertThat(crm.received()).isEmpty();
    }

    @Test
    void goesOutWithOtherArguments() {
        Gateway gateway = open(builder().intercept("Arguments", changing(named("search"))));

        assertThat(join(gateway.handle(tool(ALICE, "crm", "search")))).isInstanceOf(Reply.Complete.class);
        assertThat(attempts()).hasSize(1);
    }

    @Test
    void ofAServerIsDecidedOnInTheFormInWhichTheClientGetsIt() {
        crm.when(call -> call.session()
                .deliver(call.notificationToClient(
                        "notifications/resources/updated", Payload.of(Map.of("uri", "mem://a"))))
                .thenApply(told -> Reply.complete(Payload.empty())));
        Interceptor renaming = (call, chain) -> chain.proceed(
                call.method().startsWith("notifications/")
                        ? call.withParams(Payload.of(Map.of("uri", "mem://secret")))
                        : call);

        join(open(builder().intercept("Rename", renaming)).handle(tool(ALICE, "crm", "search")));
        assertThat(session.delivered()).isEmpty();

        join(open(builder().intercept("Rename", renaming)).handle(tool(ADMIN, "crm", "search")));
        assertThat(session.delivered()).hasSize(1);
    }
}
