package io.mcpgate.examples.cli;

import java.util.Optional;
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
        subcommands = {Serve.class, Wrap.class, Check.class, Tools.class, Key.class},
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
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    Main() {}

    /** Runs a command and ends the process with its exit code. */
    public static void main(String[] args) {
        System.exit(commandLine().execute(args));
    }

    static CommandLine commandLine() {
        return new CommandLine(new Main())
                .setExpandAtFiles(false) // @modelcontextprotocol/… is a word of a command, and no file to read
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
