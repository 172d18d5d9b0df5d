package io.mcpgate.examples.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Only gross regressions, and only of a ratio: how fast this machine is, or how busy, must not matter. The real figures are
 * {@link LoadBench}'s.
 */
@Timeout(300)
class LoadGuardIT {
    /** Warm, the gate makes about a third of the direct calls; within the rounds it is not warm yet. */
    private static final double SHARE_MIN = 0.05;

    private static final int ROUNDS_IN_A_ROW = 3;
    private static final int ROUNDS_MAX = 60;
    private static final Duration ROUND = Duration.ofSeconds(1);

    /** Side by side, so that whatever else the machine does slows both; and only as long as the JVM still warms up. */
    @Test
    void theFullChainKeepsATwentiethOfTheCallsThatTheServerAnswersDirectly() throws Exception {
        try (Bench bench = new Bench(Plan.QUICK, List.of(Jdk.own()), new Figures())) {
            Target direct = Target.direct(bench.upstream);
            Target gate = new Targets(bench).full(bench.jdk());
            List<Double> shares = new ArrayList<>();
            int enough = 0;

            while (enough < ROUNDS_IN_A_ROW && shares.size() < ROUNDS_MAX) {
                double alone = callsPerSecond(bench, direct);
                double share = callsPerSecond(bench, gate) / alone; // throws unless each call is answered and counted
                shares.add(share);
                enough = share >= SHARE_MIN ? enough + 1 : 0;
            }

            assertThat(enough).as("of the gate's shares %s", shares).isEqualTo(ROUNDS_IN_A_ROW);
        }
    }

    private static double callsPerSecond(Bench bench, Target target) throws Exception {
        return bench.measure(target, bench.calls(target, "small", HttpScenario.CONNECTIONS, ROUND))
                .outcome()
                .callsPerSecond();
    }
}
