package io.mcpgate.examples.matrix;

import io.mcpgate.examples.matrix.Matrix.Loss;
import java.util.List;
import java.util.Set;

/**
 * Cells that work directly and not through the gate, with the reason. Whatever is cured has to leave {@link #ALL}.
 *
 * @param why in one sentence
 */
record KnownLoss(
        Set<MatrixClient> clients, Set<Upstream> upstreams, Set<Mode> modes, Set<Feature> features, String why) {
    static final List<KnownLoss> ALL = List.of();

    boolean covers(Loss loss) {
        return clients.contains(loss.run().client())
                && upstreams.contains(loss.run().upstream())
                && modes.contains(loss.run().mode())
                && features.contains(loss.feature());
    }
}
