package io.mcpgate.examples.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.modelcontextprotocol.client.McpClient;
import io.modelcontextprotocol.client.McpSyncClient;
import io.modelcontextprotocol.client.transport.HttpClientStreamableHttpTransport;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.ProgressNotification;
import io.modelcontextprotocol.spec.McpSchema.TextContent;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A real server that keeps its events, and calls whose connection does not last. */
class ResumptionIT {
    private static NodeProcess server;
    private static Wire wire;
    private static GateFixture gate;
    private final List<ProgressNotification> progress = new CopyOnWriteArrayList<>();

    @BeforeAll
    static void start() throws IOException {
        NodeFixtures.assumeNode();
        server = NodeFixtures.start(NodeFixtures.resumableServer());
        wire = new Wire(server.port());
        gate = GateFixture.open("""
                servers:
                  far: {url: "http://127.0.0.1:%d/mcp"}
                principals:
                  admin: {keys: ["${env:HASH_ADMIN}"], roles: [admin]}
                roles:
                  admin: {allow: [{tools: ["*"], methods: ["*"]}]}
                audit: {to: memory}
                """.formatted(wire.port()), "admin");
    }

    @AfterAll
    static void stop() throws IOException {
        if (gate != null) {
            gate.close();
        }
        if (wire != null) {
            wire.close();
        }
        if (server != null) {
            server.close();
        }
    }

    private String count(Map<String, Object> arguments, Consumer<Double> onStep) {
        try (McpSyncClient client = McpClient.sync(HttpClientStreamableHttpTransport.builder(gate.base())
                        .endpoint(gate.uri("far").getPath())
                        .requestBuilder(HttpRequest.newBuilder().header("Authorization", "Bearer " + gate.key("admin")))
                        .build())
                .requestTimeout(Duration.ofSeconds(30))
                .progressConsumer(step -> {
                    progress.add(step);
                    onStep.accept(step.progress());
                })
                .build()) {
            client.initialize();
            CallToolResult result = client.callTool(CallToolRequest.builder("count")
                    .arguments(arguments)
                    .progressToken("mine")
                    .build());
            await().untilAsserted(() -> assertThat(progress)
                    .extracting(ProgressNotification::progress)
                    .containsExactly(1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0));
            return ((TextContent) result.content().get(0)).text();
        }
    }

    @Test
    void aCallOutlivesItsConnectionAndLosesAndRepeatsNothing() {
        int before = wire.cuts();

        String said = count(Map.of("n", 8), step -> {
            if (step == 2 || step == 6) {
                wire.cut();
            }
        });

        assertThat(said).startsWith("counted to 8 in call ");
        assertThat(wire.cuts() - before).isEqualTo(2);
    }

    @Test
    void aCallGoesOnWhoseResponseTheServerEndsAfterEachStep() {
        assertThat(count(Map.of("n", 8, "hangUp", true), step -> {})).startsWith("counted to 8 in call ");
    }

    /** Carries bytes to a port of this machine and back, until it is cut; whoever comes afterwards is carried again. */
    private static final class Wire implements AutoCloseable {
        private final ServerSocket listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        private final int to;
        private final Set<Socket> ends = ConcurrentHashMap.newKeySet();
        private final AtomicInteger cuts = new AtomicInteger();

        Wire(int to) throws IOException {
            this.to = to;
            daemon(() -> {
                while (true) {
                    carry(listening.accept());
                }
            });
        }

        int port() {
            return listening.getLocalPort();
        }

        int cuts() {
            return cuts.get();
        }

        private void carry(Socket near) throws IOException {
            Socket far = new Socket(InetAddress.getLoopbackAddress(), to);
            ends.add(near);
            ends.add(far);
            daemon(() -> copy(near, far));
            daemon(() -> copy(far, near));
        }

        private static void copy(Socket from, Socket to) throws IOException {
            try (from;
                    to) {
                InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream();
                in.transferTo(out);
            }
        }

        void cut() {
            cuts.incrementAndGet();
            closeEnds();
        }

        private void closeEnds() {
            for (Socket end : ends) {
                ends.remove(end);
                try {
                    end.close();
                } catch (IOException closedAlready) {
                    // all the better
                }
            }
        }

        @Override
        public void close() throws IOException {
            listening.close();
            closeEnds();
        }

        private interface Task {
            void run() throws IOException;
        }

        private static void daemon(Task task) {
            Thread thread = new Thread(
                    () -> {
                        try {
                            task.run();
                        } catch (IOException cut) {
                            // what it is for
                        }
                    },
                    "wire");
            thread.setDaemon(true);
            thread.start();
        }
    }
}
