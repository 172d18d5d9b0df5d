package io.mcpgate.core.config;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads a gate's configuration: {@code gate.yaml} or {@code gate.json}, which say the same things in the same structure.
 *
 * <pre>{@code
 * GateConfig config = GateFile.read(Path.of("gate.yaml"));
 * Gateway gateway = config.applyTo(Gateway.builder(), List.of(stdio, http)).build();
 * }</pre>
 *
 * <p>References to the environment, <code>${env:NAME}</code>, are replaced in all texts. YAML needs
 * {@code com.fasterxml.jackson.dataformat:jackson-dataformat-yaml} beside this library; JSON needs nothing.
 */
public final class GateFile {
    private static final int BYTES_MAX = 1 << 20;

    private GateFile() {}

    /**
     * Reads a file in this process's environment.
     *
     * @throws ConfigException with everything that is wrong in it
     * @throws IOException if it cannot be read
     */
    public static GateConfig read(Path file) throws IOException {
        return read(file, System.getenv());
    }

    /**
     * Reads a file in an environment.
     *
     * @throws ConfigException with everything that is wrong in it
     * @throws IOException if it cannot be read
     */
    public static GateConfig read(Path file, Map<String, String> environment) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return parse(in.readNBytes(BYTES_MAX + 1), file, environment);
        }
    }

    /**
     * Reads bytes that were in a file.
     *
     * @param file its name says whether it is YAML or JSON, and where relative paths in it start; it is not read
     * @throws ConfigException with everything that is wrong in it
     */
    public static GateConfig parse(byte[] bytes, Path file, Map<String, String> environment) {
        Path directory = file.toAbsolutePath().getParent();
        Problems problems = new Problems();
        Context context = new Context(
                problems, new References(environment), directory == null ? file.toAbsolutePath() : directory);
        try {
            TreeReader tree = syntax(file).open(text(bytes), problems);
            Node root = tree.read();
            GateConfig config = root == null ? null : config(root, context, tree);
            problems.throwIfAny();
            if (config == null) {
                throw new IllegalStateException("A configuration that is not there has a reason");
            }
            return config;
        } catch (NoClassDefFoundError missing) {
            throw new ConfigException(
                    "",
                    "is YAML, and the library that reads it is missing; add"
                            + " com.fasterxml.jackson.dataformat:jackson-dataformat-yaml, or write the file as JSON");
        } catch (IOException impossible) {
            throw new UncheckedIOException("Reading from memory failed", impossible);
        }
    }

    private static @Nullable GateConfig config(Node root, Context context, TreeReader tree) {
        try {
            return new GateReader(context).read(root);
        } catch (ConfigException contradictory) {
            for (ConfigProblem problem : contradictory.problems()) {
                if (!context.problems().isWithin(problem.path())) {
                    context.problems().add(tree.place(problem.path()), problem.message());
                }
            }
            return null;
        }
    }

    private static Syntax syntax(Path file) {
        String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
        if (name.endsWith(".yaml") || name.endsWith(".yml")) {
            return Syntax.YAML;
        }
        if (name.endsWith(".json")) {
            return Syntax.JSON;
        }
        throw new ConfigException("", "is neither YAML nor JSON by its name; call it gate.yaml or gate.json");
    }

    private static String text(byte[] bytes) {
        if (bytes.length > BYTES_MAX) {
            throw new ConfigException("", "is larger than " + (BYTES_MAX >> 20) + " MiB; is it the right one?");
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException malformed) {
            throw new ConfigException("", "is not UTF-8; save it in that encoding");
        }
    }
}
