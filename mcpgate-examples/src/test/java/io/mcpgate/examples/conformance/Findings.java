package io.mcpgate.examples.conformance;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What the suite found out, check by check; in alphabetical order. */
record Findings(SortedMap<Check, Outcome> outcomes) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** The suite's name of a run is the scenario's and the time. */
    private static final Pattern DIRECTORY = Pattern.compile("(?<scenario>.+)-\\d{4}-\\d\\d-\\d\\dT[\\d-]+Z");

    Findings {
        outcomes = Collections.unmodifiableSortedMap(new TreeMap<>(outcomes));
    }

    /** Where an id has several meanings in a scenario, the name tells them apart. */
    record Check(String scenario, String id, String name) implements Comparable<Check> {
        private static final Comparator<Check> ORDER =
                Comparator.comparing(Check::scenario).thenComparing(Check::id).thenComparing(Check::name);

        @Override
        public int compareTo(Check other) {
            return ORDER.compare(this, other);
        }

        @Override
        public String toString() {
            return scenario + " / " + id + " (" + name + ")";
        }
    }

    /** In ascending order of what they weigh where a check is made more than once. */
    enum Status {
        /** Not made at all. */
        ABSENT,
        SKIPPED,
        INFO,
        SUCCESS,
        WARNING,
        FAILURE
    }

    record Outcome(Status status, String message) {
        static final Outcome ABSENT = new Outcome(Status.ABSENT, "the check was not made");

        private static Outcome worse(Outcome one, Outcome other) {
            return one.status.compareTo(other.status) >= 0 ? one : other;
        }
    }

    /**
     * Reads the directory that the suite was told to write to.
     *
     * @param prefix what it puts before the name of each scenario
     */
    static Findings read(Path directory, String prefix) {
        SortedMap<Check, Outcome> outcomes = new TreeMap<>();
        try (Stream<Path> scenarios = Files.list(directory)) {
            for (Path scenario : scenarios.toList()) {
                Matcher name =
                        DIRECTORY.matcher(scenario.getFileName().toString().substring(prefix.length()));
                if (!name.matches()) throw new IllegalStateException("No results of a scenario: " + scenario);
                Path file = scenario.resolve("checks.json");
                if (Files.notExists(file)) continue; // the scenario broke off: none of its checks was made
                JsonNode checks = JSON.readTree(file.toFile());
                for (JsonNode check : checks) {
                    outcomes.merge(
                            new Check(
                                    name.group("scenario"),
                                    check.path("id").asText(),
                                    check.path("name").asText()),
                            outcome(check),
                            Outcome::worse);
                }
            }
        } catch (IOException problem) {
            throw new UncheckedIOException(problem);
        }
        return new Findings(outcomes);
    }

    private static Outcome outcome(JsonNode check) {
        String message = check.path("errorMessage").asText("");
        if (message.isEmpty()) message = check.at("/details/message").asText("");
        return new Outcome(Status.valueOf(check.path("status").asText()), message);
    }

    /** These and the others; of which no check is in both. */
    Findings and(Findings others) {
        SortedMap<Check, Outcome> all = new TreeMap<>(outcomes);
        all.putAll(others.outcomes);
        return new Findings(all);
    }

    Outcome of(Check check) {
        return outcomes.getOrDefault(check, Outcome.ABSENT);
    }

    /** The names of all scenarios that were run. */
    List<String> scenarios() {
        return outcomes.keySet().stream().map(Check::scenario).distinct().toList();
    }

    /** The checks that were passed. */
    List<Check> passed() {
        return List.copyOf(with(Status.SUCCESS).keySet());
    }

    /** What is not as it should be. */
    Map<Check, Outcome> problems() {
        return with(Status.WARNING, Status.FAILURE);
    }

    private Map<Check, Outcome> with(Status... any) {
        Map<Check, Outcome> found = new TreeMap<>(outcomes);
        found.values().removeIf(outcome -> !List.of(any).contains(outcome.status()));
        return found;
    }
}
