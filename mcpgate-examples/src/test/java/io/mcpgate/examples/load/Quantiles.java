package io.mcpgate.examples.load;

import org.HdrHistogram.Histogram;

/** Some quantiles of many times, in microseconds. */
record Quantiles(long count, double p50, double p90, double p99, double p999, double max) {

    static Quantiles of(Histogram nanos) {
        return new Quantiles(
                nanos.getTotalCount(),
                micros(nanos, 50),
                micros(nanos, 90),
                micros(nanos, 99),
                micros(nanos, 99.9),
                micros(nanos, 100));
    }

    private static double micros(Histogram nanos, double percentile) {
        return nanos.getTotalCount() == 0 ? 0 : nanos.getValueAtPercentile(percentile) / 1e3;
    }
}
