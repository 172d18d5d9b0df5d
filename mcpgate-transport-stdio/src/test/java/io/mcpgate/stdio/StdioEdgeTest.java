package io.mcpgate.stdio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

import io.mcpgate.Call;
import io.mcpgate.Principal;
import io.mcpgate.Reply;
import io.mcpgate.Session;
import io.mcpgate.audit.AuditEvent;
import io.mcpgate.core.Gate;
import io.mcpgate.core.Gateway;
import io.mcpgate.core.GatewayBuilder;
import io.mcpgate.core.audit.InMemoryAuditSink;
import io.mcpgate.core.identity.ApiKeys;
import io.mcpgate.core.json.JsonLimits;
import io.mcpgate.core.json.JsonReader;
import io.mcpgate.core.policy.Grant;
import io.mcpgate.core.policy.Role;
import io.mcpgate.core.policy.RolePolicyStore;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.Pipe;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class StdioEdgeTest {
    private static final Principal TRUSTED = Principal.of("me", "trusted");
    private static final Principal GUEST = Principal.of("guest", "guest");
    private static final String MODERN =
            "'_meta':{'io.modelcontextprotocol/protocolVersion':'2026-07-28','io.modelcontextprotocol/clientCapabilities':{}}";

    private final StdioConnector connector = new StdioConnector("child", Child.command());
    private final InMemoryAuditSink audit = new InMemoryAuditSink(1_000);
    private final Gateway gateway = builder().build();

    private GatewayBuilder builder() {
        return Gateway.builder()
                .server("child", connector)
                .audit(audit)
                .json(JsonLimits.DEFAULT.withMessageBytes(1 << 20))
                .authenticator(new ApiKeys(Map.of(), null))
                .policies(new RolePolicyStore(List.of(
                        Role.allowing("trusted", Grant.everything("child")),
                        Role.allowing("guest", Grant.tools("child", "echo", "sample")))));
    }

    @AfterEach
    void close() {
        gateway.close();
    }

    private PipedClient client(Principal principal) throws IOException {
        return new PipedClient(gateway, "child", principal);
    }

    private PipedClient initialized(Principal principal) throws IOException {
        PipedClient client = client(principal);
        client.initialize();
        return client;
    }

    private static Object at(Map<String, Object> message, String... path) {
        Object at = message;
        for (String name : path) {
            at = at instanceof Map<?, ?> map ? map.get(name) : null;
        }
        return at;
    }

    private static List<Object> list(Map<String, Object> message, String... path) {
        return at(message, path) instanceof List<?> list ? List.copyOf(list) : List.of();
    }

    private static String text(Map<String, Object> message) {
        return at(message, "result", "content") instanceof List<?> content && content.get(0) instanceof Map<?, ?> block
                ? (String) block.get("text")
                : "no text in " + message;
    }

    @Nested
    class ALegacyConversation {
        @Test
        void opensWithTheHandshakeOfTheClient() throws IOException {
            try (PipedClient client = client(TRUSTED)) {
                Map<String, Object> reply = client.request(
                        "{'jsonrpc':'2.0','id':0,'method':'initialize','params':{'protocolVersion':'2025-06-18',"
                                + "'capabilities':{},'clientInfo':{'name':'desktop','version':'1'}}}");

                assertThat(reply).containsEntry("id", 0L);
                assertThat(at(reply, "result", "protocolVersion")).isEqualTo("2025-06-18");
                assertThat(at(reply, "result", "serverInfo", "echoed")).isEqualTo("desktop");
            }
        }

        @Test
        void keepsTheTypeOfIds() throws IOException {
            try (PipedClient client = initialized(TRUSTED)) {
                client.call("7", "echo", "'value':'number'");
                assertThat(client.next()).containsEntry("id", 7L);
                client.call("'7'", "echo", "'value':'hé € 𝄞 \u2028'");
                Map<String, Object> reply = client.next();
                assertThat(reply).containsEntry("id", "7");
                assertThat(text(reply)).isEqualTo("hé € 𝄞 \u2028");
            }
        }

        @Test
        void showsAndAllowsTheSame() throws IOException {
            try (PipedClient client = initialized(GUEST)) {
                Map<String, Object> list = client.request("{'jsonrpc':'2.0','id':1,'method':'tools/list'}");
                assertThat(list(list, "result", "tools"))
                        .extracting(tool -> (Object) ((Map<?, ?>) tool).get("name"))
                        .containsExactlyInAnyOrder("echo", "sample");

                client.call("2", "cwd", "");
                assertThat(at(client.next(), "error", "code")).isEqualTo(-32602L);
                client.call("3", "echo", "'value':'allowed'");
                assertThat(text(client.next())).isEqualTo("allowed");
            }
        }

        @Test
        void survivesTheDeathOfTheServer() throws IOException {
            try (PipedClient client = initialized(TRUSTED)) {
                client.call("1", "exit", "'code':3");
                Map<String, Object> reply = client.next();
                assertThat(at(reply, "error", "code")).isEqualTo(503L);
                assertThat((String) at(reply, "error", "message")).contains("exit code 3");

                client.call("2", "echo", "'value':'a new child'");
                assertThat(text(client.next())).isEqualTo("a new child");
            }
        }

        @Test
        void isNotHeldUpByASlowCall() throws IOException {
            try (PipedClient client = initialized(TRUSTED)) {
                client.call("1", "never", "");
                client.call("2", "echo", "'value':'overtakes'");

                assertThat(client.next()).containsEntry("id", 2L);
            }
        }

        @Test
        void refusesAnIdThatIsInFlight() throws IOException {
            try (PipedClient client = initialized(TRUSTED)) {
                client.call("1", "never", "");
                client.call("1", "echo", "'value':'x'");

                Map<String, Object> reply = client.next();
                assertThat(reply).containsEntry("id", 1L);
                assertThat(at(reply, "error", "code")).isEqualTo(-32600L);
            }
        }

        @Test
        void cancelsACallAndAnswersItNoMore() throws IOException {
            try (PipedClient client = initialized(TRUSTED)) {
                client.call("1", "never", "");
                client.send("{'jsonrpc':'2.0','method':'notifications/cancelled','params':{'requestId':1}}");
                client.call("2", "echo", "'value':'next'");

                assertThat(client.next()).containsEntry("id", 2L);
                assertThat(client.hasNothing()).isTrue();
            }
        }

        @Test
        void bringsProgressUnderTheTokenOfTheClient() throws IOException {
            try (PipedClient client = initialized(TRUSTED)) {
                client.send("{'jsonrpc':'2.0','id':1,'method':'tools/call','params':{'name':'reports',"
                        + "'arguments':{'value':'v'},'_meta':{'progressToken':'mine'}}}");

                assertThat(at(client.next(), "params", "progressToken")).isEqualTo("mine");
                assertThat(at(client.next(), "params", "progressToken")).isEqualTo("mine");
                assertThat(text(client.next())).isEqualTo("v");
            }
        }
    }

    @Nested
    class ARequestOfTheServer {
        @Test
        void reachesTheClientAndItsAnswerTheServer() throws IOException {
            try (PipedClient client = initialized(TRUSTED)) {
                client.call("'mine'", "sample", "");
                Map<String, Object> request = client.next();
                assertThat(request).containsEntry("method", "sampling/createMessage");

                client.send("{'jsonrpc':'2.0','id':" + request.get("id")
                        + ",'result':{'role':'assistant','content':{'type':'text','text':'hi'}}}");

                assertThat(text(client.next())).isEqualTo("client said hi");
                await().untilAsserted(() -> assertThat(audit.events())
                        .extracting(Object::toString)
                        .anyMatch(event -> event.contains("mcpgate/answer")));
            }
        }

        @Test
        void hasItsProgressBroughtBackUnderTheTokenOfTheServer() throws IOException {
            try (PipedClient client = initialized(TRUSTED)) {
                client.call("1", "sample", "");
                Map<String, Object> request = client.next();
                Object token = at(request, "params", "_meta", "progressToken");
                client.send("{'jsonrpc':'2.0','method':'notifications/progress','params':{'progressToken':" + token
                        + ",'progress':1}}");
                client.send("{'jsonrpc':'2.0','id':" + request.get("id") + ",'error':{'code':-1,'message':'no'}}");
                assertThat(text(client.next())).isEqualTo("refused -1");

                client.call("2", "progressSeen", "");
                assertThat(text(client.next())).startsWith("p");
            }
        }

        @Test
        void isRefusedByPolicyWithoutTheClient() throws IOException {
            try (PipedClient client = initialized(GUEST)) {
                client.call("1", "sample", "");

                assertThat(text(client.next())).isEqualTo("refused -32601");
            }
        }

        @Test
        void isNotAnsweredByAnInventedId() throws IOException {
            try (PipedClient client = initialized(TRUSTED)) {
                client.send("{'jsonrpc':'2.0','id':99,'result':{}}");
                client.send("{'jsonrpc':'2.0','id':null,'error':{'code':-32700,'message':'?'}}");
                client.call("1", "echo", "'value':'goes on'");

                assertThat(text(client.next())).isEqualTo("goes on");
            }
        }
    }

    @Nested
    class AModernConversation {
        @Test
        void needsNoHandshake() throws IOException {
            try (PipedClient client = client(TRUSTED)) {
                Map<String, Object> discovered =
                        client.request("{'jsonrpc':'2.0','id':1,'method':'server/discover','params':{" + MODERN + "}}");
                assertThat(at(discovered, "result", "supportedVersions")).isEqualTo(List.of("2026-07-28"));

                Map<String, Object> reply = client.request("{'jsonrpc':'2.0','id':2,'method':'tools/call',"
                        + "'params':{'name':'echo','arguments':{'value':'v'}," + MODERN + "}}");
                assertThat(text(reply)).isEqualTo("v");
            }
        }

        private void call(PipedClient client, int id, String tool) {
            client.send("{'jsonrpc':'2.0','id':" + id + ",'method':'tools/call','params':{'name':'" + tool
                    + "','arguments':{'value':'v'}," + MODERN + "}}");
        }

        private void listen(PipedClient client) {
            Map<String, Object> acknowledged =
                    client.request("{'jsonrpc':'2.0','id':'sub','method':'subscriptions/listen','params':{"
                            + "'notifications':{'toolsListChanged':true}," + MODERN + "}}");
            assertThat(acknowledged).containsEntry("method", "notifications/subscriptions/acknowledged");
        }

        /** Has the server say what belongs to no call. */
        private void provoke(PipedClient client) {
            client.send("{'jsonrpc':'2.0','method':'notifications/roots/list_changed','params':{" + MODERN + "}}");
        }

        @Test
        void isNotAskedAnythingByRequests() throws IOException {
            try (PipedClient client = client(TRUSTED)) {
                call(client, 1, "sample");

                assertThat(text(client.next())).isEqualTo("refused -32601");
            }
        }

        @Test
        void isToldWhatTheServerLogsAboutACall() throws IOException {
            try (PipedClient client = client(TRUSTED)) {
                call(client, 1, "logs");

                assertThat(at(client.next(), "params", "data")).isEqualTo("about the call");
                assertThat(text(client.next())).isEqualTo("logged");
            }
        }

        @Test
        void isToldWhatTheServerLogsAboutOneOfSeveralCalls() throws IOException {
            try (PipedClient client = client(TRUSTED)) {
                listen(client);
                call(client, 1, "never");
                call(client, 2, "logs");

                assertThat(at(client.next(), "params", "data")).isEqualTo("about the call");
                assertThat(text(client.next())).isEqualTo("logged");
            }
        }

        @Test
        void isToldNoNewsThatItDoesNotListenFor() throws IOException {
            try (PipedClient client = client(TRUSTED)) {
                call(client, 1, "changes");

                assertThat(text(client.next())).isEqualTo("changed");
            }
        }

        @Test
        void isToldNothingWhileItNeitherCallsNorListens() throws IOException {
            try (PipedClient client = client(TRUSTED)) {
                call(client, 1, "echo");
                assertThat(text(client.next())).isEqualTo("v");

                provoke(client);
                await().untilAsserted(() -> assertThat(audit.events())
                        .extracting(AuditEvent::method)
                        .contains("notifications/message", "notifications/tools/list_changed"));
                call(client, 2, "echo");

                assertThat(client.next()).containsEntry("id", 2L);
            }
        }

        @Test
        void isToldOnlyWhatIsMarkedAsItsOwnWhileItListens() throws IOException {
            try (PipedClient client = client(TRUSTED)) {
                listen(client);

                provoke(client);

                Map<String, Object> news = client.next();
                assertThat(news).containsEntry("method", "notifications/tools/list_changed");
                assertThat(at(news, "params", "_meta", "io.modelcontextprotocol/subscriptionId"))
                        .isEqualTo("sub");
            }
        }

        @Test
        void isRefusedInARevisionThatNobodyKnows() throws IOException {
            try (PipedClient client = client(TRUSTED)) {
                Map<String, Object> reply = client.request("{'jsonrpc':'2.0','id':1,'method':'tools/list','params':{"
                        + MODERN.replace("2026-07-28", "2031-01-01") + "}}");

                assertThat(at(reply, "error", "code")).isEqualTo(-32022L);
                assertThat(at(reply, "error", "data", "requested")).isEqualTo("2031-01-01");
                assertThat(list(reply, "error", "data", "supported")).contains("2026-07-28");
            }
        }
    }

    @Nested
    class WhatIsNoMessage {
        @Test
        void isAnsweredWithAnErrorAndReadingGoesOn() throws IOException {
            try (PipedClient client = initialized(TRUSTED)) {
                client.send("not json");
                assertError(client.next(), null, -32700);
                client.send("{'jsonrpc':'2.0','id':5,'method':'tools/list','method':'tools/call'}");
                assertError(client.next(), 5L, -32700);
                client.send("{'jsonrpc':'2.0','id':6,'method':42}");
                assertError(client.next(), 6L, -32600);
                client.send("[{'jsonrpc':'2.0','id':7,'method':'ping'}]");
                assertError(client.next(), null, -32600);
                client.sendRaw(new byte[] {'{', (byte) 0xFF, '}', '\n'});
                assertError(client.next(), null, -32700);
                client.send("{'method':'tools/call','params':{'name':'echo','arguments':{'value':'\\ud83d'}},"
                        + "'jsonrpc':'2.0','id':9}"); // as JavaScript writes half an emoji, and the id last
                assertError(client.next(), 9L, -32700);
                client.send("{'jsonrpc':[1],'id':11,'method':'ping'}");
                assertError(client.next(), 11L, -32600);
                client.send("{'jsonrpc':'2.0','id':10,'result':'an answer, and to nobody'}");
                assertError(client.next(), null, -32600);

                client.call("8", "echo", "'value':'goes on'");
                assertThat(text(client.next())).isEqualTo("goes on");
            }
        }

        @Test
        void isPassedOverIfItIsBlank() throws IOException {
            try (PipedClient client = initialized(TRUSTED)) {
                client.send("");
                client.send("  \r");
                client.call("1", "echo", "'value':'x'");

                assertThat(client.next()).containsEntry("id", 1L);
            }
        }

        @Test
        void mayBeTooLarge() throws IOException {
            try (PipedClient client = initialized(TRUSTED)) {
                client.call("1", "echo", "'value':'" + "x".repeat(2 << 20) + "'");
                assertError(client.next(), 1L, 413);
                client.send("{'method':'tools/call','params':{'name':'echo','arguments':{'value':'"
                        + "x".repeat(2 << 20) + "'}},'jsonrpc':'2.0','id':'last'}");
                assertError(client.next(), "last", 413);
                client.send("x".repeat(2 << 20));
                assertError(client.next(), null, 413);

                client.call("2", "echo", "'value':'goes on'");
                assertThat(text(client.next())).isEqualTo("goes on");
            }
        }

        @Test
        void isRecordedBeforeItIsAnswered() throws IOException {
            try (PipedClient client = initialized(TRUSTED)) {
                client.send("not json");
                client.next();
                assertRefused(1);

                client.call("1", "echo", "'value':'" + "x".repeat(2 << 20) + "'");
                client.next();
                assertRefused(2);
            }
        }

        private void assertRefused(int times) {
            List<AuditEvent> refused = audit.events().stream()
                    .filter(event -> event.method().equals("mcpgate/refused"))
                    .toList();
            assertThat(refused).hasSize(times).allMatch(event -> event.verdict() == AuditEvent.Verdict.REFUSED);
            assertThat(refused).extracting(AuditEvent::server).containsOnly("child");
        }

        private void assertError(Map<String, Object> reply, Object id, long code) {
            assertThat(reply).containsKey("id").containsEntry("id", id);
            assertThat(at(reply, "error", "code")).isEqualTo(code);
        }
    }

    @Nested
    class TheEnd {
        @Test
        void ofTheInputEndsCallsAndChildren() throws IOException {
            PipedClient client = initialized(TRUSTED);
            client.call("1", "pid", "");
            long child = Long.parseLong(text(client.next()));
            client.call("2", "never", "");

            client.close();

            await().untilAsserted(() -> assertThat(Child.isRunning(child)).isFalse());
            assertThat(client.hasNothing()).isTrue();
        }

        @Test
        void comesWhenTheClientDoesNotRead() throws Exception {
            Pipe in = Pipe.open();
            Pipe out = Pipe.open();
            CompletableFuture<Void> served = CompletableFuture.runAsync(() -> StdioEdge.serve(
                    gateway,
                    "child",
                    TRUSTED,
                    Channels.newInputStream(in.source()),
                    Channels.newOutputStream(out.sink())));

            byte[] lines = "x\n".repeat(20_000).getBytes(StandardCharsets.UTF_8);
            in.sink().write(ByteBuffer.wrap(lines));

            assertThat(served).succeedsWithin(Duration.ofSeconds(15));
            out.source().close();
        }

        @Test
        void comesWhenTheClientSendsMoreThatIsNoMessageThanCanBeRecorded() throws Exception {
            Pipe in = Pipe.open();
            Pipe out = Pipe.open();
            CompletableFuture<Void> served = CompletableFuture.runAsync(() -> StdioEdge.serve(
                    new NeverRecording(),
                    "child",
                    TRUSTED,
                    Channels.newInputStream(in.source()),
                    Channels.newOutputStream(out.sink())));

            in.sink().write(ByteBuffer.wrap("x\n".repeat(1_025).getBytes(StandardCharsets.UTF_8)));

            assertThat(served).succeedsWithin(Duration.ofSeconds(15));
            out.sink().close();
            assertThat(Channels.newInputStream(out.source()).readAllBytes())
                    .as("what was not recorded is not answered")
                    .isEmpty();
        }

        /** A gate whose records are never kept. */
        private static final class NeverRecording implements Gate {
            @Override
            public CompletionStage<Reply> handle(Call call) {
                return new CompletableFuture<>();
            }

            @Override
            public void ended(Session session) {}

            @Override
            public JsonReader reader() {
                return new JsonReader(JsonLimits.DEFAULT);
            }

            @Override
            public boolean governs(String server) {
                return true;
            }

            @Override
            public boolean wraps(String server) {
                return false;
            }
        }

        @Test
        void comesWhenTheClientHasClosedItsEnd() throws Exception {
            Pipe in = Pipe.open();
            Pipe out = Pipe.open();
            out.source().close();
            CompletableFuture<Void> served = CompletableFuture.runAsync(() -> StdioEdge.serve(
                    gateway,
                    "child",
                    TRUSTED,
                    Channels.newInputStream(in.source()),
                    Channels.newOutputStream(out.sink())));

            in.sink().write(ByteBuffer.wrap(new byte[] {'x', '\n'}));

            assertThat(served).succeedsWithin(Duration.ofSeconds(15));
        }

        @Test
        void comesWithAnInterrupt() throws IOException {
            PipedClient client = initialized(TRUSTED);

            client.serving().interrupt();

            assertThat(client.isServed(Duration.ofSeconds(10))).isFalse();
        }
    }

    @Nested
    class AChangeOfPolicy {
        private void announce() {
            gateway.announce((known, server) -> Optional.of(known));
        }

        @Test
        void isToldOnceALegacyClientHasMadeItsHandshake() throws IOException {
            try (PipedClient client = initialized(GUEST)) {
                client.request(
                        "{'jsonrpc':'2.0','id':1,'method':'ping'}"); // so that the edge has read what came before

                announce();

                assertThat(client.next())
                        .containsEntry("method", "notifications/tools/list_changed")
                        .doesNotContainKeys("id", "params");
                client.request("{'jsonrpc':'2.0','id':2,'method':'ping'}");
                assertThat(client.hasNothing()).isTrue();
            }
        }

        @Test
        void isToldAModernClientThatListens() throws IOException {
            try (PipedClient client = client(GUEST)) {
                Map<String, Object> acknowledged =
                        client.request("{'jsonrpc':'2.0','id':'sub','method':'subscriptions/listen','params':{"
                                + "'notifications':{'toolsListChanged':true,'promptsListChanged':true}," + MODERN
                                + "}}");
                assertThat(at(acknowledged, "params", "notifications")).isEqualTo(Map.of("toolsListChanged", true));

                announce();

                Map<String, Object> news = client.next();
                assertThat(news).containsEntry("method", "notifications/tools/list_changed");
                assertThat(at(news, "params", "_meta", "io.modelcontextprotocol/subscriptionId"))
                        .isEqualTo("sub");
                assertThat(client.hasNothing()).isTrue();
            }
        }
    }

    @Test
    void servesTheMergedCatalog() throws IOException {
        try (PipedClient client = new PipedClient(gateway, null, TRUSTED)) {
            client.initialize();
            client.call("1", "child__echo", "'value':'by catalog name'");
            assertThat(text(client.next())).isEqualTo("by catalog name");

            client.call("2", "child__sample", "");
            Map<String, Object> request = client.next();
            client.send("{'jsonrpc':'2.0','method':'notifications/progress','params':{'progressToken':"
                    + at(request, "params", "_meta", "progressToken") + ",'progress':1}}");
            client.send("{'jsonrpc':'2.0','id':" + request.get("id") + ",'result':{'content':{'text':'hi'}}}");
            assertThat(text(client.next())).isEqualTo("client said hi");
            client.call("3", "child__progressSeen", "");
            assertThat(text(client.next())).startsWith("p");
        }
    }

    @Test
    void writesARefusalOfTheGatewayWithItsCode() throws IOException {
        try (Gateway closed = builder()
                        .authenticator(credential -> CompletableFuture.completedFuture(Optional.empty()))
                        .build();
                PipedClient client = new PipedClient(closed, "child", TRUSTED)) {
            Map<String, Object> reply = client.request("{'jsonrpc':'2.0','id':1,'method':'ping'}");

            assertThat(at(reply, "error", "code")).isEqualTo(401L);
            assertThat(at(reply, "error", "data", "reason")).isEqualTo("unauthenticated");
        }
    }

    @Test
    void refusesToServeWhatIsNotThere() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> StdioEdge.serve(
                        gateway, "other", TRUSTED, InputStream.nullInputStream(), new ByteArrayOutputStream()))
                .withMessage("This gateway has no server named \"other\"");
    }

    @Test
    void answersNothingToAnEmptyInput() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();

        StdioEdge.serve(gateway, "child", TRUSTED, InputStream.nullInputStream(), out);

        assertThat(out.toString(StandardCharsets.UTF_8)).isEmpty();
    }
}
