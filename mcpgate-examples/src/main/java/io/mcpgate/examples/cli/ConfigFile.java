package io.mcpgate.examples.cli;

import io.mcpgate.core.config.GateConfig;
import io.mcpgate.core.config.GateFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The option {@code --config}, and the file that it names. */
final class ConfigFile {
    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec command;

    @Option(
            names = {"-c", "--config"},
            required = true,
            paramLabel = "FILE",
            description = "The gate's configuration: gate.yaml or gate.json.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private Path path;

    private byte[] content = {};

    Path path() {
        return path;
    }

    /** What was read last. */
    byte[] content() {
        return content.clone();
    }

    GateConfig read() {
        content = bytes(path, command);
        return GateFile.parse(content, path, System.getenv());
    }

    static byte[] bytes(Path path, CommandSpec command) {
        try {
            return Files.readAllBytes(path);
        } catch (NoSuchFileException missing) {
            throw new ParameterException(command.commandLine(), "There is no file " + path);
        } catch (IOException unreadable) {
            throw new ParameterException(
                    command.commandLine(),
                    "The file " + path + " cannot be read ("
                            + unreadable.getClass().getSimpleName() + ")");
        }
    }
}
