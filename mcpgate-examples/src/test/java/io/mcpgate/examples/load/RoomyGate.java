package io.mcpgate.examples.load;

import io.mcpgate.core.config.GateFile;
import io.mcpgate.core.config.ReloadingGate;
import io.mcpgate.examples.cli.Transports;
import io.mcpgate.http.endpoint.EndpointLimits;
import io.mcpgate.http.endpoint.McpEndpoint;
import io.mcpgate.http.vertx.ServerLimits;
import io.mcpgate.http.vertx.VertxServer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/**
 * What {@code mcpgate serve} does, with room for more sessions and connections than it takes by default, as an application
 * that embeds the gate can have. Its argument is the configuration; it prints its port, and ends with its standard input.
 */
final class RoomyGate {
    private static final int ROOM = 1_000_000;

    private RoomyGate() {}

    public static void main(String[] args) throws IOException {
        Transports transports = new Transports();
        ReloadingGate gate = ReloadingGate.open(GateFile.read(Path.of(args[0])), transports.factories());
        McpEndpoint endpoint = McpEndpoint.over(gate)
                .limits(EndpointLimits.DEFAULT.withSessions(ROOM, ROOM, Duration.ofHours(1)))
                .build();
        VertxServer server = VertxServer.of(endpoint)
                .limits(ServerLimits.DEFAULT.withConnections(ROOM))
                .build();
        server.start().toCompletableFuture().join();
        System.out.println(server.port());
        LoadProcess.awaitEndOfStandardInput();
    }
}
