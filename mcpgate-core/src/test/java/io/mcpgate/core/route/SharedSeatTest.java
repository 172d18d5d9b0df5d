package io.mcpgate.core.route;

import static org.assertj.core.api.Assertions.assertThat;

import io.mcpgate.Call;
import io.mcpgate.ErrorCode;
import io.mcpgate.Payload;
import io.mcpgate.Principal;
import io.mcpgate.Reply;
import io.mcpgate.RequestId;
import io.mcpgate.contract.RecordingSession;
import io.mcpgate.core.json.Envelope;
import io.mcpgate.core.protocol.Duplex;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SharedSeatTest extends PooledUpstreamFixture {
    private final RecordingSession a = RecordingSession.legacy("a");
    private final RecordingSession b = RecordingSession.legacy("b");

    @BeforeEach
    void share() {
        upstream = upstream(Sharing.ALL, PoolLimits.DEFAULT);
        send(request("initialize", a));
        send(request("initialize", b, Principal.of("bob")));
    }

    private Reply tell(Envelope.Request message) {
        Duplex.Origin origin = server.lines.get(0).origin;
        return origin.handle(origin.call(message, null)).toCompletableFuture().join();
    }

    @Test
    void isOpenedOnceForAll() {
        assertThat(server.lines).hasSize(1);
        assertThat(server.lines.get(0).methods).containsOnlyOnce("initialize");
    }

    @Test
    void tellsEverySessionWhatConcernsAll() {
        tell(new Envelope.Request(null, "notifications/tools/list_changed", Payload.empty()));

        assertThat(a.delivered()).hasSize(1);
        assertThat(b.delivered()).hasSize(1);
    }

    @Test
    void tellsOfAResourceOnlyThoseWhoSubscribed() {
        Map<String, String> uri = Map.of("uri", "mem://a");
        send(Call.request(RequestId.of(2), "resources/subscribe", Payload.of(uri), a)
                .withPrincipal(ALICE)
                .withServer("crm"));

        tell(new Envelope.Request(null, "notifications/resources/updated", Payload.of(uri)));

        assertThat(a.delivered()).hasSize(1);
        assertThat(b.delivered()).isEmpty();
    }

    @Test
    void asksNobodyBecauseNobodyKnowsWhom() {
        Reply reply = tell(new Envelope.Request(RequestId.of(5), "sampling/createMessage", Payload.empty()));

        assertThat(kind(reply)).isEqualTo(ErrorCode.METHOD_NOT_FOUND);
        assertThat(a.delivered()).isEmpty();
    }
}
