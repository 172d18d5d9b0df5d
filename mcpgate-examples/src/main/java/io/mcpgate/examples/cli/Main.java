package io.mcpgate.examples.cli;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The program {@code mcpgate}: what is common to all commands, and the list of them. */
@Command(
        name = "mcpgate",
        scope = ScopeType.INHERIT,
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        description = "A gateway for MCP: says who may call which tool of which server, and keeps a record of it.",
        synopsisHeading = "Usage: ",
        descriptionHeading = "%n",
        parameterListHeading = "%nParameters:%n",
        optionListHeading = "%nOptions:%n",
        commandListHeading = "%nCommands:%n",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:It went well. A gate that was told to end has answered what was in flight.",
            "1:It could not be done, e.g. a server cannot be reached or a port is taken.",
            "2:The command line or the configuration is wrong; nothing was started."
        },
        footerHeading = "%n")
public final class Main implements Runnable {
    private static final Map<String, Supplier<?>> COMMANDS = commands();

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    Main() {}

    private static Map<String, Supplier<?>> commands() {
        Map<String, Supplier<?>> commands = new LinkedHashMap<>();
        commands.put("serve", Serve::new);
        commands.put("wrap", Wrap::new);
        commands.put("check", Check::new);
        commands.put("tools", Tools::new);
        commands.put("key", Key::new);
        return Collections.unmodifiableMap(commands);
    }

    /** Runs a command and ends the process with its exit code. */
    public static void main(String[] args) {
        System.exit(commandLine(args).execute(args));
    }

    /**
     * What these arguments are for. Where the first one is the name of a command, that command's options are read alone: those
     * of all are a fifth of what a start of {@code wrap} costs, for which an agent waits each time.
     */
    static CommandLine commandLine(String... args) {
        CommandLine main = new CommandLine(new Main());
        String alone = args.length > 0 && COMMANDS.containsKey(args[0]) ? args[0] : null;
        COMMANDS.forEach((name, command) -> {
            if (alone == null || alone.equals(name)) {
                main.addSubcommand(name, command.get());
            }
        });
        return main.setExpandAtFiles(false) // @modelcontextprotocol/… is a word of a command, and no file to read
                .setParameterExceptionHandler(PlainErrors::misused)
                .setExecutionExceptionHandler(PlainErrors::failed);
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "A command is needed: serve, wrap, check, tools or key");
    }

    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = Main.class.getPackage().getImplementationVersion();
            return new String[] {"mcpgate " + Optional.ofNullable(version).orElse("(not packaged)")};
        }
    }
}
