package io.mcpgate.core.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.mcpgate.Call;
import io.mcpgate.ErrorCode;
import io.mcpgate.Payload;
import io.mcpgate.Principal;
import io.mcpgate.Reply;
import io.mcpgate.RequestId;
import io.mcpgate.contract.RecordingSession;
import io.mcpgate.core.Gateway;
import io.mcpgate.core.identity.Credential;
import io.mcpgate.core.json.Envelope;
import io.mcpgate.core.protocol.Outlet;
import io.mcpgate.core.route.Connector;
import io.mcpgate.core.wrap.ServerEdge;
import io.mcpgate.core.wrap.Wrap;
import io.mcpgate.route.Upstream;
import java.lang.ref.WeakReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReloadingGateTest {
    private static final Principal ME = Principal.of("me", "user");
    private static final String CRM = "crm: {command: [crm]}";
    private static final String FILES = "files: {command: [files]}";

    private final Map<String, List<InMemoryConnector>> connectors = new HashMap<>();
    private final RecordingSession session = RecordingSession.legacy("s-1");
    private final CompletableFuture<Reply> slow = new CompletableFuture<>();
    private ReloadingGate gate = ReloadingGate.open(config(CRM + ", " + FILES, "search"), List.of(this::connector));

    private Optional<Connector> connector(ServerConfig server) {
        if (((Destination.Process) server.destination()).words().contains("unusable")) {
            throw new IllegalArgumentException("is not usable; use another");
        }
        InMemoryConnector made = new InMemoryConnector(server.name()).when(this::answer);
        connectors.computeIfAbsent(server.name(), name -> new ArrayList<>()).add(made);
        return Optional.of(made);
    }

    private CompletableFuture<Reply> answer(Call call) {
        if (!call.method().equals("subscriptions/listen")) {
            return call.target().name().equals("slow") ? slow : null;
        }
        CompletableFuture<Reply> untilItIsCancelled = new CompletableFuture<>();
        call.cancellation()
                .onCancel(() -> untilItIsCancelled.complete(Reply.failure(ErrorCode.CANCELLED, "It was cancelled")));
        return untilItIsCancelled;
    }

    private static GateConfig config(String servers, String tools, String... more) {
        return Given.yaml("""
                servers: {%s}
                stdio: {principal: me, roles: [user]}
                roles: {user: {allow: [{tools: [%s, slow], methods: [sampling/createMessage]}]}}
                refusals: reveal
                bounds: {drain: 200ms}
                %s
                """.formatted(
                servers, tools, String.join("\n", more.length > 0 ? more : new String[] {"audit: {to: memory}"})));
    }

    private CompletableFuture<Reply> call(String server, String tool) {
        Call call = Call.request(RequestId.of(1), "tools/call", Payload.of(Map.of("name", tool)), session)
                .with(Credential.KEY, new Credential.Vouched(ME))
                .withServer(server);
        return gate.handle(call).toCompletableFuture().orTimeout(10, TimeUnit.SECONDS);
    }

    private InMemoryConnector first(String server) {
        return connectors.get(server).get(0);
    }

    private Upstream upstream(String server) {
        return gate.gateway().upstream(server).orElseThrow();
    }

    @AfterEach
    void close() {
        slow.complete(Reply.complete(Payload.empty()));
        gate.close();
    }

    @Nested
    class ANewConfiguration {
        @Test
        void countsFromTheNextCall() {
            assertThat(call("crm", "delete").join()).isInstanceOf(Reply.Failure.class);

            assertThat(gate.apply(config(CRM + ", " + FILES, "delete"))).isTrue();

            assertThat(call("crm", "delete").join()).isInstanceOf(Reply.Complete.class);
            assertThat(call("crm", "search").join()).isInstanceOf(Reply.Failure.class);
        }

        @Test
        void governsTheTransportsThatTheHostHasWrappedBefore() {
            gate.apply(config(CRM + ", own: {wrapped: true}", "search"));
            List<Envelope> answers = new CopyOnWriteArrayList<>();
            List<Envelope> reached = new CopyOnWriteArrayList<>();
            Wrap wrap = Wrap.open(
                    gate, "own", ME, into(answers), origin -> new ServerEdge(into(reached), origin, () -> {}));
            Envelope delete = new Envelope.Request(RequestId.of(1), "tools/call", Payload.of(Map.of("name", "delete")));

            wrap.client().receive(delete);
            assertThat(answers).hasOnlyElementsOfType(Envelope.Failed.class).hasSize(1);
            gate.apply(config(CRM + ", own: {wrapped: true, timeout: 5s}", "delete"));
            wrap.client().receive(delete);

            assertThat(reached).hasSize(1);
            assertThat(gate.wraps("own")).isTrue();
            assertThat(gate.wraps("crm")).isFalse();
        }

        private Outlet into(List<Envelope> sent) {
            return (frame, call) -> {
                sent.add(frame.message());
                return CompletableFuture.completedFuture(null);
            };
        }

        @Test
        void keepsTheUpstreamsThatDidNotChange() {
            call("crm", "search").join();
            Upstream crm = upstream("crm");

            gate.apply(config("crm: {command: [crm], timeout: 5s}, files: {command: [files, -v]}", "search"));
            call("crm", "search").join();

            assertThat(upstream("crm")).isSameAs(crm);
            assertThat(first("crm").connections()).isEqualTo(1);
            assertThat(connectors.get("files")).hasSize(2);
        }

        @Test
        void closesWhatIsGone() {
            gate.apply(config(CRM, "search"));

            await().until(() -> first("files").isClosed());
            assertThat(first("crm").isClosed()).isFalse();
            assertThat(gate.governs("files")).isFalse();
        }

        @Test
        void thatIsTheSameChangesNothing() {
            Gateway before = gate.gateway();

            assertThat(gate.apply(config(CRM + ", " + FILES, "search"))).isFalse();

            assertThat(gate.gateway()).isSameAs(before);
        }

        @Test
        void governsWhatServersSendOnOlderConnections() {
            call("crm", "search").join();
            assertThat(sample()).isInstanceOf(Reply.Complete.class);

            gate.apply(Given.yaml("""
                    servers: {crm: {command: [crm]}}
                    stdio: {principal: me, roles: [user]}
                    roles: {user: {allow: [{tools: [search]}]}}
                    audit: {to: memory}
                    """));

            assertThat(sample()).isInstanceOf(Reply.Failure.class);
        }

        @ParameterizedTest
        @ValueSource(strings = {"{principal: me, roles: [guest]}", "{principal: somebody, roles: [user]}"})
        void tellsNoMoreToWhomItDoesNotKnowAsBefore(String stdio) {
            call("crm", "search").join();
            assertThat(sample()).isInstanceOf(Reply.Complete.class);

            gate.apply(Given.yaml("""
                    servers: {crm: {command: [crm]}}
                    stdio: %s
                    roles:
                      user: {allow: [{tools: [search], methods: [sampling/createMessage]}]}
                      guest: {allow: [{tools: [search]}]}
                    audit: {to: memory}
                    """.formatted(stdio)));

            assertThat(sample()).isInstanceOf(Reply.Failure.class);
        }

        @Test
        void leavesWhomOnlyTheHostKnowsAsTheyAre() {
            Call call = Call.request(RequestId.of(1), "tools/call", Payload.of(Map.of("name", "search")), session)
                    .with(Credential.KEY, new Credential.Vouched(Principal.of("hosts-own", "user")))
                    .withServer("crm");
            gate.handle(call).toCompletableFuture().join();

            gate.apply(config(CRM, "search, delete"));

            assertThat(sample()).isInstanceOf(Reply.Complete.class);
        }

        @Test
        void endsListensSoThatNothingOldIsKeptForThem() {
            RecordingSession modern = RecordingSession.modern("s-2");
            Call listen = Call.request(
                            RequestId.of(2),
                            "subscriptions/listen",
                            Payload.of(Map.of("notifications", Map.of("toolsListChanged", true))),
                            modern)
                    .with(Credential.KEY, new Credential.Vouched(ME))
                    .withServer("crm");
            CompletableFuture<Reply> listening = gate.handle(listen).toCompletableFuture();
            await().until(() -> first("crm").connections() > 0);
            assertThat(listening).isNotDone();

            gate.apply(config(FILES, "search"));

            await().until(listening::isDone);
            assertThat(listening.join())
                    .isInstanceOfSatisfying(
                            Reply.Complete.class,
                            over -> assertThat(over.result().member("_meta", "io.modelcontextprotocol/subscriptionId"))
                                    .isEqualTo(2L));
            await().untilAsserted(() -> assertThat(first("crm").isClosed()).isTrue());
        }

        private Reply sample() {
            var origin = first("crm").origin();
            Call call =
                    origin.call(new Envelope.Request(RequestId.of(7), "sampling/createMessage", Payload.empty()), null);
            return origin.handle(call).toCompletableFuture().join();
        }

        @Test
        void goesOnCountingWhereLimitsAreTheSame() {
            String limit = "limits: [{name: few, rates: [2/h]}]";
            gate.apply(config(CRM, "search", limit));
            call("crm", "search").join();

            gate.apply(config(CRM, "search, delete", limit));
            assertThat(call("crm", "delete").join()).isInstanceOf(Reply.Complete.class);

            assertThat(((Reply.Failure) call("crm", "search").join()).is(ErrorCode.RATE_LIMITED))
                    .isTrue();
        }
    }

    @Nested
    class AClientThatWasPromisedNewsOfItsTools {
        private static final String CHANGED = "notifications/tools/list_changed";

        private void begin(String server) {
            connectors.values().forEach(all -> all.forEach(ReloadingGateTest::promise));
            assertThat(send(server, Call.request(RequestId.of(1), "initialize", Payload.empty(), session)))
                    .isInstanceOf(Reply.Complete.class);
            send(server, Call.notification("notifications/initialized", Payload.empty(), session));
        }

        private Reply send(String server, Call call) {
            Call vouched = call.with(Credential.KEY, new Credential.Vouched(ME));
            return gate.handle(server == null ? vouched : vouched.withServer(server))
                    .toCompletableFuture()
                    .orTimeout(10, TimeUnit.SECONDS)
                    .join();
        }

        private List<String> told() {
            return session.delivered().stream().map(Call::method).toList();
        }

        @Test
        void isToldOnceThatItsRolesHaveChangedAndThenSeesWhatIsNew() {
            begin("crm");
            List<Reply> seen = new ArrayList<>();
            session.answering(news -> {
                seen.add(call("crm", "delete").join()); // at once, while the news is still on its way
                return Reply.accepted();
            });

            gate.apply(config(CRM + ", " + FILES, "delete"));

            assertThat(told()).containsExactly(CHANGED);
            assertThat(seen).hasSize(1).allMatch(Reply.Complete.class::isInstance);
        }

        @Test
        void isNotToldOfWhatChangesNothingForIt() {
            begin("crm");

            gate.apply(config("crm: {command: [crm], timeout: 5s}, files: {command: [files, -v]}", "search"));
            gate.apply(config(CRM, "search", "principals: {other: {keys: [%s], roles: [user]}}".formatted(Given.HASH)));

            assertThat(told()).isEmpty();
        }

        @Test
        void isToldOfAServerMoreOrLessInTheMergedCatalog() {
            begin(null);

            gate.apply(config(CRM, "search"));
            assertThat(told()).containsExactly(CHANGED);

            gate.apply(config(CRM + ", notes: {command: [notes]}", "search"));
            assertThat(told()).containsExactly(CHANGED, CHANGED);
        }

        @Test
        void isToldThatAnotherServerHasTakenThePlaceOfItsOwn() {
            begin("crm");

            gate.apply(config("crm: {command: [crm2]}", "search"));

            assertThat(told()).containsExactly(CHANGED);
        }

        @Test
        void isNotToldThatItsOwnServerIsGone() {
            begin("files");

            gate.apply(config(CRM, "search"));

            assertThat(told()).isEmpty();
        }

        @Test
        void isToldByTheRolesThatItHasNow() {
            begin("crm");

            gate.apply(Given.yaml("""
                    servers: {crm: {command: [crm]}}
                    stdio: {principal: me, roles: [renamed]}
                    roles: {renamed: {allow: [{tools: [delete]}]}}
                    audit: {to: memory}
                    """));
            gate.apply(Given.yaml("""
                    servers: {crm: {command: [crm]}}
                    stdio: {principal: somebody-else, roles: [renamed]}
                    roles: {renamed: {allow: [{tools: [search]}]}}
                    audit: {to: memory}
                    """));

            assertThat(told()).containsExactly(CHANGED);
        }
    }

    /** The server says that it will tell when its tools change. */
    private static void promise(InMemoryConnector server) {
        server.when(call -> call.method().equals("initialize")
                ? CompletableFuture.completedFuture(Reply.complete(Payload.of(Map.of(
                        "protocolVersion",
                        "2025-11-25",
                        "capabilities",
                        Map.of("tools", Map.of("listChanged", true))))))
                : null);
    }

    @Nested
    class AReplacedGateway {
        @Test
        void isForgotten() {
            call("crm", "search").join(); // the connection that is kept knows the first gateway
            gate.apply(config(CRM, "a"));
            var second = new WeakReference<>(gate.gateway());
            gate.apply(config(CRM, "b"));
            gate.apply(config(CRM, "search"));

            await().atMost(10, TimeUnit.SECONDS).until(() -> {
                System.gc();
                return second.get() == null;
            });
        }
    }

    @Nested
    class ACallInFlight {
        @Test
        void endsOnTheGatewayThatItBeganOn() {
            CompletableFuture<Reply> calling = call("files", "slow");

            gate.apply(config(CRM, "search"));
            assertThat(calling).isNotDone();
            slow.complete(Reply.complete(Payload.of(Map.of("done", true))));

            assertThat(calling.join()).isInstanceOf(Reply.Complete.class);
        }

        @Test
        void keepsItsServerOpenUntilThen() {
            CompletableFuture<Reply> calling = call("files", "slow");

            gate.apply(config(CRM + ", " + FILES, "delete"));
            gate.apply(config(CRM, "delete")); // files is left by a generation that has no calls, but not the first

            await().during(Duration.ofMillis(100)).until(() -> !first("files").isClosed());
            slow.complete(Reply.complete(Payload.empty()));
            calling.join();
            await().until(() -> first("files").isClosed());
        }

        @Test
        void isCancelledWhenTheGateCloses() {
            call("files", "slow");
            gate.apply(config(CRM, "search"));
            Call inFlight = first("files").server().received().stream()
                    .filter(call -> call.target().name().equals("slow"))
                    .findFirst()
                    .orElseThrow();

            gate.close();

            assertThat(inFlight.cancellation().isCancelled()).isTrue();
            assertThat(connectors.values().stream().flatMap(List::stream)).allMatch(InMemoryConnector::isClosed);
        }

        @Test
        void isNeverRefusedBecauseOfAReload() throws Exception {
            AtomicInteger completed = new AtomicInteger();
            Thread caller = new Thread(() -> {
                for (int i = 0; i < 2_000; i++) {
                    if (call("crm", "search").join() instanceof Reply.Complete) {
                        completed.incrementAndGet();
                    }
                }
            });
            caller.start();
            int reloads = 0;
            for (; caller.isAlive(); reloads++) {
                gate.apply(config(CRM + ", " + FILES, reloads % 2 == 0 ? "search, a" : "search, b"));
            }
            caller.join();

            assertThat(completed).hasValue(2_000);
            assertThat(reloads).isPositive();
            assertThat(first("crm").connections()).isEqualTo(1);
        }
    }

    @Nested
    class AConfigurationThatCannotBeUsed {
        @Test
        void changesNothingAndLeavesNothingOpen() {
            Gateway before = gate.gateway();

            assertThatThrownBy(() -> gate.apply(
                            config(CRM + ", other: {command: [other]}, bad: {command: [unusable]}", "search")))
                    .isInstanceOf(ConfigException.class)
                    .hasMessage("servers.bad: is not usable; use another");

            assertThat(gate.gateway()).isSameAs(before);
            assertThat(first("other").isClosed()).isTrue();
            assertThat(first("crm").isClosed()).isFalse();
            assertThat(call("crm", "search").join()).isInstanceOf(Reply.Complete.class);
        }

        @Test
        void isOneWhoseAuditFileCannotBeOpened() {
            assertThatThrownBy(() -> gate.apply(
                            config("new: {command: [new]}", "search", "audit: {file: /nowhere/at/all.jsonl}")))
                    .hasMessage("audit.file: its directory does not exist; make it before the start");

            assertThat(connectors).as("nothing is opened for it").doesNotContainKey("new");
        }

        @Test
        void isOneWithoutServers() {
            assertThatThrownBy(() -> gate.apply(config("", "search")))
                    .hasMessage("servers: there is none; name at least one, with a command or a url");
        }

        @Test
        void isAnyOneAfterTheGateWasClosed() {
            gate.close();

            assertThatThrownBy(() -> gate.apply(config(CRM, "search"))).isInstanceOf(IllegalStateException.class);
        }
    }

    @Nested
    class TheAuditFile {
        @TempDir
        Path directory;

        @Test
        void staysOpenWhileItIsTheSame() throws Exception {
            Path file = directory.resolve("audit.jsonl");
            gate.apply(config(CRM, "search", "audit: {file: " + file + "}"));
            call("crm", "search").join();
            Files.move(file, directory.resolve("moved.jsonl"));

            gate.apply(config(CRM, "search, delete", "audit: {file: " + file + "}"));
            call("crm", "delete").join();

            assertThat(file).doesNotExist();
            assertThat(Files.readAllLines(directory.resolve("moved.jsonl"))).hasSize(4);
        }

        @Test
        void isReplacedByAnother() throws Exception {
            gate.apply(config(CRM, "search", "audit: {file: " + directory.resolve("a.jsonl") + "}"));
            gate.apply(config(CRM, "search", "audit: {file: " + directory.resolve("b.jsonl") + "}"));

            call("crm", "search").join();

            assertThat(directory.resolve("a.jsonl")).isEmptyFile();
            assertThat(Files.readAllLines(directory.resolve("b.jsonl"))).hasSize(2);
        }
    }

    @Nested
    class Closing {
        private final String name = "closing-" + System.nanoTime();
        private final InMemoryConnector crm = failing("crm");
        private final InMemoryConnector files = failing("files");

        private InMemoryConnector failing(String server) {
            return new InMemoryConnector(server)
                    .when(ReloadingGateTest.this::answer)
                    .failingToClose();
        }

        private GateConfig named(String servers) {
            return config(servers, "search", "audit: {to: memory}", "name: " + name);
        }

        @Test
        void endsEverythingAlsoIfServersThrow() {
            gate.close();
            gate = ReloadingGate.open(
                    named(CRM + ", " + FILES),
                    List.of(server -> Optional.of(server.name().equals("crm") ? crm : files)));
            call("crm", "slow"); // so that the gateway before lives on
            gate.apply(named(FILES));
            assertThat(timers()).as("for the deadline").isNotEmpty();

            assertThatThrownBy(gate::close).hasMessageEndingWith("cannot be closed cleanly");

            assertThat(List.of(crm, files)).allMatch(InMemoryConnector::isClosed);
            await().until(() -> timers().isEmpty());
        }

        @Test
        void ofWhatWasOpenedForAConfigurationThatCannotBeUsedEndsAllAlsoIfServersThrow() {
            assertThatThrownBy(() -> ReloadingGate.open(
                            named(CRM + ", " + FILES),
                            List.of(server -> Optional.of(server.name().equals("crm") ? crm : files)),
                            builder -> {
                                throw new IllegalStateException("It is not usable");
                            }))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining("It is not usable");

            assertThat(List.of(crm, files)).allMatch(InMemoryConnector::isClosed);
        }

        @Test
        void ofServersBeforeOneThatCannotBeReachedEndsAllAlsoIfTheyThrow() {
            Map<String, Connector> known = Map.of("crm", crm, "files", files);

            assertThatThrownBy(() -> ReloadingGate.open(
                            named(CRM + ", " + FILES + ", more: {command: [more]}"),
                            List.of(server -> Optional.ofNullable(known.get(server.name())))))
                    .isInstanceOf(ConfigException.class);

            assertThat(List.of(crm, files)).allMatch(InMemoryConnector::isClosed);
        }

        private List<Thread> timers() {
            return Thread.getAllStackTraces().keySet().stream()
                    .filter(thread -> thread.getName().endsWith(name))
                    .toList();
        }

        @Test
        void ofAReplacedGatewayClosesWhatIsGoneAlsoIfTheHostThrows() {
            AtomicInteger closed = new AtomicInteger();
            gate.close();
            gate = ReloadingGate.open(
                    config(CRM + ", " + FILES, "search"),
                    List.of(ReloadingGateTest.this::connector),
                    builder -> builder.closeWith(() -> {
                        if (closed.getAndIncrement() == 0) {
                            throw new IllegalStateException("the host's own cannot be closed cleanly");
                        }
                    }));

            gate.apply(config(CRM, "search"));

            await().until(() -> connectors.get("files").get(1).isClosed());
        }
    }

    @Test
    void handsEndedSessionsOn() {
        call("crm", "search").join();

        gate.ended(session);
        call("crm", "search").join();

        assertThat(first("crm").connections()).isEqualTo(2);
    }

    @Test
    void buildsWhatTheHostAdds() {
        gate.close();
        gate = ReloadingGate.open(
                config(CRM, "search"),
                List.of(this::connector),
                builder -> builder.intercept("Mine", (call, chain) -> chain.proceed(call)));
        gate.apply(config(CRM, "search, delete"));

        assertThat(gate.toString())
                .startsWith("ReloadingGateway[mcpgate: Record → ")
                .contains("Mine");
    }
}
