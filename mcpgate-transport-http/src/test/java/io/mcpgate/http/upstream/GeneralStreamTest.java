package io.mcpgate.http.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.mcpgate.Call;
import io.mcpgate.Cancellation;
import io.mcpgate.Reply;
import io.mcpgate.core.json.Envelope;
import io.mcpgate.core.json.JsonLimits;
import io.mcpgate.core.json.JsonReader;
import io.mcpgate.core.protocol.Duplex;
import io.mcpgate.http.MarkedTools;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How long a general stream is left alone that has ended. The scenarios of the engines test what comes on it. */
class GeneralStreamTest {
    private static final Duration A_MOMENT = Duration.ofSeconds(1);
    private static final Duration A_MINUTE = Duration.ofMinutes(1);

    private final Engine engine = new Engine();
    private final AtomicLong nanos = new AtomicLong();
    private final GeneralStream stream = new GeneralStream(
            new LegacyConnection(
                    new Endpoint(
                            URI.create("http://127.0.0.1/mcp"),
                            List.of(),
                            new JsonReader(JsonLimits.DEFAULT),
                            new Exchanges(engine, 10, Duration.ofMinutes(5)),
                            new MarkedTools()),
                    new Nobody()),
            nanos::get);

    @BeforeEach
    void open() {
        stream.open();
    }

    /** Lets the server accept the stream and end it that much later, and opens it again when its time has come. */
    private Duration waitBehind(Duration length) {
        engine.receiver.head(new HttpEngine.Head(
                200, name -> name.equalsIgnoreCase("Content-Type") ? List.of("text/event-stream") : List.of()));
        nanos.addAndGet(length.toNanos());
        engine.receiver.end();
        return waited();
    }

    private Duration waitBehindARefusal() {
        engine.receiver.head(new HttpEngine.Head(503, name -> List.of()));
        return waited();
    }

    private Duration waited() {
        Duration wait = engine.delay;
        nanos.addAndGet(wait.toNanos());
        engine.task.run();
        return wait;
    }

    @Test
    void isNotLeftAloneForLongerWhereItLastsAndNothingIsSaid() {
        assertThat(Stream.generate(() -> waitBehind(A_MINUTE)).limit(6))
                .allSatisfy(wait -> assertThat(wait).isLessThanOrEqualTo(Duration.ofSeconds(1)));
    }

    @Test
    void isLeftAloneForLongerEachTimeWhereItEndsSoon() {
        assertThat(Stream.generate(() -> waitBehind(A_MOMENT)).limit(6))
                .last()
                .satisfies(wait -> assertThat(wait).isBetween(Duration.ofSeconds(16), Duration.ofSeconds(32)));
    }

    @Test
    void isLeftAloneForLongerEachTimeWhereItIsRefusedAfterItHasLasted() {
        waitBehind(A_MINUTE);

        assertThat(Stream.generate(this::waitBehindARefusal).limit(5))
                .last()
                .satisfies(wait -> assertThat(wait).isBetween(Duration.ofSeconds(16), Duration.ofSeconds(32)));
    }

    /** Keeps what was asked of it last. */
    private static final class Engine implements HttpEngine {
        private Receiver receiver;
        private Duration delay;
        private Runnable task;

        @Override
        public Running send(Request request, Receiver answer) {
            receiver = answer;
            return () -> {};
        }

        @Override
        public Cancellation.Registration after(Duration wait, Runnable later) {
            delay = wait;
            task = later;
            return () -> {};
        }

        @Override
        public void close() {}
    }

    private static final class Nobody implements Duplex.Origin {
        @Override
        public Call call(Envelope.Request request, Call parent) {
            throw new UnsupportedOperationException();
        }

        @Override
        public CompletionStage<Reply> handle(Call call) {
            throw new UnsupportedOperationException();
        }
    }
}
