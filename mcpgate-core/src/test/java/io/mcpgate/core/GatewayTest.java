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
import io.mcpgate.audit.AuditEvent;
import io.mcpgate.audit.AuditEvent.Kind;
import io.mcpgate.audit.AuditEvent.Outcome;
import io.mcpgate.audit.AuditEvent.Verdict;
import io.mcpgate.contract.RecordingSession;
import io.mcpgate.core.audit.InMemoryAuditSink;
import io.mcpgate.core.identity.ApiKeys;
import io.mcpgate.core.identity.Authenticator;
import io.mcpgate.core.identity.Credential;
import io.mcpgate.core.policy.Grant;
import io.mcpgate.core.policy.Role;
import io.mcpgate.core.policy.RolePolicyStore;
import io.mcpgate.policy.PolicyStore;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class GatewayTest {
    private static final Principal ALICE = Principal.of("alice", "support");
    private static final Principal ADMIN = Principal.of("admin", "admin");

    private final ScriptedUpstream crm = new ScriptedUpstream("crm", "search", "delete");
    private final ScriptedUpstream files = new ScriptedUpstream("files", "read", "search");
    private final InMemoryAuditSink audit = new InMemoryAuditSink(1_000);
    private final RecordingSession session = RecordingSession.legacy("s-1");
    private final List<Gateway> opened = new ArrayList<>();

    private GatewayBuilder builder() {
        return Gateway.builder()
                .server(crm)
                .server(files)
                .authenticator(new ApiKeys(Map.of(), null))
                .policies(new RolePolicyStore(List.of(
                        Role.allowing(
                                "support",
                                new Grant(
                                        List.of("crm"),
                                        List.of("search"),
                                        List.of("greet"),
                                        List.of("mem://a"),
                                        List.of(),
                                        List.of("sampling/createMessage"))),
                        Role.allowing("admin", Grant.everything("*")))))
                .audit(audit);
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

    private Call call(Principal who, String server, String method, Map<String, ?> params) {
        Call call = Call.request(RequestId.of(1), method, Payload.of(params), session)
                .with(Credential.KEY, new Credential.Vouched(who));
        return server == null ? call : call.withServer(server);
    }

    private Call tool(Principal who, String server, String tool) {
        return call(who, server, "tools/call", Map.of("name", tool, "arguments", Map.of()));
    }

    private static Reply join(CompletionStage<Reply> stage) {
        return stage.toCompletableFuture().orTimeout(10, TimeUnit.SECONDS).join();
    }

    private static List<Object> names(Reply reply, String member, String key) {
        List<?> entries = (List<?>) ((Reply.Complete) reply).result().members().get(member);
        return entries.stream()
                .<Object>map(entry -> ((Map<?, ?>) entry).get(key))
                .toList();
    }

    private static Reply.Failure failure(Reply reply) {
        assertThat(reply).isInstanceOf(Reply.Failure.class);
        return (Reply.Failure) reply;
    }

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

    @Nested
    class ARefusedName {
        @Test
        void isAnsweredExactlyAsTheServerAnswersAnUnknownName() {
            Gateway gateway = open(builder());
            Reply.Failure unknown = failure(join(gateway.handle(tool(ADMIN, "crm", "nothing"))));

            Reply.Failure refused = failure(join(gateway.handle(tool(ALICE, "crm", "delete"))));

            assertThat(refused.code()).isEqualTo(unknown.code());
            assertThat(refused.message()).isEqualTo(unknown.message().replace("nothing", "delete"));
            assertThat(refused.data().members()).isEqualTo(Map.of("asked", "delete"));
            assertThat(crm.calledTools()).doesNotContain("delete");
        }

        @Test
        void isRecordedAsRefusedAndNotAsAnError() {
            join(open(builder()).handle(tool(ALICE, "crm", "delete")));

            AuditEvent last = audit.events().get(audit.events().size() - 1);
            assertThat(last.outcome()).isEqualTo(Outcome.REFUSED);
            assertThat(last.verdict()).isEqualTo(Verdict.REFUSED);
            assertThat(last.reason()).isEqualTo("no rule allows it");
            assertThat(last.target().name()).isEqualTo("delete");
        }

        @Test
        void isRecordedAsRefusedAlsoWhereServersSayUnknownInAResult() {
            crm.when(call -> CompletableFuture.completedFuture(Reply.complete(Payload.of(Map.of(
                    "isError",
                    true,
                    "content",
                    List.of(Map.of("type", "text", "text", "no " + call.target().name())))))));

            Reply reply = join(open(builder()).handle(tool(ALICE, "crm", "delete")));

            assertThat(((Reply.Complete) reply).result().members().toString()).contains("no delete");
            assertThat(audit.events()).last().extracting(AuditEvent::outcome).isEqualTo(Outcome.REFUSED);
        }

        @Test
        void isToldApartWhenTheOperatorWantsIt() {
            Reply.Failure refused =
                    failure(join(open(builder().revealRefusals()).handle(tool(ALICE, "crm", "delete"))));

            assertThat(refused.kind()).isEqualTo(ErrorCode.FORBIDDEN);
            assertThat(crm.received()).isEmpty();
        }

        @Test
        void asksTheServerOnlyOnceForItsWords() {
            Gateway gateway = open(builder());
            for (int i = 0; i < 5; i++) {
                join(gateway.handle(tool(ALICE, "crm", "delete")));
            }

            assertThat(crm.received()).hasSize(1);
        }

        @Test
        void doesNotTellOnePrincipalWhatTheServerSaidToAnother() {
            crm.when(call -> CompletableFuture.completedFuture(Reply.Failure.received(
                    -32602,
                    "Sorry " + call.principal().id() + ", no " + call.target().name(),
                    null)));
            Gateway gateway = open(builder());
            join(gateway.handle(tool(ALICE, "crm", "delete")));

            Reply bobs = join(gateway.handle(tool(Principal.of("bob", "support"), "crm", "delete")));

            assertThat(failure(bobs).message()).isEqualTo("Sorry bob, no delete");
        }

        @Test
        void causesNoTrafficAfterAListThatHidIt() {
            Gateway gateway = open(builder());
            join(gateway.handle(call(ALICE, "crm", "tools/list", Map.of())));
            int before = crm.received().size();

            join(gateway.handle(tool(ALICE, "crm", "delete")));

            assertThat(crm.received()).hasSize(before);
        }

        @Test
        void saysThatTheServerIsDownWhenItIs() {
            crm.when(call -> CompletableFuture.completedFuture(Reply.failure(ErrorCode.UNAVAILABLE, "down")));

            Reply.Failure refused = failure(join(open(builder()).handle(tool(ALICE, "crm", "delete"))));

            assertThat(refused.kind()).isEqualTo(ErrorCode.UNAVAILABLE);
        }
    }

    @Nested
    class AList {
        @Test
        void showsWhatMayBeUsedAndNothingElse() {
            Gateway gateway = open(builder());

            assertThat(names(join(gateway.handle(call(ALICE, "crm", "tools/list", Map.of()))), "tools", "name"))
                    .containsExactly("search");
            assertThat(names(join(gateway.handle(call(ALICE, "crm", "prompts/list", Map.of()))), "prompts", "name"))
                    .containsExactly("greet");
            assertThat(names(join(gateway.handle(call(ALICE, "crm", "resources/list", Map.of()))), "resources", "uri"))
                    .containsExactly("mem://a");
            assertThat(failure(join(gateway.handle(call(ALICE, "crm", "resources/templates/list", Map.of()))))
                            .kind())
                    .isEqualTo(ErrorCode.METHOD_NOT_FOUND);
            assertThat(names(join(gateway.handle(call(ADMIN, "crm", "tools/list", Map.of()))), "tools", "name"))
                    .containsExactly("search", "delete");
        }

        @Test
        void isNotPassedOnWhenItCannotBeFiltered() {
            crm.when(call -> CompletableFuture.completedFuture(
                    Reply.complete(Payload.of(Map.of("tools", "search and delete, but not as a list")))));

            Reply.Failure failure = failure(join(open(builder()).handle(call(ALICE, "crm", "tools/list", Map.of()))));

            assertThat(failure.kind()).isEqualTo(ErrorCode.BAD_UPSTREAM);
        }
    }

    @Nested
    class AServerThatThePrincipalMayNotEnter {
        @Test
        void looksLikeOneThatDoesNotExist() {
            Gateway gateway = open(builder());

            Reply hidden = join(gateway.handle(tool(ALICE, "files", "read")));
            Reply absent = join(gateway.handle(tool(ALICE, "nowhere", "read")));

            assertThat(failure(hidden))
                    .usingRecursiveComparison()
                    .ignoringFields("data")
                    .isEqualTo(failure(absent));
            assertThat(failure(hidden).data().members())
                    .isEqualTo(failure(absent).data().members());
            assertThat(files.received()).isEmpty();
        }
    }

    @Nested
    class ACallerWithoutACredential {
        @Test
        void isRefusedAndRecorded() {
            Call call = Call.request(RequestId.of(1), "tools/list", Payload.empty(), session)
                    .withServer("crm");

            Reply.Failure refused = failure(join(open(builder()).handle(call)));

            assertThat(refused.kind()).isEqualTo(ErrorCode.UNAUTHENTICATED);
            assertThat(audit.events())
                    .singleElement()
                    .extracting(AuditEvent::outcome)
                    .isEqualTo(Outcome.REFUSED);
            assertThat(crm.received()).isEmpty();
        }

        @Test
        void isRefusedWhenTheAuthenticatorBreaks() {
            List<Authenticator> broken = List.of(
                    credential -> {
                        throw new IllegalStateException("down");
                    },
                    credential -> null,
                    credential -> CompletableFuture.failedFuture(new IllegalStateException("down")),
                    credential -> CompletableFuture.completedFuture(null),
                    credential -> CompletableFuture.completedFuture(Optional.of(Principal.UNIDENTIFIED)),
                    credential -> {
                        throw new StackOverflowError();
                    });
            for (Authenticator authenticator : broken) {
                Reply reply = join(open(builder().authenticator(authenticator)).handle(tool(ADMIN, "crm", "search")));

                assertThat(failure(reply).kind()).isIn(ErrorCode.UNAUTHENTICATED, ErrorCode.INTERNAL);
            }
            assertThat(crm.received()).isEmpty();
        }
    }

    @Nested
    class ABrokenPolicyStore {
        @Test
        void denies() {
            List<PolicyStore> broken = List.of(
                    principal -> {
                        throw new IllegalStateException("down");
                    },
                    principal -> null,
                    principal -> CompletableFuture.failedFuture(new IllegalStateException("down")),
                    principal -> CompletableFuture.completedFuture(null),
                    principal -> CompletableFuture.completedFuture(access -> {
                        throw new StackOverflowError();
                    }),
                    principal -> CompletableFuture.completedFuture(access -> null));
            for (PolicyStore store : broken) {
                Reply reply = join(open(builder().policies(store)).handle(tool(ADMIN, "crm", "search")));

                assertThat(failure(reply).kind()).isEqualTo(ErrorCode.NOT_FOUND);
            }
            assertThat(crm.received()).isEmpty();
        }

        @Test
        void deniesWhenItNeverAnswers() {
            Reply reply = join(open(builder()
                            .policies(principal -> new CompletableFuture<>())
                            .timeout(Duration.ofMillis(50)))
                    .handle(tool(ADMIN, "crm", "search")));

            assertThat(failure(reply).kind()).isEqualTo(ErrorCode.DEADLINE);
            assertThat(crm.received()).isEmpty();
        }
    }

    @Nested
    class AnAuditSinkThatIsDown {
        @Test
        void keepsCallsFromBeingMade() {
            Gateway gateway = open(builder().audit(event -> CompletableFuture.failedFuture(new IOException("full"))));

            assertThat(failure(join(gateway.handle(tool(ALICE, "crm", "search"))))
                            .kind())
                    .isEqualTo(ErrorCode.AUDIT_UNAVAILABLE);
            assertThat(crm.received()).isEmpty();
        }

        @Test
        void keepsAnAnswerFromBeingShownWhenOnlyItsRecordFails() {
            Gateway gateway = open(builder()
                    .audit(event -> event.kind() == Kind.ATTEMPT
                            ? CompletableFuture.completedFuture(null)
                            : CompletableFuture.failedFuture(new IOException("full"))));

            assertThat(failure(join(gateway.handle(tool(ALICE, "crm", "search"))))
                            .kind())
                    .isEqualTo(ErrorCode.AUDIT_UNAVAILABLE);
        }

        @Test
        void doesNotMatterWhereTheHostHasDecidedSo() {
            Gateway gateway = open(builder()
                    .audit(event -> {
                        throw new IllegalStateException("down");
                    })
                    .continueWithoutAudit());

            assertThat(join(gateway.handle(tool(ALICE, "crm", "search")))).isInstanceOf(Reply.Complete.class);
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

    @Nested
    class Closing {
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
        void cancelsWhatDoesNotFinishInTime() {
            crm.when(call -> new CompletableFuture<>());
            Gateway gateway = open(builder().drain(Duration.ofMillis(50)));
            gateway.handle(tool(ALICE, "crm", "search"));

            gateway.close();

            assertThat(crm.received().get(0).cancellation().isCancelled()).isTrue();
        }

        @Test
        void leavesNoThreadBehind() {
            Gateway gateway = open(builder().name("threads-" + System.nanoTime()));
            join(gateway.handle(tool(ALICE, "crm", "search")));
            gateway.close();

            Awaitility.await()
                    .untilAsserted(() -> assertThat(Thread.getAllStackTraces().keySet())
                            .noneMatch(thread -> thread.getName().endsWith(gateway.name())));
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
