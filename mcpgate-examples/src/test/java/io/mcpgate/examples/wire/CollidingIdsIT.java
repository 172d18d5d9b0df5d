package io.mcpgate.examples.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.mcpgate.examples.interop.Closing;
import io.mcpgate.examples.interop.GateFixture;
import io.mcpgate.examples.interop.NodeFixtures;
import io.mcpgate.examples.interop.NodeProcess;
import io.mcpgate.examples.tap.Json;
import io.mcpgate.examples.wire.FaultyServer.Era;
import io.mcpgate.examples.wire.WireClient.Answer;
import java.io.IOException;
import java.net.http.HttpClient;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/**
 * Many clients of both eras that all use the same ids and progress tokens, at the same time, through one gate. Half of them
 * share one child process; the others are served over HTTP, where they are asked for something too. Each has a word of its
 * own in all that it says, and the servers say it back: no client may ever see the word of another.
 */
@TestInstance(Lifecycle.PER_CLASS)
class CollidingIdsIT {
    private static final int CLIENTS = 200;
    private static final String[] PRINCIPALS = {"ann", "bob", "cyd", "dan"};
    private static final Pattern WORD = Pattern.compile("word-(\\d+)-word");

    private final HttpClient http = HttpClient.newHttpClient();
    private final ExecutorService threads = Executors.newFixedThreadPool(CLIENTS);
    private final CyclicBarrier together = new CyclicBarrier(CLIENTS);
    private FaultyHttp server;
    private NodeProcess real;
    private GateFixture gate;

    @BeforeAll
    void start() throws IOException {
        NodeFixtures.assumeNode();
        server = new FaultyHttp(Era.LEGACY);
        real = NodeFixtures.start(NodeFixtures.fixtureServerHttp());
        gate = GateFixture.open(
                """
                servers:
                  shared: {command: %s, share: all}
                  far: {url: "%s"}
                  shared-real: {command: %s, share: all}
                  far-real: {url: "%s"}
                principals:
                  ann: {keys: ["${env:HASH_ANN}"], roles: [all]}
                  bob: {keys: ["${env:HASH_BOB}"], roles: [all]}
                  cyd: {keys: ["${env:HASH_CYD}"], roles: [all]}
                  dan: {keys: ["${env:HASH_DAN}"], roles: [all]}
                roles: {all: {allow: [{tools: ["*"], methods: ["*"]}]}}
                audit: {to: memory}
                """.formatted(
                                FaultyChild.yaml(Era.LEGACY),
                                server.uri(),
                                GateFixture.list(NodeFixtures.fixtureServerStdio()),
                                real.endpoint()),
                PRINCIPALS);
    }

    @AfterAll
    void stop() {
        threads.shutdownNow();
        Closing.all(gate, real, server);
    }

    /** One client, and what it asked of whom. */
    private abstract class Asker implements Callable<Void> {
        final int number;
        final String word;
        final boolean far;
        final WireClient client;

        Asker(int number, String servers) {
            this.number = number;
            this.word = "word-" + number + "-word";
            this.far = number % 2 == 0;
            String principal = PRINCIPALS[number / 4 % PRINCIPALS.length];
            this.client = new WireClient(
                            http,
                            gate.uri((far ? "far" : "shared") + servers),
                            gate.key(principal),
                            number / 2 % 2 == 0 ? "2025-11-25" : WireClient.MODERN)
                    .offering(
                            far ? Map.of("elicitation", Map.of()) : Map.of(),
                            request -> Map.of("action", "accept", "content", Map.of("name", word)));
        }

        @Override
        public Void call() throws Exception {
            client.open();
            together.await(60, TimeUnit.SECONDS);
            talk();
            return null;
        }

        abstract void talk() throws Exception;

        void isAnswered(Answer answer, Object id) {
            assertThat(responseOf(answer, id).at("/result/content/0/text").asText())
                    .as(answer.toString())
                    .isEqualTo(word);
        }

        JsonNode responseOf(Answer answer, Object id) {
            assertThat(answer.status()).isEqualTo(200);
            List<JsonNode> responses = answer.messages().stream()
                    .filter(message -> !message.has("method"))
                    .toList();
            assertThat(responses).as("one response").hasSize(1);
            assertThat(answer.last().path("id").toString()).isEqualTo(Json.write(id));
            return answer.last();
        }

        List<JsonNode> progressOf(Answer answer) {
            List<JsonNode> told = answer.messages().stream()
                    .filter(message -> message.has("method"))
                    .toList();
            assertThat(told).isNotEmpty().allSatisfy(message -> {
                assertThat(message.path("method").asText()).isEqualTo("notifications/progress");
                assertThat(message.at("/params/progressToken").toString()).isEqualTo("\"token\"");
            });
            assertThat(told.stream()
                            .map(message -> message.at("/params/progress").asInt()))
                    .as("each once and in order")
                    .isSorted()
                    .doesNotHaveDuplicates();
            return told;
        }

        /** Calls a tool that asks its client something; where that is said by a result, comes back with the answer. */
        Answer isAsked(Map<String, ?> arguments) {
            Answer answer = client.tool(4, "ask", arguments);
            if (!client.isModern()) {
                return answer;
            }
            JsonNode result = answer.last().path("result");
            assertThat(result.path("resultType").asText()).as(answer.toString()).isEqualTo("input_required");
            Map<String, Object> responses = new LinkedHashMap<>();
            result.path("inputRequests")
                    .fieldNames()
                    .forEachRemaining(
                            name -> responses.put(name, Map.of("action", "accept", "content", Map.of("name", word))));
            assertThat(responses).hasSize(1);
            return client.request(
                    4,
                    "tools/call",
                    Map.of(
                            "name",
                            "ask",
                            "arguments",
                            arguments,
                            "inputResponses",
                            responses,
                            "requestState",
                            result.path("requestState").asText()));
        }
    }

    /** At servers that answer as unluckily as can be. */
    private final class AskerOfFaulty extends Asker {
        AskerOfFaulty(int number) {
            super(number, "");
        }

        @Override
        void talk() throws Exception {
            isAnswered(client.tool(1, "echo", Map.of("value", word)), 1);
            together.await(60, TimeUnit.SECONDS);
            Answer held = client.toolWithProgress(2, "hold", Map.of("value", word, "of", CLIENTS / 2), "token");
            isAnswered(held, 2);
            assertThat(progressOf(held))
                    .allSatisfy(message ->
                            assertThat(message.at("/params/message").asText()).isEqualTo(word));
            isAnswered(client.toolWithProgress("3", "reports", Map.of("value", word), 7), "3");
            if (far) {
                assertThat(isAsked(Map.of("value", word)).text()).isEqualTo(word + " " + word);
            }
        }
    }

    /** At real servers, which speak both eras. */
    private final class AskerOfReal extends Asker {
        AskerOfReal(int number) {
            super(number, "-real");
        }

        @Override
        void talk() {
            isAnswered(client.tool(1, "echo", Map.of("message", word)), 1);
            Answer slow = client.toolWithProgress(2, "slow", Map.of("steps", 3, "delayMs", 5), "token");
            assertThat(responseOf(slow, 2).at("/result/content/0/text").asText())
                    .isEqualTo("done after 3 steps");
            assertThat(progressOf(slow)).hasSize(3);
            if (far) {
                JsonNode said = Json.read(isAsked(Map.of("question", word)).text());
                assertThat(said.findValue("name").asText()).isEqualTo(word);
            }
        }
    }

    @Test
    void nobodyGetsAByteOfAnotherAndEverybodyGetsEverythingOnce() throws Exception {
        everybodyTalks(IntStream.range(0, CLIENTS).mapToObj(AskerOfFaulty::new).toList());
    }

    @Test
    void norDoesAnybodyAtRealServers() throws Exception {
        everybodyTalks(IntStream.range(0, CLIENTS).mapToObj(AskerOfReal::new).toList());
    }

    private void everybodyTalks(List<? extends Asker> askers) throws Exception {
        List<Future<Void>> running = new ArrayList<>();
        for (Asker asker : askers) {
            running.add(threads.submit(asker));
        }

        for (Future<Void> asker : running) {
            finish(asker);
        }
        for (Asker asker : askers) {
            assertThat(asker.client.bytes()).isNotEmpty();
            for (String line : asker.client.bytes()) {
                Matcher words = WORD.matcher(line);
                while (words.find()) {
                    assertThat(words.group(1)).isEqualTo(String.valueOf(asker.number));
                }
            }
        }
    }

    private static void finish(Future<Void> asker) throws Exception {
        try {
            asker.get(120, TimeUnit.SECONDS);
        } catch (ExecutionException failed) {
            throw new AssertionError(failed.getCause());
        } catch (TimeoutException late) {
            throw new AssertionError("A reply was lost", late);
        }
    }
}
