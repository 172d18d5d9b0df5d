package io.mcpgate.core;

import io.mcpgate.Call;
import io.mcpgate.Interceptor;
import io.mcpgate.Interceptor.Chain;
import io.mcpgate.Payload;
import io.mcpgate.Reply;
import io.mcpgate.Traffic;
import io.mcpgate.core.audit.Trail;
import io.mcpgate.core.catalog.Addressing;
import io.mcpgate.core.catalog.CatalogNames;
import io.mcpgate.core.policy.Audience;
import io.mcpgate.core.policy.TaskOwners;
import io.mcpgate.core.route.HostPatience;
import io.mcpgate.core.route.NamedRouter;
import io.mcpgate.core.route.Route;
import io.mcpgate.core.route.Timeouts;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;
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
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Each step of the full default chain alone: a small {@code tools/call}, as the steps before have left it, at a next step
 * that answers at once. {@code Route} has the router and a server that answers at once behind it.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 4, time = 1)
@Fork(1)
public class StepBenchmark {
    private static final CompletionStage<Reply> AT_ONCE = CompletableFuture.completedFuture(MeasuredGate.FOUND);

    @Param({"Record", "Bound", "Identify", "Announce", "Compose", "Conceal", "Authorize", "Throttle", "Attempt", "Route"
    })
    public String step;

    private final Chain next = this::take;
    private Call passed; // kept, or the compiler would leave out what a step makes of it
    private ScheduledExecutorService timer;
    private Interceptor measured;
    private Call arriving;

    @Setup
    public void choose() {
        timer = Timeouts.newTimer("bench");
        GatewayBuilder config = MeasuredGate.full(call -> AT_ONCE);
        HostPatience patience = new HostPatience(config.timeout(), timer);
        Route route = new Route(
                new NamedRouter(List.of(MeasuredGate.server(this::take))),
                patience,
                session -> new GovernedSession(session, call -> AT_ONCE));
        List<NamedStep> steps = new ArrayList<>(new DefaultChain(
                        config,
                        timer,
                        config.throttle(),
                        new TaskOwners(System::nanoTime),
                        new Audience(),
                        new Addressing(new CatalogNames(Set.of(MeasuredGate.SERVER)), MeasuredGate.READER),
                        patience,
                        route)
                .steps());
        steps.add(NamedStep.of(Step.ROUTE, (call, end) -> route.proceed(call)));
        int at = 0;
        while (!steps.get(at).name().equals(step)) {
            at++;
        }
        measured = steps.get(at).interceptor();
        Fold.fold(steps.subList(0, at), Traffic.REQUEST_TO_SERVER, call -> {
                    arriving = call;
                    return AT_ONCE;
                })
                .proceed(Trail.start(MeasuredGate.call(MeasuredGate.VOUCHED), "bench-1"));
    }

    private CompletionStage<Reply> take(Call call) {
        passed = call;
        return AT_ONCE;
    }

    @TearDown
    public void close() {
        timer.shutdownNow();
    }

    @Benchmark
    public Payload alone() {
        return MeasuredGate.result(measured.intercept(arriving, next));
    }
}
