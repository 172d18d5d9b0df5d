package io.mcpgate.examples.cli;

import io.mcpgate.core.identity.ApiKeys;
import java.io.PrintWriter;
import java.security.SecureRandom;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code mcpgate key}: a new API key. */
@Command(
        name = "key",
        description = {
            "Makes an API key of 256 random bits, and prints it with its hash.",
            "",
            "The key goes to the client and is shown only now. The hash goes into the configuration; nobody can find the"
                    + " key by it."
        },
        footer = {"Example:", "  mcpgate key"})
final class Key implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public void run() {
        String key = ApiKeys.generate(new SecureRandom());
        PrintWriter out = spec.commandLine().getOut();
        out.println("key:  " + key);
        out.println("hash: " + ApiKeys.hash(key));
        out.println();
        out.println(
                "The client sends the key with every request, as \"Authorization: Bearer KEY\" or \"X-API-Key: KEY\".");
        out.println("The hash goes into gate.yaml:");
        out.println("  principals:");
        out.println("    alice: {keys: [\"sha256:…\"], roles: [support]}");
        out.flush();
    }
}
