package io.mcpgate.examples.cli;

import io.mcpgate.Principal;
import io.mcpgate.core.Gateway;
import io.mcpgate.core.config.AuditConfig;
import io.mcpgate.core.config.Bounds;
import io.mcpgate.core.config.ConfigException;
import io.mcpgate.core.config.ConfigText;
import io.mcpgate.core.config.Destination;
import io.mcpgate.core.config.GateConfig;
import io.mcpgate.core.config.GateFile;
import io.mcpgate.core.config.Listen;
import io.mcpgate.core.config.Refusals;
import io.mcpgate.core.config.ServerConfig;
import io.mcpgate.core.config.StdioConfig;
import io.mcpgate.core.policy.Grant;
import io.mcpgate.core.policy.Role;
import io.mcpgate.stdio.StdioEdge;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code mcpgate wrap}: the gate between a program and the stdio server that it would have started itself. */
@Command(
        name = "wrap",
        description = {
            "Stands between a program and a stdio server: write it before the server's command where the program is"
                    + " configured.",
            "",
            "The section \"stdio\" of the configuration says who the local user is. The server is the command after"
                    + " \"--\", or what the configuration names in \"servers\"; several of them appear as one catalog.",
            "",
            "The command gets only the few environment variables that programs need to start, and those of"
                    + " --inherit-env. Audit records go where the configuration says, by default to stderr."
        },
        footer = {
            "Example: let an agent search files, and nothing else, as files.yaml says.",
            "  mcpgate wrap --config files.yaml -- npx -y @modelcontextprotocol/server-filesystem /srv",
            "with files.yaml:",
            "  stdio: {principal: me, roles: [reader]}",
            "  roles: {reader: {allow: [{tools: [\"read_*\", \"search_*\"]}]}}"
        })
final class Wrap implements Callable<Integer> {
    private static final String STANDARD_NAME = "server";

    /** A command may download its program first, as npx does, and would begin again if it were ended meanwhile. */
    private static final Duration STARTS_WITHIN = Duration.ofMinutes(2);

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Option(
            names = {"-c", "--config"},
            paramLabel = "FILE",
            description = "The gate's configuration: gate.yaml or gate.json.")
    private @Nullable Path file;

    @Option(
            names = "--allow-all",
            description = "Instead of a configuration: everything is allowed, and recorded on stderr.")
    private boolean allowAll;

    @Option(
            names = "--server",
            paramLabel = "NAME",
            description = "With a command: what rules and records call it (default: server). Otherwise: which of the"
                    + " configured servers to serve (default: all of them as one catalog).")
    private @Nullable String name;

    @Option(
            names = "--inherit-env",
            paramLabel = "VARIABLE",
            description = "An environment variable that the command gets too. May be repeated.")
    private List<String> inherited = new ArrayList<>();

    @Parameters(paramLabel = "COMMAND", arity = "0..*", description = "The server's command and its arguments.")
    private List<String> command = new ArrayList<>();

    @Override
    public Integer call() throws Exception {
        GateConfig config = withServer(config());
        Transports.requireAll(config);
        Principal user = config.localUser().orElseThrow(Wrap::nobody);
        String served = served(config);
        try (Transports transports = command.isEmpty() ? new Transports() : Transports.inAHurry()) {
            Gateway gateway =
                    config.applyTo(Gateway.builder(), transports.factories()).build();
            return Ending.after(() -> serve(gateway, served, user), gateway::close);
        }
    }

    private static int serve(Gateway gateway, @Nullable String served, Principal user) throws IOException {
        System.setOut(System.err); // whoever prints by mistake does not break the protocol
        try (OutputStream out = new FileOutputStream(FileDescriptor.out)) {
            StdioEdge.serve(gateway, served, user, System.in, out);
        }
        return 0;
    }

    private GateConfig config() {
        Path given = file;
        if (given == null) {
            if (allowAll) {
                return everything();
            }
            throw misuse("Say what is allowed: by --config gate.yaml, or --allow-all to allow everything");
        }
        if (allowAll) {
            throw misuse("--config and --allow-all both say what is allowed; use one of them");
        }
        return GateFile.parse(ConfigFile.bytes(given, spec), given, System.getenv());
    }

    private static GateConfig everything() {
        return new GateConfig(
                "mcpgate",
                Listen.DEFAULT,
                List.of(),
                List.of(),
                null,
                new StdioConfig("local", List.of("everything")),
                List.of(Role.allowing("everything", Grant.everything("*"))),
                List.of(),
                AuditConfig.DEFAULT,
                null,
                Refusals.CONCEAL,
                Bounds.DEFAULT);
    }

    private GateConfig withServer(GateConfig config) {
        if (command.isEmpty()) {
            if (!inherited.isEmpty()) {
                throw misuse(
                        "--inherit-env is for a command after \"--\"; a server of the configuration has inheritEnv");
            }
            if (config.servers().isEmpty()) {
                throw misuse("There is no server: write its command after \"--\", or name one in the configuration");
            }
            return config;
        }
        if (!config.servers().isEmpty()) {
            throw misuse("The configuration has servers, and there is a command after \"--\"; remove one of them");
        }
        List<ConfigText> words = command.stream().map(ConfigText::of).toList();
        var process = new Destination.Process(words, Map.of(), inherited, null);
        try {
            ServerConfig server = ServerConfig.of(name == null ? STANDARD_NAME : name, process);
            return config.withServer(server.withPool(server.pool().withConnectTimeout(STARTS_WITHIN)));
        } catch (ConfigException wrong) {
            throw wrong;
        } catch (IllegalArgumentException misnamed) {
            throw misuse("--server: " + misnamed.getMessage());
        }
    }

    /** The server whose own names the client sees; {@code null} for the catalog of several. */
    private @Nullable String served(GateConfig config) {
        String asked = name;
        if (asked != null && config.server(asked).isEmpty()) {
            throw misuse("--server: the configuration has no server \"" + asked + "\"; it has "
                    + String.join(
                            ", ",
                            config.servers().stream().map(ServerConfig::name).toList()));
        }
        return asked == null && config.servers().size() == 1
                ? config.servers().get(0).name()
                : asked;
    }

    private static ConfigException nobody() {
        return new ConfigException(
                "stdio", "is missing, so nobody is the local user; add e.g. stdio: {principal: me, roles: [reader]}");
    }

    private ParameterException misuse(String problem) {
        return new ParameterException(spec.commandLine(), problem);
    }
}
