package io.mcpgate.http.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import io.mcpgate.Payload;
import io.mcpgate.RequestId;
import io.mcpgate.core.json.Frame;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** A stream whose client reads when the test says so. */
class EventStreamTest {
    private static final int MORE_THAN_MAY_WAIT = EndpointLimits.DEFAULT.pendingBytes() + 1;
    private static final Frame RESPONSE =
            Frame.response(RequestId.of(1), ScriptedUpstream.text("y".repeat(MORE_THAN_MAY_WAIT)));

    private final CompletableFuture<Void> reading = new CompletableFuture<>();
    private final BareExchange exchange = new BareExchange("POST", Map.of(), "", reading);
    private final EventStream stream =
            new EventStream(exchange, exchange.stream(200, Map.of()), EndpointLimits.DEFAULT, () -> {});

    private static Frame message(int bytes) {
        return Frame.request(null, "notifications/message", Payload.of(Map.of("data", "x".repeat(bytes))));
    }

    @Test
    void keepsTheResponseForAClientThatHasALargeMessageToReadFirst() {
        stream.send(message(MORE_THAN_MAY_WAIT));
        stream.send(RESPONSE);
        assertThat(exchange.aborted).isFalse();

        reading.complete(null);

        assertThat(exchange.written).contains("yyy");
    }

    @Test
    void endsBehindALargeMessageAndALargeResponse() {
        stream.send(message(MORE_THAN_MAY_WAIT));
        stream.send(RESPONSE);
        stream.end();

        reading.complete(null);

        assertThat(exchange.aborted).isFalse();
        assertThat(exchange.written).contains("yyy");
        assertThat(exchange.ended).isTrue();
    }

    @Test
    void cutsAClientForWhichTooMuchWaitsBehindALargeMessage() {
        stream.send(message(MORE_THAN_MAY_WAIT));
        stream.send(message(100 << 10));
        stream.send(message(100 << 10));
        assertThat(exchange.aborted).isFalse();

        CompletableFuture<Void> last = stream.send(message(100 << 10)).toCompletableFuture();

        assertThat(exchange.aborted).isTrue();
        assertThat(last).isCompletedExceptionally();
    }
}
