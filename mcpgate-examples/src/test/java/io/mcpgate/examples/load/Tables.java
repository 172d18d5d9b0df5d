package io.mcpgate.examples.load;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The figures of one scenario as tables: a row for each target and way of measuring, a column for each thing measured, each
 * with the spread of the passes. Ways of which the same was measured share a table.
 */
final class Tables {
    private static final List<String> BASES = List.of(Target.DIRECT, Target.NGINX);

    private Tables() {}

    /** For people who look at a terminal. */
    static String text(List<Figure> figures) {
        return tables(figures).stream().map(Tables::aligned).collect(Collectors.joining("\n"));
    }

    /** For a document. */
    static String markdown(List<Figure> figures) {
        return tables(figures).stream().map(Tables::piped).collect(Collectors.joining("\n"));
    }

    private static List<List<List<String>>> tables(List<Figure> figures) {
        Map<String, Set<String>> measures = new LinkedHashMap<>(); // by variant
        for (Figure each : figures) {
            measures.computeIfAbsent(each.variant(), variant -> new LinkedHashSet<>())
                    .add(each.measure());
        }
        Map<Set<String>, List<String>> variants = new LinkedHashMap<>();
        measures.forEach((variant, some) ->
                variants.computeIfAbsent(some, same -> new ArrayList<>()).add(variant));
        List<List<List<String>>> tables = new ArrayList<>();
        variants.forEach((columns, some) -> tables.add(table(figures, some, List.copyOf(columns))));
        return tables;
    }

    private static List<List<String>> table(List<Figure> figures, List<String> variants, List<String> measures) {
        List<String> bases = measures.get(0).endsWith("/s")
                ? BASES.stream()
                        .filter(base ->
                                figures.stream().anyMatch(each -> each.target().equals(base)))
                        .toList()
                : List.of();
        List<String> head = new ArrayList<>(List.of("how", "target", measures.get(0)));
        bases.forEach(base -> head.add("of " + base));
        head.addAll(measures.subList(1, measures.size()));
        List<List<String>> rows = new ArrayList<>(List.of(head));
        for (String variant : variants) {
            Set<String> targets = figures.stream()
                    .filter(each -> each.variant().equals(variant))
                    .map(Figure::target)
                    .collect(Collectors.toCollection(LinkedHashSet::new));
            for (String target : targets) rows.add(row(figures, variant, target, measures, bases));
        }
        return rows;
    }

    private static List<String> row(
            List<Figure> figures, String variant, String target, List<String> measures, List<String> bases) {
        List<String> row = new ArrayList<>(List.of(variant, target));
        Optional<Figure> first = find(figures, variant, target, measures.get(0));
        row.add(first.map(Tables::cell).orElse(""));
        for (String base : bases) {
            row.add(first.flatMap(own -> find(figures, variant, base, measures.get(0))
                            .map(other -> Ratio.of(own, other).toString()))
                    .orElse(""));
        }
        for (String measure : measures.subList(1, measures.size())) {
            row.add(find(figures, variant, target, measure).map(Tables::cell).orElse(""));
        }
        return row;
    }

    private static Optional<Figure> find(List<Figure> figures, String variant, String target, String measure) {
        return figures.stream()
                .filter(each -> each.is(each.scenario(), target, variant, measure))
                .findFirst();
    }

    private static String cell(Figure figure) {
        String median = number(figure.median());
        String min = number(figure.min());
        String max = number(figure.max());
        return min.equals(max) ? median : median + " (" + min + "–" + max + ")";
    }

    /** With as many digits as mean something. */
    static String number(double value) {
        double size = Math.abs(value);
        String format = size >= 100 || size == 0 ? "%,.0f" : size >= 10 ? "%,.1f" : size >= 1 ? "%,.2f" : "%,.3f";
        return String.format(Locale.ROOT, format, value);
    }

    private static String aligned(List<List<String>> rows) {
        int[] widths = new int[rows.get(0).size()];
        for (List<String> row : rows) {
            for (int i = 0; i < widths.length; i++)
                widths[i] = Math.max(widths[i], row.get(i).length());
        }
        StringBuilder text = new StringBuilder();
        for (List<String> row : rows) {
            for (int i = 0; i < widths.length; i++) {
                text.append(row.get(i)).append(" ".repeat(widths[i] - row.get(i).length() + 2));
            }
            text.append('\n');
        }
        return text.toString();
    }

    private static String piped(List<List<String>> rows) {
        StringBuilder text = new StringBuilder(line(rows.get(0)))
                .append("|---".repeat(rows.get(0).size()))
                .append("|\n");
        rows.subList(1, rows.size()).forEach(row -> text.append(line(row)));
        return text.toString();
    }

    static String line(List<String> cells) {
        return cells.stream().map(cell -> cell.replace("|", "\\|")).collect(Collectors.joining(" | ", "| ", " |\n"));
    }
}
