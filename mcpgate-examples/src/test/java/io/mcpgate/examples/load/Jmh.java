package io.mcpgate.examples.load;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/** What the benchmarks in process have left in the modules' {@code target/jmh.json}. */
record Jmh(List<Score> scores) {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Map<String, Double> MICROS = Map.of("ns/op", 1e-3, "us/op", 1.0, "ms/op", 1e3, "s/op", 1e6);

    /**
     * One benchmark with one set of parameters.
     *
     * @param name class and method
     * @param params e.g. {@code tools=100}; empty if it has none
     * @param errorMicros half of the 99.9 % confidence interval; NaN if there were too few measurements for one
     * @param bytes allocated by one operation; NaN if it was run without {@code -prof gc}
     */
    record Score(String name, String params, double micros, double errorMicros, double bytes) {}

    Jmh {
        scores = List.copyOf(scores);
    }

    /** Of all modules of the build that have been run. */
    static Jmh ofModules(Path root) throws IOException {
        List<Path> files;
        try (Stream<Path> modules = Files.list(root)) {
            files = modules.map(module -> module.resolve("target/jmh.json"))
                    .filter(Files::exists)
                    .sorted()
                    .toList();
        }
        List<Score> scores = new ArrayList<>();
        for (Path file : files) {
            for (JsonNode each : JSON.readTree(file.toFile())) read(each).ifPresent(scores::add);
        }
        return new Jmh(scores);
    }

    private static Optional<Score> read(JsonNode benchmark) {
        JsonNode metric = benchmark.path("primaryMetric");
        Double factor = MICROS.get(metric.path("scoreUnit").asText());
        if (factor == null) return Optional.empty(); // throughput, which none of ours measures
        String name = benchmark.path("benchmark").asText().replaceFirst("^.*\\.([^.]+\\.[^.]+)$", "$1");
        TreeMap<String, String> params = new TreeMap<>();
        benchmark
                .path("params")
                .properties()
                .forEach(each -> params.put(each.getKey(), each.getValue().asText()));
        return Optional.of(new Score(
                name,
                String.join(
                        ", ", params.entrySet().stream().map(Object::toString).toList()),
                metric.path("score").asDouble() * factor,
                number(metric.path("scoreError")) * factor,
                number(benchmark.at("/secondaryMetrics/gc.alloc.rate.norm/score"))));
    }

    /** JMH writes {@code "NaN"} as a text. */
    private static double number(JsonNode node) {
        return node.isNumber() ? node.asDouble() : Double.NaN;
    }

    Optional<Score> find(String name, String params) {
        return scores.stream()
                .filter(each -> each.name().equals(name) && each.params().contains(params))
                .findFirst();
    }

    String markdown() {
        StringBuilder table =
                new StringBuilder(Tables.line(List.of("benchmark", "of", "µs", "bytes")) + "|---|---|---|---|\n");
        for (Score each : scores) {
            String error = Double.isNaN(each.errorMicros()) ? "" : " ± " + Tables.number(each.errorMicros());
            String bytes = Double.isNaN(each.bytes()) ? "" : Tables.number(each.bytes());
            table.append(Tables.line(List.of(each.name(), each.params(), Tables.number(each.micros()) + error, bytes)));
        }
        return table.toString();
    }
}
