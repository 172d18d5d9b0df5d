package io.mcpgate.examples.cli;

import io.mcpgate.core.config.ConfigException;
import java.io.PrintWriter;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** Errors in words. A stack trace tells a user nothing; who wants it raises the log level to debug. */
final class PlainErrors {
    private static final Logger LOG = LoggerFactory.getLogger(PlainErrors.class);

    private PlainErrors() {}

    /** The command line makes no sense. */
    static int misused(ParameterException misuse, String[] args) {
        CommandLine command = misuse.getCommandLine();
        PrintWriter err = command.getErr();
        err.println("mcpgate: " + misuse.getMessage());
        UnmatchedArgumentException.printSuggestions(misuse, err);
        err.println("Try \"" + command.getCommandSpec().qualifiedName() + " --help\".");
        return ExitCode.USAGE;
    }

    /** The command failed. */
    static int failed(Exception failure, CommandLine command, ParseResult parsed) {
        PrintWriter err = command.getErr();
        Throwable cause = cause(failure);
        LOG.debug("The command failed", cause);
        if (cause instanceof ConfigException wrong) {
            wrong.problems().forEach(problem -> err.println("mcpgate: " + problem));
            return ExitCode.USAGE;
        }
        err.println("mcpgate: " + words(cause));
        return ExitCode.SOFTWARE;
    }

    private static Throwable cause(Throwable failure) {
        boolean wrapper = failure instanceof CompletionException || failure instanceof ExecutionException;
        Throwable inner = failure.getCause();
        return wrapper && inner != null ? cause(inner) : failure;
    }

    private static String words(Throwable failure) {
        String message = failure.getMessage();
        return message == null ? failure.getClass().getSimpleName() : message;
    }
}
