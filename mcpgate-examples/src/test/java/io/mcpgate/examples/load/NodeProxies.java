package io.mcpgate.examples.load;

import io.mcpgate.examples.interop.NodeFixtures;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What people use today to put a stdio server behind HTTP, and the gate that does the same. */
final class NodeProxies {
    static final String MCP_PROXY = "mcp-proxy";
    static final String SUPERGATEWAY = "supergateway";

    /** The gate with the full chain in front of the same stdio server. */
    static final String GATE = "gate full at stdio";

    private NodeProxies() {}

    /** Whatever can be started; what cannot be is noted as skipped. */
    static List<Target> start(Bench bench) throws IOException {
        List<Target> targets = new ArrayList<>();
        try {
            targets.add(mcpProxy(bench));
            targets.add(supergateway(bench));
        } catch (RuntimeException unavailable) {
            bench.figures.skip("npm's proxies", String.valueOf(unavailable.getMessage()));
        }
        targets.add(gate(bench));
        return targets;
    }

    private static Target mcpProxy(Bench bench) throws IOException {
        Path counts = bench.processes.newFolder("counts");
        int port = Ports.free();
        List<String> command = new ArrayList<>(
                NodeFixtures.proxy(MCP_PROXY, "--host", "127.0.0.1", "--port", "" + port, "--server", "stream", "--"));
        command.addAll(server(bench, counts));
        return listening(bench, MCP_PROXY, port, command, counts);
    }

    /** With sessions: without them it starts a process for each call. */
    private static Target supergateway(Bench bench) throws IOException {
        Path counts = bench.processes.newFolder("counts");
        int port = Ports.free();
        List<String> command = NodeFixtures.proxy(
                SUPERGATEWAY,
                "--stdio",
                String.join(" ", server(bench, counts)),
                "--outputTransport",
                "streamableHttp",
                "--stateful",
                "--port",
                "" + port,
                "--logLevel",
                "none");
        return listening(bench, SUPERGATEWAY, port, command, counts);
    }

    private static Target listening(Bench bench, String name, int port, List<String> command, Path counts)
            throws IOException {
        Running running = bench.processes.start(name, command, Map.of("NODE_ENV", "production"));
        Ports.awaitListening(running, port);
        URI endpoint = URI.create("http://127.0.0.1:" + port + "/mcp");
        return new Target(name, endpoint, "", running, false, () -> Counts.sum(counts));
    }

    private static Target gate(Bench bench) throws IOException {
        Path counts = bench.processes.newFolder("counts");
        Path folder = bench.processes.newFolder("gate-stdio");
        String yaml = GateConfigs.full(GateConfigs.command(server(bench, counts)), bench.audit(folder));
        Running running = Gate.start(bench.processes, "gate-stdio", bench.jdk().java(), Gate.config(folder, yaml));
        return new Target(
                Targets.name(GATE, bench.jdk()),
                Gate.endpoint(running, GateConfigs.SERVER),
                GateConfigs.KEY,
                running,
                false,
                () -> Counts.sum(counts));
    }

    static List<String> server(Bench bench, Path counts) {
        return bench.processes.programCommand(StdioUpstream.class, counts.toString());
    }
}
