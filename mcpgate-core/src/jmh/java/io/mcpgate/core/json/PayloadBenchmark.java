package io.mcpgate.core.json;

import io.mcpgate.RequestId;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * A response that nobody changes: from the server's bytes, which are read and checked, to the frame for the client under
 * another id. In parts, as a socket takes them, nothing is copied; on one line, as stdio needs it, once.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 4, time = 1)
@Fork(1)
public class PayloadBenchmark {
    private static final RequestId CLIENTS = RequestId.of("a-1");

    @Param({"1024", "65536", "1048576", "16777216"})
    public int textBytes;

    private final JsonReader reader = new JsonReader(JsonLimits.DEFAULT.withMessageBytes(64 << 20));
    private byte[] bytes;

    @Setup
    public void write() {
        bytes = ReaderBenchmark.response("lorem ip".repeat(textBytes / 8)).getBytes(StandardCharsets.UTF_8);
    }

    @Benchmark
    public int parts() throws MalformedMessage {
        int size = 0;
        for (ByteBuffer part : passed().parts()) {
            size += part.remaining();
        }
        return checked(size);
    }

    @Benchmark
    public int line() throws MalformedMessage {
        return checked(passed().toLine().length);
    }

    private Frame passed() throws MalformedMessage {
        Envelope.Result response = (Envelope.Result) reader.read(bytes);
        return Frame.response(CLIENTS, Envelope.Result.reply(response.result()));
    }

    private int checked(int size) {
        if (size < textBytes) {
            throw new IllegalStateException("The text must be in the frame");
        }
        return size;
    }
}
