package io.mcpgate.examples.matrix;

import io.mcpgate.examples.interop.NodeFixtures;
import io.mcpgate.examples.interop.NodeFixtures.Client;
import io.mcpgate.examples.interop.NodeFixtures.Report;
import io.mcpgate.examples.interop.NodeFixtures.Target;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A real client, which is told what to do and prints what it saw. */
enum MatrixClient {
    JAVA_2("Java SDK 2.1.0"),
    JAVA_1("Java SDK 1.1.5"),
    TS1("TypeScript SDK 1.x"),
    TS2_LEGACY("TypeScript SDK 2.x, legacy"),
    TS2_MODERN("TypeScript SDK 2.x, modern");

    static final Duration TIMEOUT = Duration.ofMinutes(2);

    private final String software;

    MatrixClient(String software) {
        this.software = software;
    }

    String software() {
        return software;
    }

    boolean modern() {
        return this == TS2_MODERN;
    }

    /** Only clients of the Java SDK have a transport that this gateway wraps. */
    List<Mode> modes() {
        return this == JAVA_2 || this == JAVA_1
                ? List.of(Mode.values())
                : List.of(Mode.DIRECT, Mode.GOVERNED, Mode.MERGED);
    }

    boolean canReachDirectly(Upstream upstream) {
        return !modern() || upstream.speaksModern();
    }

    /** Whose direct run shows what this client has to get through the gate, where it cannot reach the server itself. */
    MatrixClient yardstick(Upstream upstream) {
        return canReachDirectly(upstream) ? this : TS2_LEGACY;
    }

    /** What it saw; of the operations as {@link NodeFixtures} takes them. */
    Report run(SdkClients java, Target target, Mode mode, String operations) {
        List<String> given = new ArrayList<>(List.of("--offer", "sampling,elicitation,roots", "--timeout", "30000"));
        if (mode == Mode.WRAPPED) given.addAll(List.of("--wrap", "server"));
        String[] options = given.toArray(String[]::new);
        return switch (this) {
            case JAVA_2 -> java.current(target.arguments(operations, options));
            case JAVA_1 -> java.previous(target.arguments(operations, options));
            case TS1 -> NodeFixtures.run(Client.TS1, TIMEOUT, target, operations, options);
            case TS2_LEGACY -> NodeFixtures.run(Client.TS2_LEGACY, TIMEOUT, target, operations, options);
            case TS2_MODERN -> NodeFixtures.run(Client.TS2_MODERN, TIMEOUT, target, operations, options);
        };
    }
}
