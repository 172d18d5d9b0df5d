package io.mcpgate.core.catalog;

import static io.mcpgate.core.catalog.Catalog.answering;
import static io.mcpgate.core.catalog.Catalog.done;
import static io.mcpgate.core.catalog.Catalog.failure;
import static io.mcpgate.core.catalog.Catalog.payload;
import static io.mcpgate.core.catalog.Catalog.received;
import static io.mcpgate.core.catalog.Catalog.result;
import static org.assertj.core.api.Assertions.assertThat;

import io.mcpgate.Call;
import io.mcpgate.ErrorCode;
import io.mcpgate.Payload;
import io.mcpgate.Reply;
import io.mcpgate.contract.RecordingSession;
import io.mcpgate.core.ScriptedUpstream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How the catalog introduces itself: with what its servers offer. */
class IntroductionTest {
    private static final String HANDSHAKE = "{'protocolVersion':'2025-06-18','capabilities':{'sampling':{}},"
            + "'clientInfo':{'name':'c','version':'1'}}";

    private static final Set<String> OPENINGS = Set.of("initialize", "server/discover");

    private final Catalog catalog = new Catalog();
    private final RecordingSession legacy = RecordingSession.legacy("s-1");
    private final RecordingSession modern = RecordingSession.modern("m-1");

    @AfterEach
    void close() {
        catalog.close();
    }

    private void offering(String crm, String files) {
        introducing(catalog.crm, crm);
        introducing(catalog.files, files);
    }

    private static void introducing(ScriptedUpstream server, String offer) {
        String result = "{'protocolVersion':'2025-03-26','serverInfo':{'name':'x','version':'9'}," + offer + "}";
        server.when(call -> OPENINGS.contains(call.method()) ? done(Reply.complete(payload(result))) : null);
    }

    private Payload legacy() {
        return ((Reply.Complete) catalog.ask(legacy, "initialize", HANDSHAKE)).result();
    }

    private Payload modern() {
        return ((Reply.Complete) catalog.ask(modern, "server/discover", "{}")).result();
    }

    @Test
    void offersWhatAtLeastOneServerOffersInBothEras() {
        offering(
                "'capabilities':{'tools':{'listChanged':false},'resources':{'subscribe':true},'logging':{},"
                        + "'tasks':{'list':{},'requests':{'tools':{'call':{}}}},'mystery':{},"
                        + "'extensions':{'com.example/own':{},'io.modelcontextprotocol/ui':{'mimeTypes':['a']}}}",
                "'capabilities':{'tools':{'listChanged':true},'resources':{'listChanged':true},'prompts':null,"
                        + "'tasks':{'cancel':{}},'extensions':{'io.modelcontextprotocol/ui':{'mimeTypes':['b','a']}}}");
        Map<String, Object> expected = Map.of(
                "tools", Map.of("listChanged", true),
                "resources", Map.of("subscribe", true, "listChanged", true),
                "logging", Map.of(),
                "tasks",
                        Map.of(
                                "list",
                                Map.of(),
                                "cancel",
                                Map.of(),
                                "requests",
                                Map.of("tools", Map.of("call", Map.of()))),
                "extensions", Map.of("io.modelcontextprotocol/ui", Map.of("mimeTypes", List.of("a", "b"))));

        assertThat(legacy().members().get("capabilities")).isEqualTo(expected);
        assertThat(modern().members().get("capabilities")).isEqualTo(expected);
    }

    @Test
    void introducesTheGatewayAndNotAServer() {
        offering("'capabilities':{}", "'capabilities':{}");

        assertThat(legacy().string("protocolVersion")).contains("2025-06-18");
        assertThat(legacy().string("serverInfo", "name")).contains("front");
        assertThat(legacy().members()).containsOnlyKeys("protocolVersion", "serverInfo", "capabilities");
        assertThat(modern().string("_meta", "io.modelcontextprotocol/serverInfo", "name"))
                .contains("front");
        assertThat(modern().members())
                .containsEntry("resultType", "complete")
                .containsEntry("supportedVersions", List.of("2026-07-28"))
                .containsEntry("ttlMs", 0L)
                .containsEntry("cacheScope", "private");
    }

    @Test
    void asksEachVisibleServerWithTheClientsOwnHandshakeAndPassesItsConfirmation() {
        catalog.ask(Catalog.SUPPORT, legacy, "initialize", HANDSHAKE);
        assertThat(received(catalog.crm)).isEqualTo(HANDSHAKE);
        assertThat(catalog.files.received()).isEmpty();

        legacy();
        assertThat(catalog.tell(legacy, "notifications/initialized", "{}")).isEqualTo(Reply.accepted());
        for (ScriptedUpstream server : List.of(catalog.crm, catalog.files)) {
            assertThat(server.receivedMethods()).endsWith("initialize", "notifications/initialized");
            assertThat(server.received())
                    .extracting(call -> call.session().key())
                    .containsOnly("s-1");
        }
    }

    @Test
    void headsEachServersInstructionsWithItsNameAndBoundsThem() {
        offering("'capabilities':{},'instructions':'Be brief.'", "'capabilities':{},'instructions':' '");
        assertThat(legacy().string("instructions"))
                .contains("## crm\nNames of this server begin with crm__, URIs with crm+\n\nBe brief.");
        assertThat(modern().string("instructions")).isEqualTo(legacy().string("instructions"));

        offering(
                "'capabilities':{},'instructions':'" + "é".repeat(Offer.INSTRUCTIONS_OF_ONE_MAX + 1) + "'",
                "'capabilities':{},'instructions':'Read.'");
        assertThat(legacy().string("instructions").orElseThrow())
                .contains("é".repeat(Offer.INSTRUCTIONS_OF_ONE_MAX - 1) + "…\n\n## files\n")
                .endsWith("Read.")
                .hasSizeLessThan(Offer.INSTRUCTIONS_MAX);
    }

    @Test
    void leavesOutInstructionsThatWouldMakeItTooLongAndHalvesNoCharacter() {
        String longest = "x" + "😀".repeat(Offer.INSTRUCTIONS_OF_ONE_MAX);
        List<Survey.Answer> answers = IntStream.range(0, 9)
                .mapToObj(i -> new Survey.Answer("s" + i, Reply.complete(Payload.of(Map.of("instructions", longest)))))
                .toList();

        String instructions = Offer.of(answers).instructions();

        assertThat(instructions)
                .hasSizeLessThanOrEqualTo(Offer.INSTRUCTIONS_MAX)
                .contains("## s2")
                .doesNotContain("## s4");
        assertThat(new String(instructions.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8))
                .isEqualTo(instructions);
    }

    @Test
    void goesOnWithoutADeadServerAndNamesIt() {
        offering("'capabilities':{'tools':{}}", "'capabilities':{'prompts':{}}");
        catalog.files.when(call -> done(Reply.failure(ErrorCode.UNAVAILABLE, "down")));

        for (Payload result : List.of(legacy(), modern())) {
            assertThat(result.members().get("capabilities")).isEqualTo(Map.of("tools", Map.of()));
            assertThat(((Map<?, ?>) result.members().get("_meta")).get("io.mcpgate/unavailable"))
                    .isEqualTo(List.of("files"));
        }
    }

    @Test
    void doesNotWaitForASlowServerLongerThanItsPatienceNorBreakOffItsHandshake() {
        try (Catalog hurried = new Catalog(builder -> builder.catalogPatience(Duration.ofMillis(50)))) {
            hurried.files.when(call -> call.method().equals("tools/call") ? null : new CompletableFuture<>());

            assertThat(result(hurried.ask(legacy, "initialize", HANDSHAKE)))
                    .contains("'io.mcpgate/unavailable':['files']");
            assertThat(hurried.tell(legacy, "notifications/initialized", "{}")).isEqualTo(Reply.accepted());

            Call handshake = hurried.files.received().get(0);
            assertThat(handshake.method()).isEqualTo("initialize");
            assertThat(handshake.cancellation().isCancelled()).isFalse();
            assertThat(result(hurried.ask(legacy, "tools/call", "{'name':'files__read'}")))
                    .contains("files did read");
        }
    }

    @Test
    void failsIfNoServerAnswersAtAll() {
        for (ScriptedUpstream server : List.of(catalog.crm, catalog.files)) {
            server.when(call -> done(Reply.failure(ErrorCode.UNAVAILABLE, "down")));
        }

        assertThat(failure(catalog.ask(legacy, "initialize", HANDSHAKE)).kind()).isEqualTo(ErrorCode.UNAVAILABLE);
        assertThat(failure(catalog.ask(modern, "server/discover", "{}")).kind()).isEqualTo(ErrorCode.UNAVAILABLE);
    }

    @Test
    void passesLevelsAndRootsToAllServersAndAnswersPingItself() {
        catalog.crm.when(answering("logging/setLevel", "{}"));
        catalog.files.when(call -> done(Reply.Failure.received(-32601, "Method not found", null)));

        assertThat(result(catalog.ask(legacy, "logging/setLevel", "{'level':'info'}")))
                .isEqualTo("{}");
        catalog.tell(legacy, "notifications/roots/list_changed", "{}");
        assertThat(result(catalog.ask(legacy, "ping", "{}"))).isEqualTo("{}");

        for (ScriptedUpstream server : List.of(catalog.crm, catalog.files)) {
            assertThat(server.receivedMethods())
                    .containsExactly("logging/setLevel", "notifications/roots/list_changed");
        }
    }
}
