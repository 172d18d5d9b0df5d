package io.mcpgate.core.config;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** What is wrong in a file, collected while it is read, so that one run shows everything. */
final class Problems {
    private final List<Found> found = new ArrayList<>();

    private record Found(Place place, String message) {}

    void add(Place place, String message) {
        found.add(new Found(place, message));
    }

    /** Whether something is wrong there, or inside: then what follows from it is not worth saying. */
    boolean isWithin(String path) {
        return found.stream()
                .map(problem -> problem.place.path())
                .anyMatch(at -> at.equals(path) || at.startsWith(path + ".") || at.startsWith(path + "["));
    }

    /** @throws ConfigException if anything was found */
    void throwIfAny() {
        if (!found.isEmpty()) {
            throw new ConfigException(found.stream()
                    .sorted(Comparator.comparing(Found::place, Place.IN_FILE_ORDER))
                    .map(problem -> new ConfigProblem(problem.place.path(), problem.place.line(), problem.message))
                    .toList());
        }
    }
}
