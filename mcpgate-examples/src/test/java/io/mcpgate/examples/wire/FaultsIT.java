package io.mcpgate.examples.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.fasterxml.jackson.databind.JsonNode;
import io.mcpgate.examples.interop.Closing;
import io.mcpgate.examples.interop.GateFixture;
import io.mcpgate.examples.tap.Json;
import io.mcpgate.examples.wire.FaultyServer.Era;
import io.mcpgate.examples.wire.WireClient.Answer;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Faults on the wire, behind the gate and before it, over HTTP and stdio, for clients and servers of both eras. In each case the caller
 * gets an answer with its own id, what comes next works, and bystanders at the same servers notice nothing.
 */
@TestInstance(Lifecycle.PER_CLASS)
class FaultsIT {
    private static final String LEGACY = "2025-11-25";
    private static final List<String> SERVERS = List.of("child", "far", "modern-child", "modern-far");
    private static final int CALLERS = 100;
    private static final String SECRET = "caller-secret";
    private static final int MEBIBYTE = 1 << 20;

    /** How long a server is asked for its era, and a little more. */
    private static final Duration A_SERVER_MAY_START_FOR = Duration.ofSeconds(40);

    private final HttpClient http = HttpClient.newHttpClient();
    private final AtomicInteger lastCaller = new AtomicInteger();
    private final List<Bystander> bystanders = new ArrayList<>();
    private final List<WireClient> callers = new ArrayList<>();
    private FaultyHttp server;
    private FaultyHttp modern;
    private FaultyHttp silent;
    private FaultyHttp garbled;
    private FaultyHttp framework;
    private GateFixture gate;

    @BeforeAll
    void start() throws IOException {
        server = new FaultyHttp(Era.LEGACY);
        modern = new FaultyHttp(Era.MODERN);
        silent = new FaultyHttp(Era.SILENT);
        garbled = new FaultyHttp(Era.GARBLED);
        framework = new FaultyHttp(Era.LEGACY);
        List<String> names = new ArrayList<>(List.of("bystander"));
        IntStream.rangeClosed(1, CALLERS).forEach(number -> names.add("caller" + number));
        StringBuilder principals = new StringBuilder();
        for (String name : names) {
            principals
                    .append("  ")
                    .append(name)
                    .append(": {keys: [\"${env:HASH_")
                    .append(name.toUpperCase(Locale.ROOT))
                    .append("}\"], roles: [")
                    .append("all]}\n");
        }
        // A child needs a while to start, before it can fail to answer; on a busy machine several seconds.
        gate = GateFixture.open(
                """
                servers:
                  child: {command: %1$s}
                  child-brief: {command: %1$s, timeout: 12s, connectTimeout: 12s}
                  far: {url: "%2$s"}
                  far-brief: {url: "%2$s", timeout: 3s, connectTimeout: 3s}
                  modern-child: {command: %3$s}
                  modern-child-brief: {command: %3$s, timeout: 12s, connectTimeout: 12s}
                  modern-far: {url: "%4$s"}
                  modern-far-brief: {url: "%4$s", timeout: 3s, connectTimeout: 3s}
                  silent-child: {command: %5$s, timeout: 6s, connectTimeout: 6s}
                  silent-far: {url: "%6$s", timeout: 3s, connectTimeout: 3s}
                  garbled-child: {command: %7$s, timeout: 6s, connectTimeout: 6s}
                  garbled-far: {url: "%8$s", timeout: 3s, connectTimeout: 3s}
                  framework: {url: "%9$s"}
                principals:
                %10$s
                roles: {all: {allow: [{tools: ["*"], resources: ["*"], methods: ["subscriptions/listen", "notifications/subscriptions/*"]}]}}
                audit: {to: memory}
                """.formatted(
                                FaultyChild.yaml(Era.LEGACY),
                                server.uri(),
                                FaultyChild.yaml(Era.MODERN),
                                modern.uri(),
                                FaultyChild.yaml(Era.SILENT),
                                silent.uri(),
                                FaultyChild.yaml(Era.GARBLED),
                                garbled.uri(),
                                framework.uri(),
                                principals),
                names.toArray(String[]::new));
        for (String at : SERVERS) {
            for (String revision : List.of(LEGACY, WireClient.MODERN)) {
                WireClient client = new WireClient(http, gate.uri(at), gate.key("bystander"), revision);
                bystanders.add(new Bystander(client, "bystander-word"));
            }
        }
    }

    @AfterEach
    void nobodyElseHasNoticed() {
        Map<Bystander, Integer> before =
                bystanders.stream().collect(Collectors.toMap(Function.identity(), Bystander::answers));
        await().until(() -> bystanders.stream()
                .allMatch(each ->
                        each.answers() > before.get(each) || !each.noticed().isEmpty()));
        for (Bystander bystander : bystanders) {
            assertThat(bystander.noticed()).isEmpty();
            assertThat(bystander.bytes()).noneMatch(line -> line.contains(SECRET));
            bystander.bytes().clear();
        }
        for (WireClient caller : callers) {
            assertThat(caller.bytes()).noneMatch(line -> line.contains("bystander-word") || line.contains("Traceback"));
            caller.end();
        }
        callers.clear();
        await().untilAsserted(() -> assertThat(modern.server().listening())
                .as("only for the legacy bystander")
                .isLessThanOrEqualTo(1));
    }

    @AfterAll
    void stop() {
        bystanders.forEach(Bystander::close);
        Closing.all(gate, this::nothingIsLeft, server, modern, silent, garbled, framework);
    }

    private void nothingIsLeft() {
        for (FaultyHttp each : List.of(server, modern, silent, garbled)) {
            await().untilAsserted(() -> assertThat(each.connections()).isEmpty());
        }
        assertThat(children()).isEmpty();
    }

    private static List<ProcessHandle> children() {
        return ProcessHandle.current()
                .descendants()
                .filter(child -> child.info().command().orElse("").endsWith("java"))
                .toList();
    }

    static Stream<String> legacyServers() {
        return Stream.of("child", "far");
    }

    static Stream<Arguments> pairs() {
        return SERVERS.stream()
                .flatMap(at -> Stream.of(LEGACY, WireClient.MODERN).map(revision -> arguments(at, revision)));
    }

    static Stream<Arguments> modernPairs() {
        return pairs().filter(pair -> pair.get()[0].toString().startsWith("modern"));
    }

    static Stream<Arguments> legacyPairs() {
        return pairs().filter(pair -> !pair.get()[0].toString().startsWith("modern"));
    }

    /** Each has a principal of its own: what kills a server may keep its principal waiting. */
    private WireClient caller(String at, String revision) {
        String key = gate.key("caller" + lastCaller.incrementAndGet());
        WireClient client = new WireClient(http, gate.uri(at), key, revision);
        callers.add(client);
        return client;
    }

    private static JsonNode errorOf(Answer answer, Object id) {
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.messages().stream().filter(message -> !message.has("method")))
                .hasSize(1);
        assertThat(answer.last().path("id").toString()).isEqualTo(Json.write(id));
        assertThat(answer.last().has("error")).as(answer.toString()).isTrue();
        return answer.last().path("error");
    }

    private static void works(WireClient client) {
        assertThat(client.tool(100, "echo", Map.of("value", SECRET)).text()).isEqualTo(SECRET);
    }

    private static int cancelled(WireClient client) {
        return Integer.parseInt(client.tool("count", "cancelled", Map.of()).text());
    }

    /** How many calls that last have reached the server. */
    private static int begun(WireClient client) {
        return Integer.parseInt(client.tool("begun", "begun", Map.of()).text());
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void aServerThatDiesFailsTheCallAndNotTheNext(String at, String revision) {
        WireClient client = caller(at, revision).open();

        for (String tool : List.of("die", "dieInTheMiddle", "half")) {
            Answer answer = client.toolWithProgress(tool, tool, Map.of("value", SECRET), "t");

            assertThat(errorOf(answer, tool).path("code").asInt()).isIn(502, 503);
            works(client);
        }
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void oneOfSeveralAnswersCounts(String at, String revision) {
        WireClient client = caller(at, revision).open();

        for (String tool : List.of("unknownId", "twice")) {
            Answer answer = client.tool(tool, tool, Map.of("value", SECRET));

            assertThat(answer.messages()).hasSize(1);
            assertThat(answer.text()).isEqualTo(SECRET);
            works(client);
        }
        assertThat(client.bytes()).noneMatch(line -> line.contains("for nobody") || line.contains("again"));
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void whatIsNoJsonIsShownToNobody(String at, String revision) {
        WireClient client = caller(at, revision).open();

        Answer answer = client.tool(1, "garbage", Map.of("value", SECRET));

        assertThat(answer.messages()).hasSize(1);
        if (at.endsWith("far")) {
            assertThat(errorOf(answer, 1).path("code").asInt())
                    .as("on that stream nothing can be trusted")
                    .isEqualTo(502);
        } else {
            assertThat(answer.text()).as("a line stands for itself").isEqualTo(SECRET);
        }
        works(client);
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void aServerThatDoesNotAnswerIsToldThatNobodyWaitsAndItsLateAnswerIsDropped(String at, String revision) {
        WireClient client = caller(at + "-brief", revision).open();
        int before = cancelled(client);

        CompletableFuture<Answer> never = CompletableFuture.supplyAsync(() -> client.tool("never", "never", Map.of()));
        Answer late = client.tool("late", "afterCancel", Map.of("value", SECRET));

        assertThat(errorOf(never.join(), "never").path("code").asInt()).isEqualTo(504);
        assertThat(errorOf(late, "late").path("code").asInt()).isEqualTo(504);
        await().untilAsserted(() -> assertThat(cancelled(client)).isEqualTo(before + 2));
        works(client);
        assertThat(client.bytes()).noneMatch(line -> line.contains("too late"));
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void anAnswerThatIsTooLargeFailsItsCallOnly(String at, String revision) {
        WireClient client = caller(at, revision).open();

        Answer large = client.tool(1, "huge", Map.of("bytes", 15 * MEBIBYTE));
        Answer tooLarge = client.tool(2, "huge", Map.of("bytes", 17 * MEBIBYTE));

        assertThat(large.text()).hasSize(15 * MEBIBYTE);
        assertThat(errorOf(tooLarge, 2).path("code").asInt()).isEqualTo(413);
        works(client);
        client.bytes().clear();
    }

    @ParameterizedTest
    @MethodSource("legacyPairs")
    void aHandshakeAnsweredWithGarbageOpensNothing(String at, String revision) {
        WireClient client = caller(at + "-brief", revision).named("garbage");

        Answer answer = client.isModern() ? client.tool(1, "echo", Map.of("value", SECRET)) : client.initialize();

        assertThat(errorOf(answer, client.isModern() ? 1 : 0).path("code").asInt())
                .isIn(502, 503, 504);
        assertThat(client.session()).isEmpty();
        assertThat(client.bytes()).noneMatch(line -> line.contains("Traceback"));
    }

    /** Nor has one answered that never says of what era it is. */
    @ParameterizedTest
    @CsvSource({
        "silent-child, " + LEGACY,
        "silent-child, " + WireClient.MODERN,
        "silent-far, " + LEGACY,
        "silent-far, " + WireClient.MODERN,
        "garbled-child, " + LEGACY,
        "garbled-child, " + WireClient.MODERN,
        "garbled-far, " + LEGACY,
        "garbled-far, " + WireClient.MODERN
    })
    void aModernServerThatDoesNotSayWhatItIsOpensNothing(String at, String revision) {
        WireClient client = caller(at, revision);

        Answer answer = client.isModern() ? client.tool(1, "echo", Map.of("value", SECRET)) : client.initialize();

        assertThat(answer.messages()).hasSize(1);
        assertThat(answer.last().path("id").asInt(-1)).isEqualTo(client.isModern() ? 1 : 0);
        assertThat(answer.last().at("/error/code").asInt())
                .as("the gate's own, or to whoever makes a handshake that by which the server refuses it")
                .isIn(client.isModern() ? List.of(502, 503, 504) : List.of(502, 503, 504, -32601, -32602));
        assertThat(client.bytes()).noneMatch(line -> line.contains("Traceback"));
        assertThat(client.session()).isEmpty();
        if (at.endsWith("far")) {
            FaultyHttp far = at.startsWith("silent") ? silent : garbled;
            await().atMost(A_SERVER_MAY_START_FOR)
                    .untilAsserted(() -> assertThat(far.underWay()).isZero());
        }
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void aMethodThatNobodyKnowsIsRefusedAtOnceAndNotWaitedFor(String at, String revision) {
        WireClient client = caller(at, revision).open();

        Answer answer = client.request("s", "silent/method", Map.of("value", SECRET));

        assertThat(answer.status()).isEqualTo(client.isModern() ? 404 : 200);
        assertThat(answer.last().path("id").asText()).isEqualTo("s");
        assertThat(answer.last().at("/error/code").asInt()).isEqualTo(-32601);
        works(client);
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void aClientThatGoesAwayCancelsInTheModernEraOnly(String at, String revision) throws Exception {
        WireClient client = caller(at, revision).open();
        int before = cancelled(client);
        int begun = begun(client);

        CompletableFuture<HttpResponse<InputStream>> gone = client.start(
                7,
                "tools/call",
                Map.of(
                        "name",
                        "hold",
                        "arguments",
                        Map.of("value", SECRET, "of", 2),
                        "_meta",
                        Map.of("progressToken", 1)));
        if (client.isModern()) {
            CompletableFuture<HttpResponse<InputStream>> never =
                    client.start(8, "tools/call", Map.of("name", "never", "arguments", Map.of()));
            await().until(() -> begun(client) == begun + 2);
            gone.cancel(true);
            never.cancel(true);
            await().untilAsserted(() -> assertThat(cancelled(client)).isEqualTo(before + 2));
        } else {
            await().until(() -> begun(client) == begun + 1);
            gone.cancel(true);
        }

        Answer other = client.tool(9, "hold", Map.of("value", SECRET, "of", 2)); // lets both go
        assertThat(other.text()).isEqualTo(SECRET);
        assertThat(cancelled(client)).isEqualTo(client.isModern() ? before + 2 : before);
        works(client);
    }

    @ParameterizedTest
    @MethodSource("legacyServers")
    void aSessionThatTheServerHasLostIsTheSameForItsClient(String at) {
        WireClient client = caller(at, LEGACY).open();
        client.listen();
        client.request(1, "resources/subscribe", Map.of("uri", "mem://" + SECRET));
        client.request(2, "logging/setLevel", Map.of("level", "warning"));
        String settled = "warning [mem://" + SECRET + "]";
        assertThat(client.tool(3, "settled", Map.of()).text()).isEqualTo(settled);

        loseSession(at, client);

        assertThat(client.tool(4, "settled", Map.of()).text()).isEqualTo(settled);
        await().untilAsserted(() -> {
            client.tool(5, "touch", Map.of());
            assertThat(client.general()).isNotEmpty();
        });
        assertThat(client.general())
                .allSatisfy(message ->
                        assertThat(message.path("method").asText()).isEqualTo("notifications/resources/updated"));
    }

    private void loseSession(String at, WireClient client) {
        if (at.equals("child")) {
            errorOf(client.tool("d", "die", Map.of()), "d");
        } else {
            server.forget();
        }
    }

    /** It ends with a result, by which the client knows that it may have missed something, and listens again. */
    @ParameterizedTest
    @MethodSource("legacyServers")
    void aModernSubscriptionEndsWithTheSessionAtTheServerAndCanBeMadeAgain(String at) {
        Map<String, ?> wanted = Map.of("notifications", Map.of("resourceSubscriptions", List.of("mem://" + SECRET)));
        WireClient client = caller(at, WireClient.MODERN).open();
        List<JsonNode> before = client.listen("sub", wanted);
        await().untilAsserted(() -> assertThat(before).hasSize(1)); // acknowledged

        loseSession(at, client);
        client.tool(4, "settled", Map.of());

        await().untilAsserted(() -> assertThat(before.get(before.size() - 1)
                        .at("/result/_meta/io.modelcontextprotocol~1subscriptionId")
                        .asText())
                .isEqualTo("sub"));
        List<JsonNode> after = client.listen("again", wanted);
        await().untilAsserted(() -> assertThat(after).hasSize(1));
        assertThat(client.tool(5, "settled", Map.of()).text()).endsWith("[mem://" + SECRET + "]");
        await().untilAsserted(() -> {
            client.tool(6, "touch", Map.of());
            assertThat(after).hasSizeGreaterThan(1);
        });
        assertThat(after.get(1)
                        .at("/params/_meta/io.modelcontextprotocol~1subscriptionId")
                        .asText())
                .isEqualTo("again");
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void aChangedListIsToldOnceForEachChange(String at, String revision) {
        WireClient client = caller(at, revision).open();
        List<JsonNode> told = client.isModern()
                ? client.listen("sub", Map.of("notifications", Map.of("toolsListChanged", true)))
                : client.listen();
        hearsOfAChange(client, told);
        long before = changes(told);

        for (int i = 0; i < 5; i++) {
            client.tool(i, "change", Map.of());
        }

        await().until(() -> changes(told) >= before + 5);
        works(client);
        assertThat(changes(told)).isEqualTo(before + 5);
    }

    @ParameterizedTest
    @MethodSource("modernPairs")
    void aStreamOfChangesThatDiesIsThereAgain(String at, String revision) {
        WireClient client = caller(at, revision).open();
        Map<String, ?> wanted = Map.of("notifications", Map.of("toolsListChanged", true));
        List<JsonNode> told = client.isModern() ? client.listen("sub", wanted) : client.listen();
        hearsOfAChange(client, told);

        if (at.endsWith("child")) {
            errorOf(client.tool("d", "die", Map.of()), "d");
        } else {
            client.tool("h", "hangUp", Map.of());
        }

        hearsOfAChange(client, client.isModern() ? listensAgain(client, told, wanted) : told);
        works(client);
    }

    /** When it has learned that the first stream is over. */
    private static List<JsonNode> listensAgain(WireClient client, List<JsonNode> told, Map<String, ?> wanted) {
        await().untilAsserted(() -> {
            JsonNode last = told.get(told.size() - 1);
            assertThat(last.path("id").asText()).as(last.toString()).isEqualTo("sub");
        });
        return client.listen("sub again", wanted);
    }

    /** Changes until it is heard of: the way from the server need not be there yet. */
    private static void hearsOfAChange(WireClient client, List<JsonNode> told) {
        long before = changes(told);
        await().ignoreExceptions().until(() -> {
            client.tool("first", "change", Map.of());
            await().atMost(2, TimeUnit.SECONDS).until(() -> changes(told) > before);
            return true;
        });
    }

    private static long changes(List<JsonNode> told) {
        return told.stream()
                .filter(message -> message.path("method").asText().equals("notifications/tools/list_changed"))
                .count();
    }

    @ParameterizedTest
    @ValueSource(strings = {LEGACY, WireClient.MODERN})
    void aFrameworksErrorPageStaysBehindTheGate(String revision) {
        WireClient client = caller("framework", revision).open();
        works(client);

        framework.broken(true);
        Answer answer;
        try {
            answer = client.tool(1, "echo", Map.of("value", SECRET));
        } finally {
            framework.broken(false);
        }

        assertThat(errorOf(answer, 1).path("code").asInt()).isIn(502, 503);
        works(client);
    }

    @Test
    void aServerWithoutAGeneralStreamIsAskedForItOnceInEachSession() {
        framework.general(false);
        long before = framework.count("GET");

        try {
            for (int i = 0; i < 3; i++) {
                WireClient client = caller("framework", LEGACY).open();
                for (int call = 0; call < 10; call++) {
                    works(client);
                }
            }

            await().untilAsserted(
                            () -> assertThat(framework.count("GET") - before).isEqualTo(3));
        } finally {
            framework.general(true);
        }
    }

    @Test
    void handshakesOfStrangersLeaveNothing() {
        callers.forEach(WireClient::end);
        callers.clear();
        AtomicLong seen = new AtomicLong(-1);
        await().pollInterval(Duration.ofSeconds(1)) // until what the tests before have left behind is undone
                .until(() -> seen.getAndSet(framework.count("DELETE")) == seen.get());
        int sessions = framework.sessions().size();
        long undone = framework.count("DELETE");
        for (int i = 0; i < 100; i++) {
            WireClient stranger =
                    new WireClient(http, gate.uri("framework"), i % 2 == 0 ? "" : "mcpgate_wrong", LEGACY);

            Answer answer = stranger.initialize();

            assertThat(answer.status()).isEqualTo(401);
            assertThat(answer.last().path("id").asInt(-1)).isZero();
            assertThat(stranger.session()).isEmpty();
        }
        assertThat(framework.sessions()).hasSize(sessions);
        assertThat(framework.count("DELETE")).as("nothing had to be undone").isEqualTo(undone);
    }

    @Test
    void sessionsThatEndTakeEverythingWithThem() {
        int before = framework.sessions().size();
        List<ProcessHandle> running = children();
        List<WireClient> clients = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            clients.add(caller("framework", LEGACY).open());
            clients.add(caller("child", LEGACY).open());
        }
        clients.forEach(FaultsIT::works);
        assertThat(framework.sessions()).hasSize(before + 3);
        assertThat(children()).hasSize(running.size() + 3);

        clients.forEach(WireClient::end);
        callers.removeAll(clients);

        await().untilAsserted(() -> assertThat(framework.sessions()).hasSize(before));
        await().untilAsserted(() -> assertThat(children()).hasSameSizeAs(running));
        await().untilAsserted(() -> assertThat(framework.underWay()).isZero());
    }
}
