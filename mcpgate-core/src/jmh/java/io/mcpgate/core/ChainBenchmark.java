package io.mcpgate.core;

import io.mcpgate.Call;
import io.mcpgate.Payload;
import io.mcpgate.Reply;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * One small {@code tools/call} through {@link Gateway#handle}, from the making of the {@link Call} to its reply; the server's
 * time is none. <em>Full</em> is the default chain with 100 rules, two limits, audit in memory and metrics; <em>bare</em> is
 * the same chain where anybody may do anything.
 *
 * <p>The server answers at once, on the calling thread; in {@link #fullAnsweredLater} it does so after {@code handle} has
 * returned, as every server behind a wire does: then there is a stage to wait for at each step, and the deadline is set.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class ChainBenchmark {
    private static final CompletionStage<Reply> AT_ONCE = CompletableFuture.completedFuture(MeasuredGate.FOUND);

    private Gateway full;
    private Gateway bare;
    private Gateway slow;
    private CompletableFuture<Reply> later;

    @Setup
    public void open() {
        full = MeasuredGate.full(call -> AT_ONCE).build();
        bare = MeasuredGate.bare(call -> AT_ONCE).build();
        slow = MeasuredGate.full(call -> later).build();
    }

    @TearDown
    public void close() {
        full.close();
        bare.close();
        slow.close();
    }

    /** The host vouches for the caller. */
    @Benchmark
    public Payload full() {
        return MeasuredGate.result(full.handle(MeasuredGate.call(MeasuredGate.VOUCHED)));
    }

    /** The caller shows an API key, which is hashed for each call. */
    @Benchmark
    public Payload fullWithApiKey() {
        return MeasuredGate.result(full.handle(MeasuredGate.call(MeasuredGate.SECRET)));
    }

    @Benchmark
    public Payload fullAnsweredLater() {
        later = new CompletableFuture<>();
        CompletionStage<Reply> reply = slow.handle(MeasuredGate.call(MeasuredGate.VOUCHED));
        later.complete(MeasuredGate.FOUND);
        return MeasuredGate.result(reply);
    }

    @Benchmark
    public Payload bare() {
        return MeasuredGate.result(bare.handle(MeasuredGate.call(MeasuredGate.NOTHING)));
    }
}
