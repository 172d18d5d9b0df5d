package io.mcpgate.examples.load;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** {@code mcpgate.jar serve} in its process, as users start it. */
final class Gate {
    /** Where a gate with the full chain writes, in its folder. */
    static final String AUDIT = "audit.jsonl";

    private static final Pattern LISTENING = Pattern.compile("Listening on http://[^:]+:(\\d+)/");

    private Gate() {}

    /** The program that the build made. */
    static Path jar() {
        String told = System.getProperty("mcpgate.jar", "");
        Path jar = told.isEmpty() ? Machine.module().resolve("target/mcpgate.jar") : Path.of(told);
        if (!Files.exists(jar))
            throw new IllegalStateException(jar + " is missing; make it by ./mvnw -pl mcpgate-examples -am package");
        return jar;
    }

    /** Starts one and waits until it listens; {@code options} are the JVM's. */
    static Running start(Processes processes, String name, Path java, Path config, String... options)
            throws IOException {
        List<String> words = new ArrayList<>(List.of(options));
        words.addAll(List.of("-jar", jar().toString(), "serve", "--config", config.toString()));
        return processes.start(name, processes.jvm(java, words), Map.of());
    }

    /** Where it serves that server; waits until it does. */
    static URI endpoint(Running gate, String server) {
        return URI.create("http://127.0.0.1:" + gate.awaitError(LISTENING) + "/mcp/" + server);
    }

    static Path config(Path folder, String yaml) throws IOException {
        return Files.writeString(folder.resolve("gate.yaml"), yaml);
    }
}
