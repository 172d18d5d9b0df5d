package io.mcpgate.examples.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mcpgate.examples.tap.HttpTap;
import io.modelcontextprotocol.client.McpClient;
import io.modelcontextprotocol.client.McpSyncClient;
import io.modelcontextprotocol.spec.McpSchema.ProgressNotification;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A real server that keeps its events, and calls whose connection does not last. */
class ResumptionIT {
    private static NodeProcess server;
    private static GateFixture gate;
    private final List<ProgressNotification> progress = new CopyOnWriteArrayList<>();

    @BeforeAll
    static void start() {
        NodeFixtures.assumeNode();
        server = NodeFixtures.start(NodeFixtures.resumableServer());
        gate = GateFixture.open("""
                servers:
                  far: {url: "%s"}
                principals:
                  admin: {keys: ["${env:HASH_ADMIN}"], roles: [admin]}
                roles:
                  admin: {allow: [{tools: ["*"], methods: ["*"]}]}
                audit: {to: memory}
                """.formatted(server.endpoint()), "admin");
    }

    @AfterAll
    static void stop() {
        Closing.all(gate, server);
    }

    private String count(Map<String, Object> arguments, Consumer<Double> onStep) {
        try (McpSyncClient client = McpClient.sync(JavaClient.http(gate, "far", "admin"))
                .requestTimeout(Duration.ofSeconds(30))
                .progressConsumer(step -> {
                    progress.add(step);
                    onStep.accept(step.progress());
                })
                .build()) {
            client.initialize();
            String said = JavaClient.call(client, "count", arguments);
            await().untilAsserted(() -> assertThat(progress)
                    .extracting(ProgressNotification::progress)
                    .containsExactly(1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0));
            return said;
        }
    }

    @Test
    void aCallOutlivesItsConnectionAndLosesAndRepeatsNothing() {
        HttpTap wire = gate.wire().server("far");
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
}
