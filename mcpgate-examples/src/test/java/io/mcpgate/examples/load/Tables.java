package io.mcpgate.examples.load;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** The figures of a run as text, one line each, with the spread of the passes. */
final class Tables {
    private Tables() {}

    static String of(Figures figures) {
        List<Figure> all = figures.all();
        return all.stream()
                .map(Tables::line)
                .collect(Collectors.joining(
                        "\n",
                        String.format(
                                "%n%-8s %-28s %-28s %-26s %12s  %s%n",
                                "scenario", "target", "how", "what", "median", "passes"),
                        "\n"));
    }

    private static String line(Figure figure) {
        return String.format(
                Locale.ROOT,
                "%-8s %-28s %-28s %-26s %12s  %s – %s",
                figure.scenario(),
                figure.target(),
                figure.variant(),
                figure.measure(),
                number(figure.median()),
                number(figure.min()),
                number(figure.max()));
    }

    /** With as many digits as mean something. */
    static String number(double value) {
        double size = Math.abs(value);
        String format = size >= 100 ? "%,.0f" : size >= 10 ? "%,.1f" : size >= 1 ? "%,.2f" : "%,.3f";
        return String.format(Locale.ROOT, format, value);
    }
}
