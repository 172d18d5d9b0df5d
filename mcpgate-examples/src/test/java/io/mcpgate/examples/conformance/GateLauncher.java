package io.mcpgate.examples.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.mcpgate.examples.interop.GateFixture;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;

/**
 * Puts gates in front of servers, which everybody may call.
 *
 * <p>Also for clients in other processes, which learn of their server only when they are started: such a one connects, writes the
 * server's URL as a line, and reads the gate's. The gate is there until the client closes the connection, or ends.
 */
final class GateLauncher implements AutoCloseable {
    private final ServerSocket socket;
    private final Thread thread = new Thread(this::serve, "gates on demand");
    private final List<Throwable> wrong = new CopyOnWriteArrayList<>();

    private GateLauncher(ServerSocket socket) {
        this.socket = socket;
    }

    static GateLauncher start() throws IOException {
        GateLauncher launcher = new GateLauncher(new ServerSocket(0, 0, InetAddress.getLoopbackAddress()));
        launcher.thread.start();
        return launcher;
    }

    /** On the loopback address. */
    int port() {
        return socket.getLocalPort();
    }

    /** A gate in front of servers by name; the caller closes it. */
    static GateFixture open(Map<String, URI> servers) {
        return GateFixture.open(servers.entrySet().stream()
                .map(server -> "  " + server.getKey() + ": {url: \"" + server.getValue() + "\"}\n")
                .collect(Collectors.joining("", "servers:\n", """
                        anonymous: {principal: suite, roles: [all]}
                        roles: {all: {allow: [{tools: ["*"], prompts: ["*"], resources: ["*"], templates: ["*"], methods: ["*"]}]}}
                        audit: {to: memory}
                        """)));
    }

    /** One client at a time, as the suite starts them. */
    private void serve() {
        while (!socket.isClosed()) {
            try (Socket client = socket.accept()) {
                BufferedReader in =
                        new BufferedReader(new InputStreamReader(client.getInputStream(), StandardCharsets.UTF_8));
                try (GateFixture gate = open(Map.of("suite", URI.create(in.readLine())))) {
                    client.getOutputStream().write((gate.uri("suite") + "\n").getBytes(StandardCharsets.UTF_8));
                    in.readLine(); // which does not come: the end does
                }
            } catch (IOException gone) {
                // the client was ended, or this was closed
            } catch (RuntimeException | AssertionError failed) {
                wrong.add(failed);
            }
        }
    }

    /** Fails if one of the gates has said what is not valid. */
    @Override
    public void close() throws IOException {
        socket.close();
        try {
            thread.join();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        assertThat(wrong).isEmpty();
    }
}
