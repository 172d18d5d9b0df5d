package io.mcpgate.examples.load;

import java.time.Duration;
import java.util.List;

/**
 * How long a run takes its time.
 *
 * @param name as it is written into the results
 * @param warm of each target, once: a JVM doubles its rate within the first 50 s
 * @param passes how often everything is measured, each time in another order
 * @param measure one closed loop
 * @param open one open loop
 * @param connections the concurrencies of closed loops
 * @param streams idle event streams
 * @param sessions idle sessions
 * @param starts how often a program is started to see how long it takes
 * @param jvm further options of every JVM that is started
 */
record Plan(
        String name,
        Duration warm,
        int passes,
        Duration measure,
        Duration open,
        int[] connections,
        int streams,
        int sessions,
        int starts,
        List<String> jvm) {

    static final Plan FULL = new Plan(
            "full",
            Duration.ofSeconds(60),
            3,
            Duration.ofSeconds(8),
            Duration.ofSeconds(12),
            new int[] {1, 16, 64},
            10_000,
            100_000,
            7,
            List.of());

    /**
     * Whether everything works, and nothing about speed: nothing is warm, and the second compiler would only cost what so
     * short a life never gives back.
     */
    static final Plan QUICK = new Plan(
            "quick",
            Duration.ofSeconds(1),
            1,
            Duration.ofSeconds(1),
            Duration.ofSeconds(1),
            new int[] {1, 16, 64},
            200,
            2_000,
            1,
            List.of("-XX:TieredStopAtLevel=1"));

    /** Closed and open loops of that many each, of every pass, beside the warm-up of the targets. */
    Duration of(int targets, int closed, int opened) {
        return warm.multipliedBy(targets)
                .plus(measure.multipliedBy(closed)
                        .plus(open.multipliedBy(opened))
                        .multipliedBy(passes));
    }
}
