package io.mcpgate.examples.load;

/**
 * What came of a {@link Job}.
 *
 * @param sent calls that were sent
 * @param right answers that were a result with the right id (and, of a stream, the right number of events)
 * @param wrong answers that were anything else
 * @param problem of the first wrong one, or why the job was given up; empty if all was well
 * @param counted right answers within the time of the job
 * @param seconds that time
 * @param bytes bodies of the counted answers
 * @param events notifications within the counted answers
 * @param late calls of an open loop that could not be sent within its time: the target did not keep up
 * @param latency from the moment a call was meant to be sent to the end of its answer
 * @param lag of events: from when the server wrote one to when the client had read it
 */
record Outcome(
        long sent,
        long right,
        long wrong,
        String problem,
        long counted,
        double seconds,
        long bytes,
        long events,
        long late,
        Quantiles latency,
        Quantiles lag) {

    double callsPerSecond() {
        return counted / seconds;
    }

    /** Throws if anything at all was not as it should be: figures of wrong answers are worth nothing. */
    Outcome requireRight(String target) {
        if (!problem.isEmpty() || wrong != 0 || right != sent) {
            throw new IllegalStateException(target + ": of " + sent + " calls " + right + " were answered rightly and "
                    + wrong + " wrongly: " + problem);
        }
        return this;
    }
}
