package io.mcpgate.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.mcpgate.Call;
import io.mcpgate.Direction;
import io.mcpgate.ErrorCode;
import io.mcpgate.Payload;
import io.mcpgate.Principal;
import io.mcpgate.Reply;
import io.mcpgate.Traffic;
import io.mcpgate.audit.AuditEvent;
import io.mcpgate.audit.AuditEvent.Kind;
import io.mcpgate.audit.AuditEvent.Outcome;
import io.mcpgate.contract.RecordingSession;
import io.mcpgate.contract.Samples;
import io.mcpgate.core.audit.InMemoryAuditSink;
import io.mcpgate.core.identity.Credential;
import io.mcpgate.core.limit.Limit;
import io.mcpgate.core.limit.Rate;
import io.mcpgate.policy.Access;
import io.mcpgate.policy.Decision;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every step × {request, notification} × {to server, to client} × {legacy, modern}: one missing cell is how a message gets
 * round a step. {@code Compose} has the cells of the catalog. {@code Announce} looks at what it passes on and stops nothing:
 * whom it tells, in both eras, is in {@link AnnounceTest}.
 */
class MatrixTest {
    private final ScriptedUpstream crm = new ScriptedUpstream("crm", "search");
    private final InMemoryAuditSink audit = new InMemoryAuditSink(1_000);
    private final List<Gateway> opened = new ArrayList<>();

    static Stream<Arguments> cells() {
        return Stream.of(Traffic.values())
                .flatMap(traffic -> Stream.of("legacy", "modern").map(era -> arguments(traffic, era)));
    }

    private static RecordingSession session(String era) {
        return era.equals("modern") ? RecordingSession.modern("s-modern") : RecordingSession.legacy("s-legacy");
    }

    private GatewayBuilder builder(Predicate<Access> allowed) {
        return Gateway.builder()
                .server(crm)
                .audit(audit)
                .authenticator(credential -> CompletableFuture.completedFuture(
                        credential instanceof Credential.Vouched vouched
                                ? Optional.of(vouched.principal())
                                : Optional.empty()))
                .policies(principal -> CompletableFuture.completedFuture(
                        access -> allowed.test(access) ? Decision.allow("test allows") : Decision.deny("test denies")));
    }

    private Gateway open(GatewayBuilder builder) {
        Gateway gateway = builder.build();
        opened.add(gateway);
        return gateway;
    }

    @AfterEach
    void close() {
        opened.forEach(Gateway::close);
    }

    /** Takes a message of that kind through the gateway, from whichever end, and gives what its sender gets. */
    private Reply traverse(Gateway gateway, Traffic traffic, RecordingSession session) {
        return traverse(gateway, traffic, session, call -> call);
    }

    private Reply traverse(Gateway gateway, Traffic traffic, RecordingSession session, UnaryOperator<Call> addressed) {
        Call sample = Samples.of(traffic, session);
        if (traffic.direction() == Direction.TO_SERVER) {
            return join(gateway.handle(vouched(addressed.apply(sample).withPrincipal(Principal.UNIDENTIFIED))));
        }
        CompletableFuture<Reply> answer = new CompletableFuture<>();
        crm.when(call -> {
            if (!call.method().equals("tools/call")) {
                return null;
            }
            Call child = sample.isNotification()
                    ? call.notificationToClient(sample.method(), sample.params())
                    : call.requestToClient(sample.id().orElseThrow(), sample.method(), sample.params());
            CompletionStage<Reply> delivered = call.session().deliver(child);
            delivered.whenComplete((reply, error) -> {
                if (error == null) {
                    answer.complete(reply);
                } else {
                    answer.completeExceptionally(error);
                }
            });
            return delivered.handle((reply, error) -> Reply.complete(Payload.empty()));
        });
        join(gateway.handle(vouched(addressed.apply(Samples.toolCall("search", session)))));
        return join(answer);
    }

    /** As a client of the merged catalog sends it: to no server, and under the name that the catalog shows. */
    private static Call toTheCatalog(Call call) {
        return call.isNotification()
                ? Call.notification(call.method(), call.params(), call.session())
                : Call.request(
                        call.id().orElseThrow(),
                        call.method(),
                        Payload.of(Map.of("name", "crm__search", "arguments", Map.of())),
                        call.session());
    }

    private static Call vouched(Call call) {
        return call.with(Credential.KEY, new Credential.Vouched(Samples.ALICE));
    }

    private static Reply join(CompletionStage<Reply> stage) {
        return stage.toCompletableFuture().orTimeout(10, TimeUnit.SECONDS).join();
    }

    private List<AuditEvent> recorded(String method) {
        return audit.events().stream()
                .filter(event -> event.method().equals(method))
                .toList();
    }

    /** What arrived at the other end. */
    private List<Call> arrived(Traffic traffic, RecordingSession session) {
        String method = Samples.of(traffic, session).method();
        List<Call> all = traffic.direction() == Direction.TO_SERVER ? crm.received() : session.delivered();
        return all.stream().filter(call -> call.method().equals(method)).toList();
    }

    @ParameterizedTest
    @MethodSource("cells")
    void arrivesWhenItIsAllowed(Traffic traffic, String era) {
        RecordingSession session = session(era);

        Reply reply = traverse(open(builder(access -> true)), traffic, session);

        assertThat(reply).isInstanceOf(traffic.isNotification() ? Reply.Accepted.class : Reply.Complete.class);
        assertThat(arrived(traffic, session)).hasSize(1);
    }

    @ParameterizedTest
    @MethodSource("cells")
    void isStoppedByAuthorize(Traffic traffic, String era) {
        RecordingSession session = session(era);
        String method = Samples.of(traffic, session).method();

        Reply reply =
                traverse(open(builder(access -> !access.method().equals(method)).revealRefusals()), traffic, session);

        assertThat(reply).isInstanceOf(Reply.Failure.class);
        assertThat(arrived(traffic, session)).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("cells")
    void arrivesThroughTheCatalogWhenItIsAllowed(Traffic traffic, String era) {
        RecordingSession session = session(era);

        Reply reply = traverse(open(builder(access -> true)), traffic, session, MatrixTest::toTheCatalog);

        assertThat(reply).isInstanceOf(traffic.isNotification() ? Reply.Accepted.class : Reply.Complete.class);
        assertThat(arrived(traffic, session)).singleElement().satisfies(call -> {
            assertThat(call.server()).contains("crm");
            assertThat(call.target()).isEqualTo(Samples.of(traffic, session).target());
            assertThat(call.principal()).isEqualTo(Samples.ALICE);
        });
    }

    @ParameterizedTest
    @MethodSource("cells")
    void isStoppedByAuthorizeAlsoInTheCatalog(Traffic traffic, String era) {
        RecordingSession session = session(era);
        String method = Samples.of(traffic, session).method();

        traverse(
                open(builder(access -> !access.method().equals(method)).revealRefusals()),
                traffic,
                session,
                MatrixTest::toTheCatalog);

        assertThat(arrived(traffic, session)).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("cells")
    void isRecordedWhenItIsRefused(Traffic traffic, String era) {
        RecordingSession session = session(era);
        String method = Samples.of(traffic, session).method();

        traverse(open(builder(access -> !access.method().equals(method)).revealRefusals()), traffic, session);

        assertThat(recorded(method)).singleElement().satisfies(event -> {
            assertThat(event.outcome()).isEqualTo(Outcome.REFUSED);
            assertThat(event.principal()).isEqualTo("alice");
            assertThat(event.direction()).isEqualTo(traffic.direction());
            assertThat(event.reason()).isEqualTo("test denies");
        });
    }

    @ParameterizedTest
    @MethodSource("cells")
    void isRecordedBeforeAndAfterUnlessItIsOnlyNewsOfAServer(Traffic traffic, String era) {
        RecordingSession session = session(era);

        traverse(open(builder(access -> true)), traffic, session);

        List<AuditEvent> events = recorded(Samples.of(traffic, session).method());
        if (traffic == Traffic.NOTIFICATION_TO_CLIENT) {
            assertThat(events).isEmpty();
        } else {
            assertThat(events).extracting(AuditEvent::kind).containsExactly(Kind.ATTEMPT, Kind.OUTCOME);
        }
    }

    @ParameterizedTest
    @MethodSource("cells")
    void doesNotGoOutWithoutARecordOfTheAttempt(Traffic traffic, String era) {
        RecordingSession session = session(era);
        String method = Samples.of(traffic, session).method();
        Gateway gateway = open(builder(access -> true)
                .audit(event -> event.method().equals(method)
                        ? CompletableFuture.failedFuture(new IOException("full"))
                        : CompletableFuture.completedFuture(null)));

        Reply reply = traverse(gateway, traffic, session);

        boolean news = traffic == Traffic.NOTIFICATION_TO_CLIENT;
        assertThat(reply instanceof Reply.Failure failure && failure.is(ErrorCode.AUDIT_UNAVAILABLE))
                .isEqualTo(!news);
        assertThat(arrived(traffic, session)).hasSize(news ? 1 : 0);
    }

    @ParameterizedTest
    @MethodSource("cells")
    void needsACredentialWhenItComesFromAClient(Traffic traffic, String era) {
        RecordingSession session = session(era);
        if (traffic.direction() == Direction.TO_CLIENT) {
            // It travels under the principal of the call that it belongs to.
            traverse(open(builder(access -> true)), traffic, session);
            assertThat(session.delivered())
                    .isNotEmpty()
                    .allMatch(call -> call.principal().equals(Samples.ALICE));
            return;
        }

        Call anonymous = Samples.of(traffic, session).withPrincipal(Principal.UNIDENTIFIED);
        Reply reply = join(open(builder(access -> true)).handle(anonymous));

        assertThat(reply instanceof Reply.Failure failure && failure.is(ErrorCode.UNAUTHENTICATED))
                .isTrue();
        assertThat(arrived(traffic, session)).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("cells")
    void hasADeadlineWhenSomebodyWaits(Traffic traffic, String era) {
        RecordingSession session = session(era);
        List<Boolean> bounded = new CopyOnWriteArrayList<>();
        String method = Samples.of(traffic, session).method();
        Gateway gateway =
                open(builder(access -> true).timeout(Duration.ofSeconds(30)).intercept("Look", (call, chain) -> {
                    if (call.method().equals(method)) {
                        bounded.add(call.timeLeft().isPresent());
                    }
                    return chain.proceed(call);
                }));

        traverse(gateway, traffic, session);

        assertThat(bounded).containsExactly(!traffic.isNotification());
    }

    @ParameterizedTest
    @MethodSource("cells")
    void isCountedByThrottleWhenItIsARequestOfAClient(Traffic traffic, String era) {
        RecordingSession session = session(era);
        Limit one = new Limit(
                "one",
                Limit.Per.PRINCIPAL,
                List.of(Rate.parse("1/d")),
                List.of("*"),
                List.of(),
                List.of(Samples.of(traffic, session).method()));
        Gateway gateway = open(builder(access -> true).limit(one));
        traverse(gateway, traffic, session);

        Reply second = traverse(gateway, traffic, session);

        boolean refused = second instanceof Reply.Failure failure && failure.is(ErrorCode.RATE_LIMITED);
        assertThat(refused).isEqualTo(traffic == Traffic.REQUEST_TO_SERVER);
    }

    @ParameterizedTest
    @MethodSource("cells")
    void meetsTheHostsOwnStepOnce(Traffic traffic, String era) {
        RecordingSession session = session(era);
        List<String> seen = new CopyOnWriteArrayList<>();
        Gateway gateway = open(builder(access -> true).intercept("Look", (call, chain) -> {
            seen.add(call.method());
            return chain.proceed(call);
        }));

        traverse(gateway, traffic, session);

        assertThat(seen).containsOnlyOnce(Samples.of(traffic, session).method());
    }

    @ParameterizedTest
    @MethodSource("cells")
    void canBeAnsweredByTheHostsOwnStep(Traffic traffic, String era) {
        RecordingSession session = session(era);
        String method = Samples.of(traffic, session).method();
        Reply mine = Reply.failure(ErrorCode.FORBIDDEN, "not today");
        Gateway gateway = open(builder(access -> true)
                .revealRefusals()
                .intercept(
                        "Refuse",
                        (call, chain) -> call.method().equals(method)
                                ? CompletableFuture.completedFuture(mine)
                                : chain.proceed(call)));

        assertThat(traverse(gateway, traffic, session)).isEqualTo(mine);
        assertThat(arrived(traffic, session)).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("cells")
    void isConcealedWhenItIsARefusedNameOfAClient(Traffic traffic, String era) {
        RecordingSession session = session(era);
        String method = Samples.of(traffic, session).method();

        Reply reply = traverse(open(builder(access -> !access.method().equals(method))), traffic, session);

        boolean named = traffic == Traffic.REQUEST_TO_SERVER;
        Reply.Failure failure = (Reply.Failure) reply;
        assertThat(failure.code()).isEqualTo(named ? -32602 : -32601);
        assertThat(failure.data() == null ? Map.of() : failure.data().members())
                .isEqualTo(named ? Map.of("asked", "search") : Map.of("reason", "method_not_found"));
    }
}
