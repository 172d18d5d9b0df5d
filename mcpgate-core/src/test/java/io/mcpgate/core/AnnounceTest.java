package io.mcpgate.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.mcpgate.Call;
import io.mcpgate.Cancellation.Registration;
import io.mcpgate.Payload;
import io.mcpgate.Principal;
import io.mcpgate.Reply;
import io.mcpgate.RequestId;
import io.mcpgate.Session;
import io.mcpgate.contract.RecordingSession;
import io.mcpgate.core.identity.ApiKeys;
import io.mcpgate.core.identity.Credential;
import io.mcpgate.core.policy.Grant;
import io.mcpgate.core.policy.Role;
import io.mcpgate.core.policy.RolePolicyStore;
import io.mcpgate.policy.Policy;
import io.mcpgate.policy.PolicyStore;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Who is told that a change of policy has changed their lists. */
class AnnounceTest {
    private static final Principal ALICE = Principal.of("alice", "user");
    private static final Grant ALL = Grant.everything("*");
    private static final Map<String, Object> CHANGES = Map.of("listChanged", true);
    private static final String ACKNOWLEDGED = "notifications/subscriptions/acknowledged";
    private static final String TOOLS = "notifications/tools/list_changed";
    private static final String PROMPTS = "notifications/prompts/list_changed";
    private static final String RESOURCES = "notifications/resources/list_changed";

    private final ScriptedUpstream crm = new ScriptedUpstream("crm", "search");
    private final ScriptedUpstream files = new ScriptedUpstream("files", "read");
    private final Store store = new Store();
    private final List<Gateway> opened = new ArrayList<>();
    private final RecordingSession legacy = RecordingSession.legacy("l-1");
    private final RecordingSession modern = RecordingSession.modern("m-1");
    private final Gateway gateway = open(builder());

    private GatewayBuilder builder() {
        return Gateway.builder()
                .drain(Duration.ofMillis(1))
                .server(crm)
                .server(files)
                .authenticator(new ApiKeys(Map.of(), null))
                .policies(store);
    }

    private Gateway open(GatewayBuilder builder) {
        Gateway made = builder.build();
        opened.add(made);
        return made;
    }

    @AfterEach
    void close() {
        opened.forEach(Gateway::close);
    }

    /** A store whose policy changes, and which says so. */
    private static final class Store implements PolicyStore {
        private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
        private volatile PolicyStore roles = new RolePolicyStore(List.of(Role.allowing("user", ALL)));

        @Override
        public CompletionStage<Policy> policyFor(Principal principal) {
            return roles.policyFor(principal);
        }

        @Override
        public Registration onChange(Runnable listener) {
            listeners.add(listener);
            return () -> listeners.remove(listener);
        }

        private void become(Grant grant) {
            roles = new RolePolicyStore(List.of(Role.allowing("user", grant)));
            listeners.forEach(Runnable::run);
        }
    }

    private static Call of(String server, Call call) {
        Call vouched = call.with(Credential.KEY, new Credential.Vouched(ALICE));
        return server == null ? vouched : vouched.withServer(server);
    }

    private static Reply join(CompletionStage<Reply> stage) {
        return stage.toCompletableFuture().orTimeout(10, TimeUnit.SECONDS).join();
    }

    private static void offers(ScriptedUpstream server, Map<String, ?> capabilities) {
        server.when(call -> call.method().equals("initialize")
                ? CompletableFuture.completedFuture(Reply.complete(
                        Payload.of(Map.of("protocolVersion", "2025-11-25", "capabilities", capabilities))))
                : null);
    }

    private void initialize(String server, Session session) {
        Call initialize = Call.request(RequestId.of(1), "initialize", Payload.empty(), session);
        assertThat(join(gateway.handle(of(server, initialize)))).isInstanceOf(Reply.Complete.class);
    }

    private void begin(String server, Session session) {
        initialize(server, session);
        join(gateway.handle(of(server, Call.notification("notifications/initialized", Payload.empty(), session))));
    }

    private static List<String> told(RecordingSession session) {
        return session.delivered().stream().map(Call::method).toList();
    }

    private static String params(Call call) {
        return StandardCharsets.UTF_8.decode(call.params().json()).toString();
    }

    @Nested
    class ASession {
        @Test
        void isToldOnceOfEachKindThatItsHandshakePromised() {
            offers(crm, Map.of("tools", CHANGES, "prompts", Map.of(), "resources", CHANGES));
            begin("crm", legacy);

            store.become(ALL);

            assertThat(told(legacy)).containsExactlyInAnyOrder(TOOLS, RESOURCES);
            assertThat(legacy.delivered())
                    .allMatch(call -> call.params() == Payload.empty() && call.session() == legacy);
        }

        @Test
        void isToldNothingThatPolicyHasCutOutOfItsHandshake() {
            offers(crm, Map.of("tools", CHANGES, "prompts", CHANGES));
            store.become(Grant.tools("crm", "search"));
            begin("crm", legacy);

            store.become(ALL);

            assertThat(told(legacy)).containsExactly(TOOLS);
        }

        @Test
        void isToldNothingOfListsThatItMayNotAskForAnyMore() {
            offers(crm, Map.of("tools", CHANGES, "prompts", CHANGES));
            begin("crm", legacy);

            store.become(Grant.tools("crm", "search"));
            store.become(Grant.everything("files"));

            assertThat(told(legacy)).containsExactly(TOOLS);
        }

        @Test
        void isToldNothingBeforeItsHandshakeIsOver() {
            offers(crm, Map.of("tools", CHANGES));
            initialize("crm", legacy);

            store.become(ALL);

            assertThat(told(legacy)).isEmpty();
        }

        @Test
        void isForgottenWhenItEnds() {
            offers(crm, Map.of("tools", CHANGES));
            begin("crm", legacy);

            gateway.ended(legacy);
            store.become(ALL);

            assertThat(told(legacy)).isEmpty();
        }

        @Test
        void thatEndsDuringItsHandshakeIsNotRemembered() {
            CompletableFuture<Reply> late = new CompletableFuture<>();
            crm.when(call -> call.method().equals("initialize") ? late : null);
            Call initialize = of("crm", Call.request(RequestId.of(1), "initialize", Payload.empty(), legacy));
            CompletionStage<Reply> reply = gateway.handle(initialize);
            initialize.cancellation().cancel();
            gateway.ended(legacy);

            late.complete(Reply.complete(Payload.of(Map.of("capabilities", Map.of("tools", CHANGES)))));
            join(reply);
            join(gateway.handle(of("crm", Call.notification("notifications/initialized", Payload.empty(), legacy))));
            store.become(ALL);

            assertThat(told(legacy)).isEmpty();
        }

        @Test
        void ofTheMergedCatalogIsToldOnceThoughSeveralServersPromised() {
            offers(crm, Map.of("tools", CHANGES));
            offers(files, Map.of("tools", CHANGES, "prompts", CHANGES));
            begin(null, legacy);

            store.become(ALL);
            assertThat(told(legacy)).containsExactlyInAnyOrder(TOOLS, PROMPTS);

            store.become(Grant.tools("files", "read"));
            assertThat(told(legacy)).containsExactlyInAnyOrder(TOOLS, PROMPTS, TOOLS);
        }

        @Test
        void isToldThroughTheSameStepsAsByItsServer() {
            offers(crm, Map.of("tools", CHANGES));
            begin("crm", legacy);
            List<Call> met = new ArrayList<>();
            open(builder().succeeding(gateway).intercept("Mine", (call, chain) -> {
                met.add(call);
                return chain.proceed(call);
            }));

            store.become(ALL);

            assertThat(met).singleElement().satisfies(news -> {
                assertThat(news.method()).isEqualTo(TOOLS);
                assertThat(news.principal()).isEqualTo(ALICE);
                assertThat(news.server()).contains("crm");
            });
        }
    }

    @Nested
    class AListen {
        private final CompletableFuture<Reply> end = new CompletableFuture<>();

        private CompletionStage<Reply> listen(String server, Map<String, ?> filter) {
            Payload params = Payload.of(Map.of("notifications", filter));
            return gateway.handle(
                    of(server, Call.request(RequestId.of("sub"), "subscriptions/listen", params, modern)));
        }

        private void honours(ScriptedUpstream server, Map<String, ?> subset) {
            server.when(call -> {
                if (!call.method().equals("subscriptions/listen")) {
                    return null;
                }
                Payload params = Payload.of(Map.of(
                        "notifications", subset, "_meta", Map.of("io.modelcontextprotocol/subscriptionId", "sub")));
                call.session().deliver(call.notificationToClient(ACKNOWLEDGED, params));
                return end;
            });
        }

        @Test
        void isToldUnderItsIdWhatItAskedForAndWasAcknowledged() {
            honours(crm, Map.of("toolsListChanged", true, "resourcesListChanged", true));
            listen("crm", Map.of("toolsListChanged", true, "promptsListChanged", true));

            store.become(ALL);

            assertThat(told(modern)).containsExactly(ACKNOWLEDGED, TOOLS);
            Call news = modern.delivered().get(1);
            assertThat(params(news)).isEqualTo("{\"_meta\":{\"io.modelcontextprotocol/subscriptionId\":\"sub\"}}");
            assertThat(news.parent().orElseThrow().method()).isEqualTo("subscriptions/listen");
        }

        @Test
        void isToldNothingBeforeItIsAcknowledged() {
            crm.when(call -> end);
            listen("crm", Map.of("toolsListChanged", true));

            store.become(ALL);

            assertThat(told(modern)).isEmpty();
        }

        @Test
        void isToldOfAChangeAtTheMomentOfItsAcknowledgement() {
            honours(crm, Map.of("toolsListChanged", true));
            modern.answering(call -> {
                if (call.method().equals(ACKNOWLEDGED)) {
                    store.become(ALL);
                }
                return Reply.accepted();
            });

            listen("crm", Map.of("toolsListChanged", true));

            assertThat(told(modern)).containsExactly(ACKNOWLEDGED, TOOLS);
        }

        @Test
        void isForgottenWhenItEnds() {
            honours(crm, Map.of("toolsListChanged", true));
            CompletionStage<Reply> listening = listen("crm", Map.of("toolsListChanged", true));
            end.complete(Reply.complete(Payload.of(Map.of("resultType", "complete"))));
            join(listening);

            store.become(ALL);

            assertThat(told(modern)).containsExactly(ACKNOWLEDGED);
        }

        @Test
        void atTheMergedCatalogIsToldOnce() {
            honours(crm, Map.of("toolsListChanged", true));
            honours(files, Map.of("toolsListChanged", true));
            listen(null, Map.of("toolsListChanged", true));

            store.become(ALL);

            assertThat(told(modern)).containsExactly(ACKNOWLEDGED, TOOLS);
            assertThat(params(modern.delivered().get(1)))
                    .isEqualTo("{\"_meta\":{\"io.modelcontextprotocol/subscriptionId\":\"sub\"}}");
        }
    }

    @Nested
    class ASuccessor {
        @Test
        void tellsInThePlaceOfTheGatewayBefore() {
            offers(crm, Map.of("tools", CHANGES));
            begin("crm", legacy);
            open(builder().succeeding(gateway));

            store.become(ALL);

            assertThat(told(legacy)).containsExactly(TOOLS);
        }

        @Test
        void isTheOnlyOneThatTheStoreKnowsOnceTheOtherIsClosed() {
            open(builder().succeeding(gateway));

            gateway.close();

            assertThat(store.listeners).hasSize(1);
        }
    }
}
