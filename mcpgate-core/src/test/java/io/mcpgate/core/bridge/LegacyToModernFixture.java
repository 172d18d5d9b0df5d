package io.mcpgate.core.bridge;

import io.mcpgate.Call;
import io.mcpgate.Payload;
import io.mcpgate.Reply;
import io.mcpgate.RequestId;
import io.mcpgate.Session;
import io.mcpgate.contract.RecordingSession;
import io.mcpgate.contract.Samples;
import io.mcpgate.core.route.PoolLimits;
import io.mcpgate.core.route.PooledUpstream;
import io.mcpgate.core.route.Sharing;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A client with a session at a scripted server of 2026-07-28, and the bridge between them. */
abstract class LegacyToModernFixture {
    static final String DISCOVERED = """
            {'resultType':'complete','supportedVersions':['2026-07-28'],'ttlMs':0,'cacheScope':'private',
             'capabilities':{'tools':{'listChanged':true},'resources':{'subscribe':true,'listChanged':true},'logging':{},
                             'extensions':{'io.modelcontextprotocol/tasks':{},'example/other':{}}},
             'instructions':'Be kind.','_meta':{'io.modelcontextprotocol/serverInfo':{'name':'modern','version':'3'}}}
            """;
    static final String SUBSCRIPTION = "'_meta':{'io.modelcontextprotocol/subscriptionId':'listen'}";

    final ManualTimer timer = new ManualTimer();
    final ScriptedServer server = ScriptedServer.modern().on("server/discover", DISCOVERED);
    final PooledUpstream pool = new PooledUpstream("crm", server, Sharing.SESSION, PoolLimits.DEFAULT, timer);
    final LegacyToModern bridge = new LegacyToModern(pool, Json.READER, timer);
    final RecordingSession client = RecordingSession.legacy("s");

    @BeforeEach
    void listenForEver() {
        server.later(Terms.LISTEN);
    }

    @AfterEach
    void close() {
        bridge.close();
        pool.close();
    }

    Call request(String method, String params) {
        return request(method, params, client);
    }

    static Call request(String method, String params, Session session) {
        return Call.request(RequestId.of(7), method, Json.body(params), session)
                .withPrincipal(Samples.ALICE)
                .withServer("crm");
    }

    CompletableFuture<Reply> begin(Call call) {
        return bridge.forward(call).toCompletableFuture();
    }

    Reply send(String method, String params) {
        return begin(request(method, params)).getNow(null);
    }

    static Payload result(Reply reply) {
        return ((Reply.Complete) reply).result();
    }

    static Reply.Failure failure(Reply reply) {
        return (Reply.Failure) reply;
    }

    Reply initialize(String version) {
        return send("initialize", """
                {'protocolVersion':'%s','clientInfo':{'name':'c','version':'2'},
                 'capabilities':{'sampling':{},'elicitation':{},'roots':{'listChanged':true}}}""".formatted(version));
    }

    void introduce() {
        initialize("2025-11-25");
        begin(Call.notification("notifications/initialized", Payload.empty(), client)
                .withPrincipal(Samples.ALICE)
                .withServer("crm"));
    }

    void acknowledge(Call listen, String... uris) {
        String list = List.of(uris).stream().map(uri -> "'" + uri + "'").collect(Collectors.joining(","));
        server.tell(
                listen,
                Terms.ACKNOWLEDGED,
                "{'notifications':{'resourceSubscriptions':[" + list + "]}," + SUBSCRIPTION + "}");
    }

    List<String> told() {
        return client.delivered().stream().map(Call::method).toList();
    }
}
