package io.mcpgate.http.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mcpgate.ErrorCode;
import io.mcpgate.Reply;
import io.mcpgate.core.json.JsonLimits;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** Servers that cannot be reached, fall silent, break off, or say too much. */
abstract class BrokenServersScenarios extends ConnectorFixture {
    @Test
    void saysThatAServerCannotBeReached() throws IOException {
        upstream.close();
        try (Socket held = new Socket()) { // bound and not listening, so that nobody else gets the port
            held.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            connect(HttpConnector.builder(URI.create("http://127.0.0.1:" + held.getLocalPort() + "/mcp")));

            assertFails(send(call("initialize", Map.of())), ErrorCode.UNAVAILABLE);
        }
    }

    @Test
    void failsACallWhoseJsonBreaksOff() {
        assertFails(
                answered((request, out) -> {
                    out.raw(
                            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{\"jsonrpc\":");
                    out.hangUp();
                }),
                ErrorCode.UNAVAILABLE);
        stillWorks();
    }

    @Test
    void failsACallWhoseConnectionBreaksBeforeTheHead() {
        assertFails(answered((request, out) -> out.hangUp()), ErrorCode.UNAVAILABLE);
        assertThat(server.received("tools/list")).hasSize(1);
        stillWorks();
    }

    @Test
    void failsACallWhoseStreamEndsWithoutTheResponse() {
        assertFails(
                answered((request, out) -> {
                    out.stream().chunk(": nothing to say\n\n");
                    out.end();
                }),
                ErrorCode.UNAVAILABLE);
        assertFails(
                answered((request, out) -> {
                    out.stream().chunk("data: " + request.result(HIDDEN) + "\n");
                    out.hangUp();
                }),
                ErrorCode.UNAVAILABLE);
        stillWorks();
    }

    @Test
    void failsACallWhenTheServerFallsSilent() {
        upstream.close();
        connect(HttpConnector.builder(server.uri()).idle(Duration.ofMillis(200)));

        assertFails(answered((request, out) -> out.awaitDisconnect()), ErrorCode.UNAVAILABLE);
        await().untilAsserted(() -> assertThat(server.disconnects()).isEqualTo(1));
    }

    @Test
    void endsTheStreamOfAnAnsweredCallOnWhichTheServerGoesOn() {
        upstream.close();
        connect(HttpConnector.builder(server.uri()).idle(Duration.ofSeconds(2)));

        assertOk(answered((request, out) -> {
            out.stream().event(request.result(OK));
            while (true) { // until it cannot
                out.chunk(": still here\n\n");
                LockSupport.parkNanos(5_000_000);
            }
        }));

        await().untilAsserted(() -> assertThat(connector.exchanges()).isZero());
    }

    @Test
    void failsACallWhenTooMuchIsUnderWay() {
        upstream.close();
        connect(HttpConnector.builder(server.uri()).exchangesMax(4));
        server.script((request, out) -> {
            if (request.verb().equals("GET")) {
                out.stream();
                out.awaitDisconnect();
            } else if (!handshake(request, out)) {
                out.awaitDisconnect();
            }
        });
        for (int stuck = 1; stuck <= 3; stuck++) { // beside the general stream
            upstream.forward(call("tools/call", Map.of("name", "slow")));
            int underWay = 1 + stuck;
            await().untilAsserted(() -> assertThat(connector.exchanges()).isEqualTo(underWay));
        }

        assertFails(send(call("tools/list", Map.of())), ErrorCode.UNAVAILABLE);
    }

    @Test
    void stopsReadingAtTheLimit() throws IOException {
        upstream.close();
        connect(HttpConnector.builder(server.uri()).limits(JsonLimits.DEFAULT.withMessageBytes(10_000)));
        String much = "x".repeat(1_000);

        assertFails(
                answered((request, out) -> {
                    out.stream().chunk("data: ");
                    while (true) {
                        out.chunk(much);
                    }
                }),
                ErrorCode.TOO_LARGE);
        assertFails(
                answered((request, out) -> {
                    out.raw("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n");
                    while (true) {
                        out.chunk(much);
                    }
                }),
                ErrorCode.TOO_LARGE);
        stillWorks();
    }

    @Test
    void takesAnEventOfSixteenMebibytesAndNoMore() {
        int room = (16 << 20) - "{\"jsonrpc\":\"2.0\",\"id\":10,\"result\":{\"x\":\"\"}}".length() - 100;

        assertThat(answered((request, out) -> {
                    out.stream().event(request.result("{\"x\":\"" + "x".repeat(room) + "\"}"));
                    out.end();
                }))
                .isInstanceOf(Reply.Complete.class);
        assertFails(
                answered((request, out) -> {
                    out.stream().event(request.result("{\"x\":\"" + "x".repeat(room + 200) + "\"}"));
                    out.end();
                }),
                ErrorCode.TOO_LARGE);
        stillWorks();
    }
}
