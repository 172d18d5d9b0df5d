package io.mcpgate.examples.matrix;

import io.mcpgate.examples.matrix.Matrix.Place;
import io.mcpgate.examples.matrix.Matrix.Run;
import java.util.List;
import java.util.stream.Stream;

/**
 * Cells of one client that work directly and not through the gate, with the reason. Whatever is cured has to leave {@link
 * #ALL}.
 *
 * @param byTiming whether it works now and then
 * @param why in one sentence
 */
record KnownLoss(
        MatrixClient client,
        List<Upstream> upstreams,
        List<Mode> modes,
        Feature feature,
        boolean byTiming,
        String why) {
    static final List<KnownLoss> ALL = List.of(new KnownLoss(
            MatrixClient.TS2_MODERN,
            List.of(Upstream.EVERYTHING_HTTP, Upstream.EVERYTHING_STDIO),
            List.of(Mode.GOVERNED, Mode.MERGED),
            Feature.LOGGING,
            true,
            "The server logs by a timer, on its general stream, and does not say what that belongs to: a modern client is told"
                    + " while the call that made the server log goes on, and not afterwards."));

    Stream<Place> places() {
        return upstreams.stream()
                .flatMap(upstream -> modes.stream().map(mode -> new Run(client, upstream, mode)))
                .map(run -> new Place(run, feature));
    }
}
