package io.mcpgate.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mcpgate.Call;
import io.mcpgate.ErrorCode;
import io.mcpgate.Interceptor;
import io.mcpgate.Payload;
import io.mcpgate.Principal;
import io.mcpgate.Reply;
import io.mcpgate.RequestId;
import io.mcpgate.Session;
import io.mcpgate.audit.AuditEvent;
import io.mcpgate.audit.AuditEvent.Kind;
import io.mcpgate.audit.AuditEvent.Outcome;
import io.mcpgate.contract.RecordingSession;
import io.mcpgate.core.identity.ApiKeys;
import io.mcpgate.core.identity.Credential;
import io.mcpgate.core.policy.RolePolicyStore;
import io.mcpgate.route.Upstream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class GatewayTest extends GatewayFixture {
    @Nested
    class AnAllowedCall {
        @Test
        void reachesItsServerAndIsRecordedBeforeAndAfter() {
            Reply reply = join(open(builder()).handle(tool(ALICE, "crm", "search")));

            assertThat(reply).isInstanceOf(Reply.Complete.class);
            assertThat(crm.calledTools()).containsExactly("search");
            assertThat(audit.events()).extracting(AuditEvent::kind).containsExactly(Kind.ATTEMPT, Kind.OUTCOME);
            assertThat(audit.events())
                    .allSatisfy(event -> {
                        assertThat(event.principal()).isEqualTo("alice");
                        assertThat(event.server()).isEqualTo("crm");
                        assertThat(event.target().name()).isEqualTo("search");
                        assertThat(event.reason()).isEqualTo("role support allows tool search");
                    })
                    .extracting(AuditEvent::correlationId)
                    .containsOnly(audit.events().get(0).correlationId());
        }

        @Test
        void carriesNoCredentialToTheServer() {
            join(open(builder()).handle(tool(ALICE, "crm", "search")));

            assertThat(crm.received().get(0).attribute(Credential.KEY)).contains(new Credential.None());
        }
    }

    /** What a host's objects hold need not be JSON. */
    @Nested
    class ACallToTheCatalogThatCannotBeWritten {
        private final Call call = call(ALICE, null, "tools/call", Map.of()).withParams(Unwritable.named("crm__search"));

        @Test
        void failsAndIsRecorded() {
            Reply reply = join(open(builder()).handle(call));

            assertThat(failure(reply).kind()).isEqualTo(ErrorCode.INTERNAL);
            assertThat(audit.events()).singleElement().satisfies(event -> {
                assertThat(event.outcome()).isEqualTo(Outcome.FAILED);
                assertThat(failure(reply).data().string("correlationId")).contains(event.correlationId());
            });
        }

        @Test
        void isNotWaitedForWhenTheGatewayCloses() {
            Gateway gateway = builder().drain(Duration.ofDays(1)).build();
            join(gateway.handle(call));

            assertThat(CompletableFuture.runAsync(gateway::close)).succeedsWithin(Duration.ofSeconds(20));

            assertThat(crm.isClosed()).isTrue();
        }
    }

    @Nested
    class ADeadline {
        @Test
        void endsTheCallAndTellsTheServer() {
            crm.when(call -> new CompletableFuture<>());

            Reply reply =
                    join(open(builder().timeout("crm", Duration.ofMillis(50))).handle(tool(ALICE, "crm", "search")));

            assertThat(failure(reply).kind()).isEqualTo(ErrorCode.DEADLINE);
            assertThat(crm.received().get(0).cancellation().isCancelled()).isTrue();
            assertThat(audit.events()).last().extracting(AuditEvent::outcome).isEqualTo(Outcome.FAILED);
        }
    }

    @Nested
    class AHostsOwnStep {
        @Test
        void standsWhereItWasPutAndSeesBothDirections() {
            List<String> seen = new ArrayList<>();
            Interceptor watching = (call, chain) -> {
                seen.add(call.method());
                return chain.proceed(call);
            };
            crm.when(call -> call.session()
                    .deliver(call.notificationToClient("notifications/message", Payload.of(Map.of("level", "info"))))
                    .thenCompose(told -> call.session()
                            .deliver(
                                    call.requestToClient(RequestId.of(9), "sampling/createMessage", Payload.empty()))));
            Gateway gateway = open(builder().intercept("Watching", watching));

            join(gateway.handle(tool(ALICE, "crm", "search")));

            assertThat(seen).containsExactly("tools/call", "notifications/message", "sampling/createMessage");
            assertThat(gateway)
                    .hasToString("Gateway[mcpgate: Record → Bound → Identify → Announce → Compose → Conceal → Authorize"
                            + " → Watching → Attempt → Route]");
        }

        @Test
        void thatBreaksFailsItsCallWithoutAnyDetail() {
            List<Interceptor> broken = List.of(
                    (call, chain) -> {
                        throw new IllegalStateException("secret detail");
                    },
                    (call, chain) -> null,
                    (call, chain) -> CompletableFuture.completedFuture(null),
                    (call, chain) -> CompletableFuture.failedFuture(new IllegalStateException("secret detail")));
            for (Interceptor step : broken) {
                Reply.Failure failure =
                        failure(join(open(builder().intercept("Broken", step)).handle(tool(ALICE, "crm", "search"))));

                assertThat(failure.kind()).isEqualTo(ErrorCode.INTERNAL);
                assertThat(failure.message()).isEqualTo("Internal error");
                assertThat(failure.data().members()).containsOnlyKeys("reason", "correlationId");
            }
            assertThat(crm.received()).isEmpty();
            assertThat(audit.events()).allMatch(event -> event.outcome() == Outcome.FAILED);
        }

        @Test
        void cannotStandBeforeAStepThatIsNotThere() {
            assertThatThrownBy(() -> builder()
                            .before(Step.THROTTLE, "Mine", (call, chain) -> chain.proceed(call))
                            .build())
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("Throttle");
        }
    }

    @Nested
    class ARequestWithoutAnId {
        private Call without(String method) {
            return Call.notification(method, Payload.of(Map.of("name", "search")), session)
                    .with(Credential.KEY, new Credential.Vouched(ADMIN))
                    .withServer("crm");
        }

        /** As a notification it would be counted by no limit, and an "initialize" would end its session's connection. */
        @Test
        void isRefusedAndRecorded() {
            Gateway gateway = open(builder());
            for (String method : List.of("tools/call", "initialize", "ping", "vendor/own")) {
                assertThat(failure(join(gateway.handle(without(method)))).kind())
                        .as(method)
                        .isEqualTo(ErrorCode.INVALID_REQUEST);
            }

            assertThat(crm.received()).isEmpty();
            assertThat(audit.events())
                    .hasSize(4)
                    .allSatisfy(event -> assertThat(event.reason()).isEqualTo("it is a request without an id"));
        }

        @Test
        void isRefusedByTheCatalogToo() {
            Gateway gateway = open(builder());
            for (String method : List.of("tools/call", "initialize", "ping", "logging/setLevel")) {
                Call call = Call.notification(method, Payload.of(Map.of("name", "crm__search")), session)
                        .with(Credential.KEY, new Credential.Vouched(ADMIN));

                assertThat(failure(join(gateway.handle(call))).kind())
                        .as(method)
                        .isEqualTo(ErrorCode.INVALID_REQUEST);
            }
            assertThat(crm.received()).isEmpty();
        }

        @Test
        void isAnsweredByAHiddenServerAsByOneThatIsNotThere() {
            Gateway gateway = open(builder());
            Call call = Call.notification("tools/call", Payload.of(Map.of("name", "read")), session)
                    .with(Credential.KEY, new Credential.Vouched(ALICE));

            Reply hidden = join(gateway.handle(call.withServer("files")));

            assertThat(failure(hidden).kind()).isEqualTo(ErrorCode.NOT_FOUND);
            assertThat(hidden)
                    .hasToString(
                            join(gateway.handle(call.withServer("no-such"))).toString());
        }

        @Test
        void isNoneIfItIsANotification() {
            assertThat(join(open(builder()).handle(without("notifications/vendor"))))
                    .isEqualTo(Reply.accepted());
        }
    }

    @Nested
    class WhatAServerSaysByItself {
        @Test
        void isDecidedOnToo() {
            crm.when(call -> call.session()
                    .deliver(call.requestToClient(RequestId.of(9), "elicitation/create", Payload.empty())));

            Reply reply = join(open(builder()).handle(tool(ALICE, "crm", "search")));

            assertThat(failure(reply).kind()).isEqualTo(ErrorCode.METHOD_NOT_FOUND);
            assertThat(session.delivered()).isEmpty();
            assertThat(audit.events())
                    .filteredOn(event -> event.method().equals("elicitation/create"))
                    .singleElement()
                    .extracting(AuditEvent::outcome)
                    .isEqualTo(Outcome.REFUSED);
        }
    }

    @Nested
    class TheMergedCatalog {
        @Test
        void listsTheServersThatThePrincipalMayEnterUnderPrefixedNames() {
            Gateway gateway = open(builder());

            assertThat(names(join(gateway.handle(call(ADMIN, null, "tools/list", Map.of()))), "tools", "name"))
                    .containsExactly("crm__search", "crm__delete", "files__read", "files__search");
            assertThat(names(join(gateway.handle(call(ALICE, null, "tools/list", Map.of()))), "tools", "name"))
                    .containsExactly("crm__search");
            assertThat(names(join(gateway.handle(call(ALICE, null, "resources/list", Map.of()))), "resources", "uri"))
                    .containsExactly("crm+mem://a");
        }

        @Test
        void callsAServerByItsOwnName() {
            Gateway gateway = open(builder());

            assertThat(join(gateway.handle(tool(ADMIN, null, "files__search")))).isInstanceOf(Reply.Complete.class);

            assertThat(files.calledTools()).containsExactly("search");
            assertThat(crm.received()).isEmpty();
            assertThat(audit.events()).allMatch(event -> "files".equals(event.server()));
        }

        @Test
        void readsAResourceAndNamesItAsTheCatalogDoes() {
            Reply reply =
                    join(open(builder()).handle(call(ADMIN, null, "resources/read", Map.of("uri", "crm+mem://a"))));

            assertThat(names(reply, "contents", "uri")).containsExactly("crm+mem://a");
            assertThat(crm.received().get(0).target().name()).isEqualTo("mem://a");
        }

        @Test
        void answersTheSameForAHiddenServerAsForNone() {
            Gateway gateway = open(builder());

            Reply.Failure hidden = failure(join(gateway.handle(tool(ALICE, null, "files__read"))));
            Reply.Failure absent = failure(join(gateway.handle(tool(ALICE, null, "nowhere__read"))));

            assertThat(hidden).isEqualTo(absent);
        }

        @Test
        void goesOnWithoutADeadOrSlowServer() {
            files.when(call -> CompletableFuture.completedFuture(Reply.failure(ErrorCode.UNAVAILABLE, "down")));
            Reply dead = join(open(builder()).handle(call(ADMIN, null, "tools/list", Map.of())));
            files.when(call -> new CompletableFuture<>());
            Reply slow = join(open(builder().catalogPatience(Duration.ofMillis(50)))
                    .handle(call(ADMIN, null, "tools/list", Map.of())));

            for (Reply reply : List.of(dead, slow)) {
                assertThat(names(reply, "tools", "name")).containsExactly("crm__search", "crm__delete");
                assertThat(((Reply.Complete) reply).result().members().get("_meta"))
                        .isEqualTo(Map.of("io.mcpgate/unavailable", List.of("files")));
            }
        }

        @Test
        void goesOnWithoutASlowServerThatCannotBeToldSo() {
            files.when(GatewayTest::neverAndThrowingWhenCancelled);

            Reply reply = join(open(builder().catalogPatience(Duration.ofMillis(50)))
                    .handle(call(ADMIN, null, "tools/list", Map.of())));

            assertThat(names(reply, "tools", "name")).containsExactly("crm__search", "crm__delete");
        }

        @Test
        void introducesItselfInBothEras() {
            Gateway gateway = open(builder().name("front"));

            Reply legacy =
                    join(gateway.handle(call(ALICE, null, "initialize", Map.of("protocolVersion", "2025-06-18"))));
            Reply modern = join(gateway.handle(call(ALICE, null, "server/discover", Map.of())));

            assertThat(((Reply.Complete) legacy).result().string("protocolVersion"))
                    .contains("2025-06-18");
            assertThat(((Reply.Complete) legacy).result().string("serverInfo", "name"))
                    .contains("front");
            assertThat(((Reply.Complete) modern).result().members())
                    .containsEntry("supportedVersions", List.of("2026-07-28"))
                    .containsEntry("resultType", "complete");
        }

        @Test
        void doesNotExistForSomebodyWhoMayEnterNoServer() {
            Reply reply = join(open(builder()).handle(call(Principal.of("eve"), null, "tools/list", Map.of())));

            assertThat(failure(reply).kind()).isEqualTo(ErrorCode.NOT_FOUND);
        }
    }

    private static CompletableFuture<Reply> neverAndThrowingWhenCancelled(Call call) {
        call.cancellation().onCancel(() -> {
            throw new IllegalStateException("It cannot be told");
        });
        return new CompletableFuture<>();
    }

    @Nested
    class Closing {
        @Test
        void endsEverythingAlsoIfSomethingThrows() {
            crm.when(GatewayTest::neverAndThrowingWhenCancelled);
            List<String> closed = new ArrayList<>();
            Gateway gateway = builder()
                    .drain(Duration.ofMillis(50))
                    .closeWith(() -> closed.add("what is closed last"))
                    .closeWith(() -> {
                        throw new IllegalStateException("It cannot be closed");
                    })
                    .build();
            gateway.handle(tool(ALICE, "crm", "search"));
            gateway.handle(tool(ALICE, "crm", "search"));

            assertThatThrownBy(gateway::close).hasMessage("It cannot be told");

            assertThat(crm.received())
                    .hasSize(2)
                    .allMatch(call -> call.cancellation().isCancelled());
            assertThat(List.of(crm, files)).allMatch(ScriptedUpstream::isClosed);
            assertThat(closed).containsExactly("what is closed last");
        }

        @Test
        void endsAllListensAlsoIfOneOfThemThrows() {
            crm.when(GatewayTest::neverAndThrowingWhenCancelled);
            Gateway gateway = open(builder().drain(Duration.ofMillis(50)));
            gateway.handle(listen(3));
            gateway.handle(listen(4));

            assertThatThrownBy(gateway::endListens).hasMessage("It cannot be told");

            assertThat(crm.received())
                    .hasSize(2)
                    .allMatch(call -> call.cancellation().isCancelled());
        }

        @Test
        void ofASessionIsToldToAllServersAlsoIfOneOfThemThrows() {
            Gateway gateway = open(Gateway.builder()
                    .server(new Unforgetting())
                    .server(files)
                    .authenticator(new ApiKeys(Map.of(), null))
                    .policies(new RolePolicyStore(List.of()))
                    .audit(audit));

            gateway.ended(session);

            assertThat(files.endedSessions()).containsExactly(session.key());
        }

        /** A server that cannot give back what it holds for a session. */
        private static final class Unforgetting implements Upstream {
            @Override
            public String name() {
                return "unforgetting";
            }

            @Override
            public CompletionStage<Reply> forward(Call call) {
                return CompletableFuture.completedFuture(Reply.accepted());
            }

            @Override
            public void ended(Session session) {
                throw new IllegalStateException("It cannot be told");
            }

            @Override
            public void close() {}
        }

        @Test
        void waitsForCallsInFlightAndTakesNoNewOnes() throws Exception {
            CompletableFuture<Reply> pending = new CompletableFuture<>();
            crm.when(call -> pending);
            Gateway gateway = open(builder());
            CompletableFuture<Reply> reply =
                    gateway.handle(tool(ALICE, "crm", "search")).toCompletableFuture();

            CompletableFuture<Void> closing = CompletableFuture.runAsync(gateway::close);
            while (!(join(gateway.handle(call(ADMIN, "files", "ping", Map.of()))) instanceof Reply.Failure refused
                    && refused.is(ErrorCode.UNAVAILABLE))) {
                Thread.onSpinWait();
            }
            assertThat(crm.isClosed()).isFalse();
            pending.complete(Reply.complete(Payload.empty()));
            closing.get(10, TimeUnit.SECONDS);

            assertThat(reply.join()).isInstanceOf(Reply.Complete.class);
            assertThat(crm.isClosed()).isTrue();
        }

        @Test
        void endsAListenThatComesLate() {
            crm.when(call -> new CompletableFuture<>());
            Gateway gateway = open(builder());

            gateway.endListens();

            assertThat(gateway.handle(listen(3)).toCompletableFuture())
                    .succeedsWithin(Duration.ofSeconds(10))
                    .isInstanceOf(Reply.Complete.class);
            assertThat(crm.received()).isEmpty();
        }

        private Call listen(long id) {
            return Call.request(
                            RequestId.of(id),
                            "subscriptions/listen",
                            Payload.of(Map.of("notifications", Map.of("toolsListChanged", true))),
                            RecordingSession.modern("s-listening"))
                    .with(Credential.KEY, new Credential.Vouched(ALICE))
                    .withServer("crm");
        }

        @Test
        void cancelsWhatDoesNotFinishInTime() {
            crm.when(call -> new CompletableFuture<>());
            Gateway gateway = open(builder().drain(Duration.ofMillis(50)));
            gateway.handle(tool(ALICE, "crm", "search"));

            gateway.close();

            assertThat(crm.received().get(0).cancellation().isCancelled()).isTrue();
        }

        @Test
        void leavesNoThreadBehind() {
            crm.when(call -> new CompletableFuture<>());
            Gateway gateway =
                    open(builder().name("threads-" + System.nanoTime()).drain(Duration.ofMillis(50)));
            gateway.handle(tool(ALICE, "crm", "search"));
            assertThat(threads(gateway)).as("for the deadline").isNotEmpty();

            gateway.close();

            Awaitility.await().until(() -> threads(gateway).isEmpty());
        }

        private List<Thread> threads(Gateway gateway) {
            return Thread.getAllStackTraces().keySet().stream()
                    .filter(thread -> thread.getName().endsWith(gateway.name()))
                    .toList();
        }
    }

    @Nested
    class Building {
        @Test
        void saysWhatIsMissing() {
            assertThatThrownBy(() -> Gateway.builder().build()).hasMessageContaining("at least one server");
            assertThatThrownBy(() -> Gateway.builder().server(crm).build()).hasMessageContaining("nobody is let in");
            assertThatThrownBy(() -> builder().server(crm)).hasMessageContaining("two servers named \"crm\"");
            assertThatThrownBy(() -> builder().server(new ScriptedUpstream("no_such")))
                    .hasMessageContaining("a-z, 0-9");
            assertThatThrownBy(() ->
                            builder().timeout("typo", Duration.ofSeconds(1)).build())
                    .hasMessageContaining("\"typo\"");
        }
    }
}
