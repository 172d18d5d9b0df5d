package io.mcpgate.core.bridge;

import io.mcpgate.Call;
import io.mcpgate.Payload;
import io.mcpgate.Principal;
import io.mcpgate.Reply;
import io.mcpgate.RequestId;
import io.mcpgate.Session;
import io.mcpgate.contract.RecordingSession;
import io.mcpgate.contract.Samples;
import io.mcpgate.core.route.PoolLimits;
import io.mcpgate.core.route.PooledUpstream;
import io.mcpgate.core.route.Sharing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;

/** A client of 2026-07-28 at a scripted server with sessions, and the bridge between them. */
abstract class ModernToLegacyFixture {
    static final Principal BOB = Principal.of("bob");
    static final String EVERYTHING =
            "{'sampling':{},'elicitation':{'form':{},'url':{}},'roots':{},'extensions':{'io.modelcontextprotocol/tasks':{}}}";
    static final Duration PATIENCE = Duration.ofMinutes(5);

    final ManualTimer timer = new ManualTimer();
    final ScriptedServer server = ScriptedServer.legacy().on("initialize", """
            {'protocolVersion':'2025-11-25','serverInfo':{'name':'old','version':'1'},'instructions':'Be kind.',
             'capabilities':{'tools':{'listChanged':true},'resources':{'subscribe':true},'logging':{},'tasks':{}}}""");
    final PooledUpstream pool = new PooledUpstream("crm", server, Sharing.SESSION, PoolLimits.DEFAULT, timer);
    final List<String> refusedHandshakes = new ArrayList<>();
    final ModernToLegacy bridge = new ModernToLegacy(pool, Json.READER, timer, () -> refusedHandshakes.add("refused"));
    final RecordingSession client = RecordingSession.modern("m");

    @AfterEach
    void close() {
        bridge.close();
        pool.close();
    }

    /** A request of a modern client that can be asked everything. */
    static Call call(String method, String members, Session session) {
        return call(method, members, EVERYTHING, "", session);
    }

    static Call call(String method, String members, String capabilities, String meta, Session session) {
        String before = members.isEmpty() ? "" : members + ",";
        return Call.request(
                        RequestId.of(7),
                        method,
                        Json.body("{" + before + "'_meta':{'io.modelcontextprotocol/protocolVersion':'2026-07-28',"
                                + "'io.modelcontextprotocol/clientInfo':{'name':'m','version':'1'},"
                                + "'io.modelcontextprotocol/clientCapabilities':" + capabilities + meta + "}}"),
                        session)
                .withPrincipal(Samples.ALICE)
                .withServer("crm");
    }

    Call call(String method, String members) {
        return call(method, members, client);
    }

    Call silent(String method, String members) {
        return call(method, members, "{}", "", client);
    }

    CompletableFuture<Reply> begin(Call call) {
        return bridge.forward(call).toCompletableFuture();
    }

    Reply send(Call call) {
        return begin(call).getNow(null);
    }

    static Payload result(Reply reply) {
        return ((Reply.Complete) reply).result();
    }

    static Reply.Failure failure(Reply reply) {
        return (Reply.Failure) reply;
    }

    static String state(Reply reply) {
        return ((Reply.InputRequired) reply).state().orElseThrow();
    }

    Call retry(Reply asked, String answers) {
        return call("tools/call", "'name':'t','requestState':'" + state(asked) + "','inputResponses':" + answers);
    }
}
