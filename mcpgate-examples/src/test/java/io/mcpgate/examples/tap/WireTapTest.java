package io.mcpgate.examples.tap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** That a gate which says what is not valid does not get past a tap. */
class WireTapTest {
    private static final String PING = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}";

    @Test
    void failsForAProgramThatSaysSomethingElse() throws Exception {
        WireTap wire = new WireTap();
        Process gate = new ProcessBuilder(wire.client(List.of("sed", "s/\"id\":1.*/\"id\":2,\"result\":{}}/"))).start();

        gate.outputWriter(StandardCharsets.UTF_8).append(PING + "\n").close();
        assertThat(gate.inputReader(StandardCharsets.UTF_8).readLine()).contains("\"id\":2");
        gate.waitFor();

        assertThatThrownBy(wire::close).hasMessageContaining("a response to another id");
    }

    @Test
    void failsForAServiceThatSaysSomethingElse() throws Exception {
        try (Service service = new Service("{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{},\"error\":{}}")) {
            WireTap wire = new WireTap();
            URI tapped = wire.clients(service.uri());

            HttpClient.newHttpClient()
                    .send(
                            HttpRequest.newBuilder(tapped)
                                    .POST(BodyPublishers.ofString(PING))
                                    .build(),
                            BodyHandlers.discarding());

            assertThatThrownBy(wire::close).hasMessageContaining("a member beside others");
        }
    }

    @Test
    void failsIfNothingWasSaid() {
        WireTap wire = new WireTap();

        assertThatThrownBy(wire::close).hasMessageContaining("what the gate said");
    }

    /** Answers the same to everybody. */
    private record Service(HttpServer server) implements AutoCloseable {
        Service(String answer) throws IOException {
            this(HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0));
            byte[] bytes = answer.getBytes(StandardCharsets.UTF_8);
            server.createContext("/", exchange -> {
                exchange.getRequestBody().readAllBytes();
                exchange.getResponseHeaders().add("Content-Type", "application/json");
                exchange.sendResponseHeaders(200, bytes.length);
                exchange.getResponseBody().write(bytes);
                exchange.close();
            });
            server.start();
        }

        URI uri() {
            return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/mcp");
        }

        @Override
        public void close() {
            server.stop(0);
        }
    }
}
