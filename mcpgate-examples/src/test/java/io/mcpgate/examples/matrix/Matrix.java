package io.mcpgate.examples.matrix;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
                            .flatMap(client ->
                                    Stream.of(Mode.values()).map(mode -> new Run(client, upstream, mode))));
        }

        boolean possible() {
            return mode != Mode.DIRECT || client.canReachDirectly(upstream);
        }
    }

    /** Something that works directly, and not like this. */
    record Loss(Run run, Feature feature, Cell cell) {}

    Cell cell(Run run, Feature feature) {
        return found.getOrDefault(run, Map.of()).getOrDefault(feature, Cell.NO_COMMON_REVISION);
    }

    List<Loss> losses() {
        return Run.all()
                .filter(run -> run.mode() != Mode.DIRECT)
                .flatMap(run -> Stream.of(Feature.values()).flatMap(feature -> loss(run, feature).stream()))
                .toList();
    }

    private Optional<Loss> loss(Run run, Feature feature) {
        Run direct = new Run(run.client().yardstick(run.upstream()), run.upstream(), Mode.DIRECT);
        Cell through = cell(run, feature);
        return cell(direct, feature).works() && !through.works()
                ? Optional.of(new Loss(run, feature, through))
                : Optional.empty();
    }

    /** The losses that nobody has given a reason for. */
    Map<Loss, String> unexplained(List<KnownLoss> known) {
        Map<Loss, String> unexplained = new LinkedHashMap<>();
        losses().stream()
                .filter(loss -> known.stream().noneMatch(each -> each.covers(loss)))
                .forEach(loss -> unexplained.put(loss, loss.cell().says()));
        return unexplained;
    }

    /** What is said to be lost and is not. */
    List<KnownLoss> closed(List<KnownLoss> known) {
        List<Loss> losses = losses();
        return known.stream()
                .filter(each -> losses.stream().noneMatch(each::covers))
                .toList();
    }
}
