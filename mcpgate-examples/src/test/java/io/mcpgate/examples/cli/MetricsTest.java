package io.mcpgate.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.mcpgate.core.config.MetricsConfig;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The page of the metrics, asked for by bytes: what a client library would not send is in here too. */
@Timeout(60)
class MetricsTest {
    private static final String LOCAL = "127.0.0.1";

    private final Vertx vertx = Vertx.vertx();

    @AfterEach
    void close() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    private static String answer(int port, String request) throws IOException {
        try (Socket socket = new Socket(LOCAL, port)) {
            return ask(socket, request);
        }
    }

    private static String ask(Socket socket, String request) throws IOException {
        socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
        return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    private static String get(int port, String path, String host) throws IOException {
        return answer(port, "GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n");
    }

    private static MetricsConfig anyPort(boolean exposed) {
        return new MetricsConfig(LOCAL, 0, exposed);
    }

    @Test
    void areShownToThisMachine() throws IOException {
        try (Metrics metrics = Metrics.at(anyPort(false), vertx)) {
            assertThat(get(metrics.port(), "/metrics", "localhost:1"))
                    .startsWith("HTTP/1.1 200 OK")
                    .containsIgnoringCase("content-type: text/plain; version=0.0.4")
                    .contains("jvm_memory_used_bytes{", "jvm_threads_live_threads ");
            assertThat(get(metrics.port(), "/metrics", LOCAL)).startsWith("HTTP/1.1 200 OK");
            assertThat(get(metrics.port(), "/metrics", "[::1]:1")).startsWith("HTTP/1.1 200 OK");
        }
    }

    /** DNS rebinding: the page's name means this machine by now, and the browser still says that name. */
    @Test
    void areNotShownToWebPages() throws IOException {
        try (Metrics metrics = Metrics.at(anyPort(false), vertx)) {
            assertThat(get(metrics.port(), "/metrics", "evil.example")).startsWith("HTTP/1.1 403");
            assertThat(get(metrics.port(), "/metrics", "face")).startsWith("HTTP/1.1 403"); // of hexadecimal digits
            assertThat(answer(metrics.port(), "GET /metrics HTTP/1.0\r\n\r\n").lines())
                    .first()
                    .asString()
                    .contains(" 403 ");
        }
    }

    @Test
    void areShownUnderAnyNameIfTheyAreMeantForOthers() throws IOException {
        try (Metrics metrics = Metrics.at(anyPort(true), vertx)) {
            assertThat(get(metrics.port(), "/metrics", "gate.example")).startsWith("HTTP/1.1 200 OK");
        }
    }

    @Test
    void areShownAtTheAddressItself() throws IOException {
        try (Metrics metrics = Metrics.at(new MetricsConfig("127.0.0.2", 0, false), vertx);
                Socket socket = new Socket("127.0.0.2", metrics.port())) {
            assertThat(ask(socket, "GET /metrics HTTP/1.1\r\nHost: 127.0.0.2:1\r\nConnection: close\r\n\r\n"))
                    .startsWith("HTTP/1.1 200 OK");
        }
    }

    @Test
    void areForSixteenConnectionsAtOnce() throws IOException {
        try (Metrics metrics = Metrics.at(anyPort(false), vertx)) {
            List<Socket> held = new ArrayList<>();
            for (int i = 0; i < 16; i++) {
                Socket socket = new Socket(LOCAL, metrics.port());
                held.add(socket);
                socket.getOutputStream()
                        .write("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                assertThat(socket.getInputStream().read()).isEqualTo('H'); // so it has been counted
            }

            try (Socket excess = new Socket(LOCAL, metrics.port())) {
                assertThat(excess.getInputStream().read()).isEqualTo(-1);
            }

            held.remove(0).close();
            await().atMost(20, TimeUnit.SECONDS)
                    .ignoreExceptions()
                    .until(() -> get(metrics.port(), "/metrics", LOCAL).startsWith("HTTP/1.1 200 OK"));
            for (Socket socket : held) socket.close();
        }
    }

    @Test
    void areAllThatThereIs() throws IOException {
        try (Metrics metrics = Metrics.at(anyPort(false), vertx)) {
            assertThat(get(metrics.port(), "/", LOCAL)).startsWith("HTTP/1.1 404");
            assertThat(
                            answer(
                                    metrics.port(),
                                    "POST /metrics HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"))
                    .startsWith("HTTP/1.1 405")
                    .containsIgnoringCase("allow: GET");
        }
    }

    @Test
    void sayWhatIsWrongIfThePortIsTaken() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName(LOCAL))) {
            assertThatThrownBy(() -> Metrics.at(new MetricsConfig(LOCAL, taken.getLocalPort(), false), vertx))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageStartingWith("metrics: nobody can listen there (")
                    .hasMessageEndingWith("); use another port or address");
        }
    }
}
