package io.mcpgate.core.json;

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

/** The envelope reader: one message from its bytes to an {@link Envelope} whose every byte was checked. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 4, time = 1)
@Fork(1)
public class ReaderBenchmark {

    /** {@code records} is structure: a result of about 64 KB, of objects with five members; the others are one long text. */
    @Param({"request", "response", "1KB", "64KB", "records"})
    public String message;

    private final JsonReader reader = new JsonReader(JsonLimits.DEFAULT);
    private byte[] bytes;

    @Setup
    public void write() {
        String json = switch (message) {
            case "request" ->
                "{\"jsonrpc\":\"2.0\",\"id\":17,\"method\":\"tools/call\",\"params\":"
                        + "{\"name\":\"find\",\"arguments\":{\"customer\":\"4711\"}}}";
            case "response" -> response("Ann Example, 12 orders");
            case "1KB" -> response("lorem ip ".repeat(104));
            case "64KB" -> response("lorem ip ".repeat(7_270));
            default ->
                "{\"jsonrpc\":\"2.0\",\"id\":17,\"result\":{\"structuredContent\":{\"customers\":["
                        + "{\"id\":4711,\"name\":\"Ann Example\",\"orders\":12,\"active\":true,\"city\":\"Ulm\"},"
                                .repeat(920)
                        + "{}]}}}";
        };
        bytes = json.getBytes(StandardCharsets.UTF_8);
    }

    static String response(String text) {
        return "{\"jsonrpc\":\"2.0\",\"id\":17,\"result\":{\"content\":[{\"type\":\"text\",\"text\":\"" + text
                + "\"}],\"isError\":false}}";
    }

    @Benchmark
    public Envelope read() throws MalformedMessage {
        return reader.read(bytes);
    }
}
