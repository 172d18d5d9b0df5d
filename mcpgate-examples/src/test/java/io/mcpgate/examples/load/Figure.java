package io.mcpgate.examples.load;

import java.util.List;
import java.util.stream.Stream;

/**
 * One thing that was measured, once in each pass.
 *
 * @param scenario the name that selects it on the command line
 * @param target what was measured
 * @param variant how, e.g. {@code 16 connections}
 * @param measure what of it, e.g. {@code calls/s}
 * @param passes a value of each pass
 */
record Figure(String scenario, String target, String variant, String measure, List<Double> passes) {
    Figure {
        passes = List.copyOf(passes);
        if (passes.isEmpty()) throw new IllegalArgumentException("A figure that was not measured is none");
    }

    double median() {
        List<Double> sorted = passes.stream().sorted().toList();
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }

    double min() {
        return passes.stream().mapToDouble(each -> each).min().orElseThrow();
    }

    double max() {
        return passes.stream().mapToDouble(each -> each).max().orElseThrow();
    }

    boolean is(String anyScenario, String anyTarget, String anyVariant, String anyMeasure) {
        return scenario.equals(anyScenario)
                && target.equals(anyTarget)
                && variant.equals(anyVariant)
                && measure.equals(anyMeasure);
    }

    /** The same with one more pass. */
    Figure with(double value) {
        return new Figure(
                scenario,
                target,
                variant,
                measure,
                Stream.concat(passes.stream(), Stream.of(value)).toList());
    }
}
