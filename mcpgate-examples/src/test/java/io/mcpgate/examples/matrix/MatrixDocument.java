package io.mcpgate.examples.matrix;

import io.mcpgate.examples.matrix.Matrix.Place;
import io.mcpgate.examples.matrix.Matrix.Run;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What was found, as {@code docs/interop.md} tells it. */
final class MatrixDocument {
    private static final String INTRODUCTION = """
            # Interoperability

            Real clients at real servers: directly, at the governed URL of the one server (`/mcp/{server}`), and at the merged
            catalog (`/mcp`). *Wrapped* is a client of the Java SDK that reaches the server directly, by a transport around which
            it has put a gateway in its own process (`McpSdk.wrap`). `MatrixIT` runs all of it in every build, finds each cell in
            what the client reported, and compares this page with it; with `-Dmcpgate.interop.write=true` it writes this page
            anew.

            What works directly has to work through the gate. Where client and server have no revision in common, nothing works
            directly; there the gate bridges, and the measure is what the legacy client of the same SDK gets directly.

            """;

    private MatrixDocument() {}

    static String of(Matrix matrix, List<KnownLoss> known) {
        return INTRODUCTION
                + losses(known)
                + Stream.of(Upstream.values())
                        .map(upstream -> table(matrix, upstream, known))
                        .collect(Collectors.joining("\n"));
    }

    private static String losses(List<KnownLoss> known) {
        if (known.isEmpty()) {
            return "";
        }
        return known.stream()
                .map(each -> row(Stream.of(
                        each.client().software(),
                        each.upstreams().size() == Upstream.values().length
                                ? "all"
                                : names(each.upstreams().stream().map(Upstream::title)),
                        names(each.modes().stream().map(Mode::title)),
                        each.feature().title(),
                        each.why())))
                .collect(Collectors.joining("", """
                        ## What works directly and not through the gate

                        | client | server | at | feature | why |
                        |---|---|---|---|---|
                        """, "\n"));
    }

    private static String names(Stream<String> names) {
        return names.collect(Collectors.joining(", "));
    }

    private static String says(Matrix matrix, Place place, List<KnownLoss> known) {
        boolean byTiming = known.stream()
                .filter(KnownLoss::byTiming)
                .flatMap(KnownLoss::places)
                .anyMatch(place::equals);
        return byTiming
                ? "depends on timing"
                : matrix.cell(place.run(), place.feature()).says();
    }

    private static String table(Matrix matrix, Upstream upstream, List<KnownLoss> known) {
        List<Feature> features = List.of(Feature.values());
        String head =
                row(Stream.concat(Stream.of("client", "at"), features.stream().map(Feature::title)));
        String line = "|" + "---|".repeat(features.size() + 2) + "\n";
        return Stream.of(MatrixClient.values())
                .flatMap(client -> client.modes().stream().map(mode -> new Run(client, upstream, mode)))
                .map(run -> row(Stream.concat(
                        Stream.of(run.client().software(), run.mode().title()),
                        features.stream().map(feature -> says(matrix, new Place(run, feature), known)))))
                .collect(Collectors.joining(
                        "", "## " + upstream.title() + ": " + upstream.software() + "\n\n" + head + line, ""));
    }

    private static String row(Stream<String> cells) {
        return cells.map(cell -> cell.replace("|", "\\|")).collect(Collectors.joining(" | ", "| ", " |\n"));
    }
}
