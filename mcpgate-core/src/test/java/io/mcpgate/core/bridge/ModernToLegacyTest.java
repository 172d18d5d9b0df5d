package io.mcpgate.core.bridge;

import static org.assertj.core.api.Assertions.assertThat;

import io.mcpgate.Call;
import io.mcpgate.ErrorCode;
import io.mcpgate.Reply;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ModernToLegacyTest extends ModernToLegacyFixture {
    @Test
    void toDiscoverIsAnsweredFromTheHandshake() {
        assertThat(Json.text(result(send(silent("server/discover", ""))))).isEqualTo("""
                {'resultType':'complete','supportedVersions':['2026-07-28'],\
                'capabilities':{'logging':{},'resources':{'subscribe':true},'tools':{'listChanged':true}},\
                'instructions':'Be kind.','ttlMs':0,'cacheScope':'private',\
                '_meta':{'io.modelcontextprotocol/serverInfo':{'name':'old','version':'1'}}}""");
    }

    @Test
    void losesOnlyWhatTheOldEraDoesNotKnow() {
        send(call(
                "tools/call",
                "'name':'t', 'arguments':{ 'n':1.0, 'requestState':'mine' }",
                "{}",
                ",'io.modelcontextprotocol/logLevel':'info','progressToken':'é'",
                client));

        assertThat(Json.text(server.last("tools/call").params()))
                .isEqualTo(
                        "{'name':'t', 'arguments':{ 'n':1.0, 'requestState':'mine' },'_meta':{'progressToken':'é'}}");
    }

    @Test
    void keepsItsBytesInTheResultWhichIsNeverToBeCached() {
        server.on("tools/list", "{ 'tools':[ {'name':'t', 'inputSchema':{'x':1.50}} ]}");
        assertThat(Json.text(result(send(silent("tools/list", ""))))).isEqualTo("""
                { 'tools':[ {'name':'t', 'inputSchema':{'x':1.50}} ],'resultType':'complete','ttlMs':0,'cacheScope':'private'}""");

        server.on("tools/call", "{'content':[]}");
        assertThat(Json.text(result(send(silent("tools/call", "'name':'t'")))))
                .isEqualTo("{'content':[],'resultType':'complete'}");
    }

    @Test
    void getsTheErrorOfItsOwnEraForAnUnknownResource() {
        server.on("resources/read", ScriptedServer.error(-32002));

        assertThat(failure(send(silent("resources/read", "'uri':'mem://no'"))).code())
                .isEqualTo(-32602);
    }

    @Test
    void getsOtherErrorsAsTheyAre() {
        Reply no = ScriptedServer.error(-32000);
        server.on("tools/call", no);

        assertThat(send(silent("tools/call", "'name':'t'"))).isEqualTo(no);
    }

    @Test
    void isToldItsProgressAndTheLogsThatItWants() {
        server.later("tools/call");
        begin(call("tools/call", "'name':'t'", "{}", ",'io.modelcontextprotocol/logLevel':'warning'", client));
        Call atServer = server.last("tools/call");
        assertThat(server.last("logging/setLevel").params().string("level")).contains("warning");

        server.tell(atServer, "notifications/message", "{'level':'info','data':'a'}");
        server.tell(atServer, "notifications/message", "{'level':'error','data':'b'}");

        assertThat(client.delivered()).hasSize(1);
        assertThat(client.delivered().get(0).params().string("data")).contains("b");
    }

    @Test
    void isToldNoLogsThatItDoesNotWantAndNothingThatOnlySessionsKnow() {
        server.later("tools/call");
        begin(silent("tools/call", "'name':'t'"));
        Call atServer = server.last("tools/call");

        server.tell(atServer, "notifications/message", "{'level':'emergency','data':'a'}");
        server.tell(atServer, "notifications/elicitation/complete", "{'elicitationId':'1'}");
        server.tell(atServer, "notifications/tasks/status", "{'taskId':'1'}");

        assertThat(client.delivered()).isEmpty();
    }

    @Test
    void isToldInPlainWordsThatTheServerRefusesTheHandshake() {
        server.on("initialize", ScriptedServer.error(-32602));

        assertThat(failure(send(call("tools/call", "'name':'t'"))).kind()).isEqualTo(ErrorCode.BAD_UPSTREAM);
        assertThat(refusedHandshakes).hasSize(1);
    }

    @Test
    void doesNotFailForWantOfLogs() {
        server.with("logging/setLevel", call -> {
            throw new IllegalStateException("broken");
        });

        assertThat(send(call("tools/list", "", "{}", ",'io.modelcontextprotocol/logLevel':'debug'", client)))
                .isInstanceOf(Reply.Complete.class);
    }

    private Call logging(String level) {
        return call("tools/list", "", "{}", ",'io.modelcontextprotocol/logLevel':'" + level + "'", client);
    }

    private List<String> levelsAskedFor() {
        return server.received("logging/setLevel").stream()
                .map(call -> call.params().string("level").orElse(""))
                .toList();
    }

    @Test
    void asksForTheLogLevelAgainIfTheServerWasNotReached() {
        server.on("logging/setLevel", Reply.failure(ErrorCode.UNAVAILABLE, "its process has ended"));
        send(logging("info"));
        server.on("logging/setLevel", "{}");

        send(logging("info"));
        send(logging("info"));

        assertThat(levelsAskedFor()).containsExactly("info", "info");
    }

    @Test
    void keepsTheLogLevelThatWasSetBeforeOneThatDidNotReachTheServer() {
        server.on("logging/setLevel", "{}");
        send(logging("info"));
        server.on("logging/setLevel", Reply.failure(ErrorCode.UNAVAILABLE, "its process has ended"));
        send(logging("debug"));

        send(logging("warning"));
        send(logging("debug"));

        assertThat(levelsAskedFor()).containsExactly("info", "debug", "debug");
    }

    @Test
    void asksNoMoreForALogLevelThatTheServerRefuses() {
        server.on("logging/setLevel", ScriptedServer.error(-32603));

        send(logging("info"));
        send(logging("info"));

        assertThat(levelsAskedFor()).containsExactly("info");
    }

    @Test
    void waitsOnlySoLongForTheLogLevel() {
        server.later("logging/setLevel");
        server.on("tools/call", "{'content':[]}");
        CompletableFuture<Reply> reply =
                begin(call("tools/call", "'name':'t'", "{}", ",'io.modelcontextprotocol/logLevel':'debug'", client));
        assertThat(reply).isNotDone();

        timer.advance(Duration.ofSeconds(10));

        assertThat(reply).isCompletedWithValueMatching(Reply.Complete.class::isInstance);
        assertThat(server.last("logging/setLevel").cancellation().isCancelled()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"initialize", "notifications/initialized", "logging/setLevel"})
    void isNeverMadeAtTheServerIfItsClientHasGoneBefore(String before) {
        CompletableFuture<Reply> ready = server.later(before);
        Call call = call("tools/call", "'name':'t'", "{}", ",'io.modelcontextprotocol/logLevel':'debug'", client);
        CompletableFuture<Reply> reply = begin(call);

        call.cancellation().cancel();
        ready.complete(ScriptedServer.result("{'protocolVersion':'2025-11-25','capabilities':{'logging':{}}}"));

        assertThat(failure(reply.getNow(Reply.accepted())).is(ErrorCode.CANCELLED))
                .isTrue();
        assertThat(server.received("tools/call")).isEmpty();
    }

    @Test
    void isCancelledAtTheServerWhenItsClientGoes() {
        server.later("tools/call");
        Call call = call("tools/call", "'name':'t'");
        CompletableFuture<Reply> reply = begin(call);

        call.cancellation().cancel();

        assertThat(server.last("tools/call").cancellation().isCancelled()).isTrue();
        assertThat(failure(reply.join()).is(ErrorCode.CANCELLED)).isTrue();
    }
}
