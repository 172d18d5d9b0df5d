package io.mcpgate.examples.cli;

import io.mcpgate.Principal;
import io.mcpgate.core.Gateway;
import io.mcpgate.core.config.GateConfig;
import io.mcpgate.core.config.ServerConfig;
import io.mcpgate.core.protocol.Listing;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code mcpgate tools}: what a principal sees. */
@Command(
        name = "tools",
        description = {
            "Connects to the configured servers as one principal, and prints what it sees: tools, prompts, resources and"
                    + " resource templates, by the servers' own names, as roles are written with.",
            "",
            "Passes the same steps as any client, so it is recorded in the audit trail, too."
        },
        footer = {"Example: what is left for alice?", "  mcpgate tools --config gate.yaml --as alice"})
final class Tools implements Callable<Integer> {
    @Mixin
    private final ConfigFile file = new ConfigFile();

    @Option(names = "--as", required = true, paramLabel = "PRINCIPAL", description = "Whose view to show.")
    private String principal = "";

    @Option(names = "--server", paramLabel = "NAME", description = "Only this server (default: all).")
    private @Nullable String only;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        GateConfig config = file.read();
        Transports.requireAll(config);
        Principal who = config.principal(principal)
                .orElseThrow(() -> misuse("--as: the configuration knows no \"" + principal + "\""));
        List<String> servers = config.servers().stream()
                .map(ServerConfig::name)
                .filter(name -> only == null || name.equals(only))
                .toList();
        if (servers.isEmpty()) {
            throw misuse(only == null ? "The configuration has no servers" : "--server: there is no \"" + only + "\"");
        }
        try (Transports transports = new Transports()) {
            Gateway gateway =
                    config.applyTo(Gateway.builder(), transports.factories()).build();
            return Ending.after(() -> print(gateway, who, servers), gateway::close);
        }
    }

    private int print(Gateway gateway, Principal who, List<String> servers) {
        Table table = new Table("SERVER", "KIND", "NAME", "DESCRIPTION");
        int failures = 0;
        for (String server : servers) {
            try (LocalClient client = new LocalClient(gateway, who, server)) {
                client.open();
                for (Listing listing : Listing.values()) {
                    client.list(listing).forEach(entry -> table.row(row(server, listing, entry)));
                }
            } catch (LocalClient.Refused refused) {
                failures += refused.isHidden() ? 0 : 1;
                String what =
                        refused.isHidden() ? who.id() + " may use nothing here" : Table.line(refused.getMessage());
                spec.commandLine().getErr().println("mcpgate: " + server + ": " + what);
            }
        }
        PrintWriter out = spec.commandLine().getOut();
        table.print(out);
        return failures == 0 ? 0 : 1;
    }

    private static String[] row(String server, Listing listing, Map<?, ?> entry) {
        String kind = listing.kind().name().toLowerCase(Locale.ROOT);
        Object description = entry.get("description");
        return new String[] {
            server, kind, String.valueOf(entry.get(listing.key())), description == null ? "" : description.toString()
        };
    }

    private ParameterException misuse(String problem) {
        return new ParameterException(spec.commandLine(), problem);
    }
}
