package io.mcpgate.examples.matrix;

import io.mcpgate.examples.matrix.Matrix.Place;
import io.mcpgate.examples.matrix.Matrix.Run;
import java.util.List;
import java.util.stream.Stream;

/**
 * Cells of one client that work directly and not through the gate, with the reason. Whatever is cured has to leave {@link
 * #ALL}.
 *
 * @param why in one sentence
 */
record KnownLoss(MatrixClient client, List<Upstream> upstreams, List<Mode> modes, Feature feature, String why) {
    static final List<KnownLoss> ALL = List.of(
            new KnownLoss(
                    MatrixClient.TS2_MODERN,
                    List.of(Upstream.values()),
                    List.of(Mode.MERGED),
                    Feature.LIST_CHANGED,
                    "The merged catalog does not know `subscriptions/listen`: 404, −32601."),
            new KnownLoss(
                    MatrixClient.TS2_MODERN,
                    List.of(Upstream.values()),
                    List.of(Mode.MERGED),
                    Feature.LOGGING,
                    "The merged catalog's answer to `server/discover` has no `logging`. What its servers say during a call does"
                            + " come, if the client asks for it all the same."),
            new KnownLoss(
                    MatrixClient.TS2_MODERN,
                    List.of(Upstream.JAVA_STDIO, Upstream.EVERYTHING_HTTP, Upstream.EVERYTHING_STDIO),
                    List.of(Mode.GOVERNED),
                    Feature.LIST_CHANGED,
                    "While a client listens in one legacy session, its calls that may ask it something are made in another;"
                            + " these servers tell only the session in which the change was made."),
            new KnownLoss(
                    MatrixClient.TS2_MODERN,
                    List.of(Upstream.EVERYTHING_HTTP),
                    List.of(Mode.GOVERNED),
                    Feature.LOGGING,
                    "The server logs on its general stream, where nothing belongs to a call, and a modern client is told only"
                            + " during a call."),
            new KnownLoss(
                    MatrixClient.TS2_MODERN,
                    List.of(Upstream.EVERYTHING_HTTP),
                    List.of(Mode.GOVERNED, Mode.MERGED),
                    Feature.ROOTS,
                    "The server asks for the roots on its general stream, where nothing belongs to a call, and a modern client"
                            + " can be asked only during a call."));

    Stream<Place> places() {
        return upstreams.stream()
                .flatMap(upstream -> modes.stream().map(mode -> new Run(client, upstream, mode)))
                .map(run -> new Place(run, feature));
    }
}
