package io.mcpgate.examples.matrix;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** All that was found. */
record Matrix(Map<Run, Map<Feature, Cell>> found) {
    Matrix {
        found = Map.copyOf(found);
    }

    /** One client at one server. */
    record Run(MatrixClient client, Upstream upstream, Mode mode) {
        static Stream<Run> all() {
            return Stream.of(Upstream.values())
                    .flatMap(upstream -> Stream.of(MatrixClient.values())
                            .flatMap(client -> client.modes().stream().map(mode -> new Run(client, upstream, mode))));
        }

        boolean possible() {
            return mode != Mode.DIRECT || client.canReachDirectly(upstream);
        }
    }

    /** One cell of the table. */
    record Place(Run run, Feature feature) {
        @Override
        public String toString() {
            return run.client().software() + " at " + run.upstream().title() + ", "
                    + run.mode().title() + ": " + feature.title();
        }
    }

    Cell cell(Run run, Feature feature) {
        return found.getOrDefault(run, Map.of()).getOrDefault(feature, Cell.NO_COMMON_REVISION);
    }

    /** What works directly and not like this, and what it came to. */
    Map<Place, String> losses() {
        Map<Place, String> losses = new LinkedHashMap<>();
        Run.all()
                .filter(run -> run.mode() != Mode.DIRECT)
                .flatMap(run -> Stream.of(Feature.values()).map(feature -> new Place(run, feature)))
                .filter(this::isLost)
                .forEach(place ->
                        losses.put(place, cell(place.run(), place.feature()).says()));
        return losses;
    }

    private boolean isLost(Place place) {
        Run run = place.run();
        Run direct = new Run(run.client().yardstick(run.upstream()), run.upstream(), Mode.DIRECT);
        return cell(direct, place.feature()).works()
                && !cell(run, place.feature()).works();
    }

    /** The losses that nobody has given a reason for. */
    Map<Place, String> unexplained(List<KnownLoss> known) {
        Map<Place, String> unexplained = losses();
        known.stream().flatMap(KnownLoss::places).forEach(unexplained::remove);
        return unexplained;
    }

    /** What is said to be lost and is not. */
    List<Place> closed(List<KnownLoss> known) {
        Map<Place, String> losses = losses();
        return known.stream()
                .filter(loss -> !loss.byTiming())
                .flatMap(KnownLoss::places)
                .filter(place -> !losses.containsKey(place))
                .toList();
    }
}
