package io.mcpgate.examples.load;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** All figures of a run, and what it has left out and why. For one thread. */
final class Figures {
    static final String CALLS = "calls/s";
    static final String CPU = "CPU s per 1,000 calls";
    static final String RSS = "RSS MiB";
    static final String P50 = "p50 µs";
    static final String P99 = "p99 µs";
    static final String P999 = "p99.9 µs";

    private final List<Figure> figures = new ArrayList<>();
    private final List<String> skipped = new ArrayList<>();

    /** None yet. */
    Figures() {
        this(List.of(), List.of());
    }

    Figures(List<Figure> figures, List<String> skipped) {
        this.figures.addAll(figures);
        this.skipped.addAll(skipped);
    }

    void addAll(Figures others) {
        figures.addAll(others.figures);
        skipped.addAll(others.skipped);
    }

    /** The value of one more pass. */
    void add(String scenario, String target, String variant, String measure, double value) {
        if (Double.isNaN(value)) return; // what there is nothing of: the processor time of no proxy
        for (int i = 0; i < figures.size(); i++) {
            if (figures.get(i).is(scenario, target, variant, measure)) {
                figures.set(i, figures.get(i).with(value));
                return;
            }
        }
        figures.add(new Figure(scenario, target, variant, measure, List.of(value)));
    }

    void skip(String what, String why) {
        skipped.add(what + ": " + why);
        System.out.println("SKIPPED " + what + ": " + why);
    }

    List<Figure> all() {
        return List.copyOf(figures);
    }

    List<String> skipped() {
        return List.copyOf(skipped);
    }

    Optional<Figure> find(String scenario, String target, String variant, String measure) {
        return figures.stream()
                .filter(each -> each.is(scenario, target, variant, measure))
                .findFirst();
    }
}
