package io.mcpgate.http.endpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.mcpgate.Principal;
import io.mcpgate.core.Gateway;
import io.mcpgate.core.audit.InMemoryAuditSink;
import io.mcpgate.core.identity.ApiKeys;
import io.mcpgate.core.policy.Grant;
import io.mcpgate.core.policy.Role;
import io.mcpgate.core.policy.RolePolicyStore;
import io.mcpgate.http.vertx.ServerLimits;
import io.mcpgate.http.vertx.VertxServer;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
class VertxServerTest {
    private static final ServerLimits LIMITS = new ServerLimits(
            4, 16 << 10, Duration.ofSeconds(2), Duration.ofSeconds(10), Duration.ofSeconds(2), Duration.ofMillis(300));
    private static final int RECEIVE_BUFFER = 4 << 10;
    private static final int ECHOED_BYTES = 32 << 10;
    private static final int MANY = 1_000; // times that are more than sockets hold
    private static final Duration NEVER = Duration.ofMinutes(10);

    private final InMemoryAuditSink audit = new InMemoryAuditSink(100);
    private final ScriptedUpstream upstream = new ScriptedUpstream("up1");
    private final Gateway gateway = Gateway.builder()
            .audit(audit)
            .server(upstream)
            .authenticator(new ApiKeys(Map.of(), Principal.of("anonymous", "all")))
            .policies(new RolePolicyStore(List.of(Role.allowing("all", Grant.everything("up1")))))
            .build();
    private final McpEndpoint endpoint = McpEndpoint.over(gateway).build();
    private final VertxServer server = started(VertxServer.of(endpoint).limits(LIMITS));

    private static VertxServer started(VertxServer.Builder builder) {
        return builder.drain(Duration.ofMillis(500))
                .build()
                .start()
                .toCompletableFuture()
                .join();
    }

    @AfterEach
    void stop() {
        server.close();
        gateway.close();
    }

    private McpEndpoint another(EndpointLimits limits) {
        return McpEndpoint.over(gateway).limits(limits).build();
    }

    private String call(String more) {
        String body = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"initialize\","
                + "\"params\":{\"protocolVersion\":\"2025-11-25\"}}";
        return "POST /mcp/up1 HTTP/1.1\r\nHost: localhost:" + server.port()
                + "\r\nContent-Type: application/json\r\nContent-Length: " + body.length() + "\r\n" + more + "\r\n"
                + body;
    }

    private static String hold(String session) {
        String body = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\",\"params\":{\"name\":\"hold\"}}";
        return "POST /mcp/up1 HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                + "Accept: application/json\r\nMcp-Session-Id: " + session + "\r\nContent-Length: " + body.length()
                + "\r\n\r\n" + body;
    }

    private static String modern(String method, String members, String more) {
        String body = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"" + method + "\",\"params\":{" + members + ","
                + EndpointFixture.META + "}}";
        return "POST /mcp/up1 HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                + "MCP-Protocol-Version: 2026-07-28\r\nMcp-Method: " + method + "\r\n" + more + "Content-Length: "
                + body.length() + "\r\n\r\n" + body;
    }

    private static String listen() {
        return modern(
                "subscriptions/listen",
                "\"notifications\":{\"toolsListChanged\":true}",
                "Accept: application/json, text/event-stream\r\n");
    }

    private static String tool(String name, String more) {
        return modern("tools/call", "\"name\":\"" + name + "\",\"arguments\":{}", "Mcp-Name: " + name + "\r\n" + more);
    }

    /** Reads no more than the head of the answer, on a connection that takes in next to nothing of the rest. */
    private static RawHttp unread(VertxServer by, String request) {
        RawHttp http = new RawHttp(by.port(), RECEIVE_BUFFER).send(request);
        assertThat(http.head().status()).isEqualTo(200);
        return http;
    }

    /** On a server that takes one connection only, and no further one while it has that. */
    private void assertThatOthersGetIn(VertxServer to) {
        await().atMost(Duration.ofSeconds(20)).ignoreExceptions().untilAsserted(() -> {
            try (RawHttp http = new RawHttp(to.port())) {
                assertThat(http.send(call("")).answer().status()).isEqualTo(200);
            }
        });
    }

    @Test
    void servesSeveralRequestsOnOneConnection() {
        try (RawHttp http = new RawHttp(server.port())) {
            assertThat(http.send(call("")).answer().status()).isEqualTo(200);
            assertThat(http.send(call("")).answer().status()).isEqualTo(200);
            http.send(call("") + call(""));
            assertThat(http.answer().status()).isEqualTo(200);
            assertThat(http.answer().status()).isEqualTo(200);
        }
    }

    @Test
    void recordsNothingBeforeSomebodyComes() {
        assertThat(audit.events()).isEmpty();
    }

    @Test
    void dropsWhoSendsOneByteAtATime() throws Exception {
        try (RawHttp http = new RawHttp(server.port())) {
            await().atMost(Duration.ofSeconds(10)) // a time limit that begins anew with each byte would never end it
                    .pollInterval(Duration.ofMillis(100))
                    .until(() -> isGoneAfter(http, "P"));
        }
    }

    private static boolean isGoneAfter(RawHttp http, String text) throws IOException {
        http.socket.setSoTimeout(1);
        try {
            http.send(text);
        } catch (UncheckedIOException broken) {
            return true;
        }
        return http.isClosedByServer();
    }

    @Test
    void dropsWhoComesBackTooLate() {
        try (RawHttp http = new RawHttp(server.port())) {
            assertThat(http.send(call("")).answer().status()).isEqualTo(200);
            assertThat(http.isClosedByServer()).isTrue();
        }
    }

    @Test
    void keepsAConnectionWhoseCallTakesLong() {
        try (RawHttp http = new RawHttp(server.port())) {
            String session = http.send(call("")).answer().header("Mcp-Session-Id");
            http.send(hold(session));
            await().until(() -> upstream.held.size() == 1);
            await().pollDelay(Duration.ofMillis(2_500)).until(() -> true);
            upstream.release.complete(null);
            assertThat(http.answer().body()).contains("held");
        }
    }

    @Test
    void keepsAConnectionWhoseSecondCallCameWithTheFirst() {
        try (RawHttp http = new RawHttp(server.port())) {
            String session = http.send(call("")).answer().header("Mcp-Session-Id");
            http.send(call("") + hold(session));
            assertThat(http.answer().status()).isEqualTo(200);
            await().until(() -> upstream.held.size() == 1);
            await().pollDelay(Duration.ofMillis(2_500)).until(() -> true);
            upstream.release.complete(null);
            assertThat(http.answer().body()).contains("held");
        }
    }

    @Test
    void takesSoManyConnectionsAndNoMore() throws Exception {
        List<Socket> open = new ArrayList<>();
        try (VertxServer patient = started(
                VertxServer.of(another(EndpointLimits.DEFAULT)).limits(LIMITS.withTimeouts(NEVER, NEVER, NEVER)))) {
            for (int i = 0; i < 4; i++) {
                RawHttp http = new RawHttp(patient.port());
                open.add(http.socket);
                assertThat(http.send(call("")).answer().status()).isEqualTo(200);
            }
            try (RawHttp fifth = new RawHttp(patient.port())) {
                assertThatThrownBy(() -> fifth.send(call("")).answer()).isInstanceOf(UncheckedIOException.class);
            }
            for (Socket socket : open) {
                socket.close();
            }
            await().untilAsserted(() -> {
                try (RawHttp http = new RawHttp(patient.port())) {
                    assertThat(http.send(call("")).answer().status()).isEqualTo(200);
                }
            });
        } finally {
            for (Socket socket : open) {
                socket.close();
            }
        }
    }

    @Test
    void refusesHugeHeaders() {
        try (RawHttp http = new RawHttp(server.port())) {
            http.send(call("X-Big: " + "x".repeat(20 << 10) + "\r\n"));
            assertThat(http.head().status()).isEqualTo(431);
        }
    }

    @Test
    void refusesAmbiguousFraming() {
        for (String framing : List.of(
                "Transfer-Encoding: chunked\r\n",
                "Content-Length: 5\r\n",
                "Transfer-Encoding: xchunked\r\n",
                "X: a\u0000b\r\n")) {
            try (RawHttp http = new RawHttp(server.port())) {
                http.send(call(framing));
                assertThat(http.head().status()).as(framing).isGreaterThanOrEqualTo(400);
            }
        }
        assertThat(upstream.calls).isEmpty();
    }

    @Test
    void neverReadsOneRequestAsTwo() {
        String inner = call("");
        try (RawHttp http = new RawHttp(server.port())) {
            http.send("POST /mcp/up1 HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                    + "Content-Length: " + (5 + inner.length()) + "\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
                    + inner);
            assertThat(http.head().status()).isEqualTo(400);
            assertThat(http.isClosedByServer()).isTrue();
        }
        assertThat(upstream.calls).isEmpty();
    }

    @Test
    void breaksOffWhoDoesNotReadALargeAnswer() {
        ServerLimits one = LIMITS.withConnections(1).withTimeouts(NEVER, NEVER, NEVER);
        try (VertxServer strict =
                        started(VertxServer.of(another(EndpointLimits.DEFAULT)).limits(one));
                RawHttp http = unread(strict, tool("huge", "Accept: application/json\r\n"))) {
            assertThatOthersGetIn(strict);
            assertThat(http.isClosedByServer()).isTrue();
        }
    }

    /** Each answer is small, and all of them would be kept for whoever asks on and on. */
    @Test
    @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD) // who is not cut off writes for ever
    void breaksOffWhoAsksOnAndReadsNoAnswer() {
        ServerLimits patient = LIMITS.withTimeouts(NEVER, NEVER, NEVER);
        try (VertxServer strict =
                        started(VertxServer.of(another(EndpointLimits.DEFAULT)).limits(patient));
                RawHttp http = new RawHttp(strict.port(), RECEIVE_BUFFER)) {
            String call = echo();

            assertThatThrownBy(() -> {
                        for (int i = 0; i < MANY; i++) {
                            http.send(call);
                        }
                    })
                    .isInstanceOf(UncheckedIOException.class);
            assertThat(upstream.calls).hasSizeLessThan(MANY / 2);
        }
    }

    /** What is answered without its body is answered where the last answer went out, and so on. */
    @ParameterizedTest
    @ValueSource(ints = {0, 100, 1_000})
    @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void breaksOffWhoAsksOnForNothingAndStopsReading(int readBefore) {
        ServerLimits patient = LIMITS.withTimeouts(NEVER, NEVER, NEVER);
        String nothing = "GET /nowhere HTTP/1.1\r\nHost: localhost\r\n\r\n".repeat(1_000);
        try (VertxServer strict =
                        started(VertxServer.of(another(EndpointLimits.DEFAULT)).limits(patient));
                RawHttp http = new RawHttp(strict.port(), RECEIVE_BUFFER)) {
            http.send(nothing);
            for (int i = 0; i < readBefore; i++) {
                assertThat(http.answer().status()).isEqualTo(404);
            }

            assertThatThrownBy(() -> {
                        for (int i = 0; i < MANY; i++) {
                            http.send(nothing);
                        }
                    })
                    .isInstanceOf(UncheckedIOException.class);
        }
    }

    @Test
    void doesNotCutOffWhoHasAskedOnBehindALargeAnswerThatIsBeingRead() {
        ServerLimits hurried = LIMITS.withTimeouts(NEVER, NEVER, NEVER).withStall(Duration.ofSeconds(3));
        try (VertxServer slow =
                        started(VertxServer.of(another(EndpointLimits.DEFAULT)).limits(hurried));
                RawHttp http = new RawHttp(slow.port(), 256 << 10).pausing(Duration.ofMillis(20))) {
            http.send(tool("huge", "Accept: application/json\r\n") + call(""));

            assertThat(http.answer().body()).hasSizeGreaterThan(ScriptedUpstream.HUGE_BYTES);
            assertThat(http.answer().status()).isEqualTo(200);
        }
    }

    @Test
    void answersWhoAsksOnAndReads() throws Exception {
        ServerLimits patient = LIMITS.withTimeouts(NEVER, NEVER, NEVER).withStall(NEVER);
        try (VertxServer slow =
                        started(VertxServer.of(another(EndpointLimits.DEFAULT)).limits(patient));
                RawHttp http = new RawHttp(slow.port(), RECEIVE_BUFFER)) {
            String call = echo();
            Thread asking = new Thread(() -> {
                for (int i = 0; i < MANY; i++) {
                    http.send(call);
                }
            });
            asking.start();

            for (int i = 0; i < MANY; i++) {
                assertThat(http.answer().body()).hasSizeGreaterThan(ECHOED_BYTES);
            }
            asking.join();
        }
    }

    private static String echo() {
        return modern(
                "tools/call",
                "\"name\":\"echo\",\"arguments\":{\"text\":\"" + "x".repeat(ECHOED_BYTES) + "\"}",
                "Mcp-Name: echo\r\nAccept: application/json\r\n");
    }

    @Test
    void breaksOffWhoDoesNotReadAStream() {
        EndpointLimits hurried = EndpointLimits.DEFAULT.withStreams(NEVER, Duration.ofMillis(300));
        ServerLimits one = LIMITS.withConnections(1).withTimeouts(NEVER, NEVER, NEVER);
        try (VertxServer strict = started(VertxServer.of(another(hurried)).limits(one));
                RawHttp http = unread(strict, tool("flood", "Accept: application/json, text/event-stream\r\n"))) {
            assertThatOthersGetIn(strict);
            assertThat(http.isClosedByServer()).isTrue();
        }
    }

    @Test
    void goesOnWithTheEndOfAStreamForWhoReadsItForLongerThanAStall() {
        ServerLimits hurried = LIMITS.withTimeouts(NEVER, NEVER, NEVER).withStall(Duration.ofSeconds(5));
        EndpointLimits patient = EndpointLimits.DEFAULT.withStreams(NEVER, NEVER);
        try (VertxServer slow = started(VertxServer.of(another(patient)).limits(hurried));
                RawHttp http = new RawHttp(slow.port(), 256 << 10).pausing(Duration.ofMillis(30))) {
            http.send(tool("huge", "Accept: text/event-stream\r\n"));

            assertThat(http.answer().body())
                    .hasSizeGreaterThan(ScriptedUpstream.HUGE_BYTES)
                    .endsWith("}}\n\n");
        }
    }

    @Test
    void takesNoConnectionForIdleWhoseLargeAnswerIsStillBeingRead() {
        ServerLimits patient = LIMITS.withStall(NEVER);
        try (VertxServer slow =
                        started(VertxServer.of(another(EndpointLimits.DEFAULT)).limits(patient));
                RawHttp http = new RawHttp(slow.port())) {
            assertThat(http.send(tool("huge", "Accept: application/json\r\n"))
                            .head()
                            .status())
                    .isEqualTo(200);
            await().pollDelay(LIMITS.idleTimeout().multipliedBy(2)).until(() -> true);

            assertThat(http.body()).hasSizeGreaterThan(ScriptedUpstream.HUGE_BYTES);
            assertThat(http.isClosedByServer()).isTrue(); // now it is idle
        }
    }

    @Test
    void closesAlsoWhileSomebodyDoesNotReadTheLastAnswer() {
        ServerLimits patient = LIMITS.withTimeouts(NEVER, NEVER, NEVER).withStall(NEVER);
        VertxServer closing =
                started(VertxServer.of(another(EndpointLimits.DEFAULT)).limits(patient));
        try (RawHttp http = unread(closing, tool("huge", "Accept: application/json\r\nConnection: close\r\n"))) {
            assertThat(closing.shutdown()).succeedsWithin(Duration.ofSeconds(20));
            assertThat(http.isClosedByServer()).isTrue();
        }
    }

    @Test
    void doesNotWaitForWhoListensWhenItCloses() {
        VertxServer closing = VertxServer.of(another(EndpointLimits.DEFAULT))
                .drain(NEVER)
                .build()
                .start()
                .toCompletableFuture()
                .join();
        try (RawHttp http = new RawHttp(closing.port()).send(listen())) {
            assertThat(http.head().status()).isEqualTo(200);
            assertThat(http.event()).contains("notifications/subscriptions/acknowledged");

            CompletionStage<Void> closed = closing.shutdown();

            assertThat(http.event()).contains("\"id\":1,\"result\":");
            assertThat(http.event()).isNull();
            assertThat(closed).succeedsWithin(Duration.ofSeconds(20));
        }
    }

    @Test
    void freesItsPortAndItsThreads() throws Exception {
        int port = server.port();
        server.close();
        assertThatThrownBy(() -> new RawHttp(port)).hasCauseInstanceOf(ConnectException.class);
        await().until(VertxServerTest::noThreadIsLeft);
        server.close();
    }

    private static boolean noThreadIsLeft() {
        return Thread.getAllStackTraces().keySet().stream()
                .noneMatch(thread -> thread.getName().startsWith("vert.x-"));
    }

    @Test
    void freesItsPortAndItsThreadsWhereItIsClosedWhileItStarts() throws Exception {
        server.close(); // the names of whose threads are the same
        int port = freePort();
        VertxServer starting =
                VertxServer.of(another(EndpointLimits.DEFAULT)).port(port).build();

        CompletableFuture<VertxServer> started = starting.start().toCompletableFuture();
        starting.close();

        await().until(started::isDone);
        assertThatThrownBy(() -> new RawHttp(port)).hasCauseInstanceOf(ConnectException.class);
        await().until(VertxServerTest::noThreadIsLeft);
    }

    @Test
    void doesNotStartWhereItIsShutDownMeanwhile() {
        Vertx host = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
        CountDownLatch held = new CountDownLatch(1);
        try {
            host.runOnContext(busy -> awaitUninterruptibly(held));
            VertxServer starting =
                    VertxServer.of(another(EndpointLimits.DEFAULT)).vertx(host).build();
            CompletableFuture<VertxServer> started = starting.start().toCompletableFuture();
            CompletableFuture<Void> ended = starting.shutdown().toCompletableFuture();
            held.countDown();

            assertThat(started)
                    .failsWithin(Duration.ofSeconds(10))
                    .withThrowableThat()
                    .havingCause()
                    .isInstanceOf(IllegalStateException.class)
                    .withMessageContaining("was shut down");
            assertThat(ended).succeedsWithin(Duration.ofSeconds(10));
        } finally {
            held.countDown();
            host.close().toCompletionStage().toCompletableFuture().join();
        }
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return free.getLocalPort();
        }
    }

    @Test
    void doesNotStartOnceItWasClosed() {
        VertxServer closed = VertxServer.of(another(EndpointLimits.DEFAULT)).build();
        closed.close();

        assertThat(closed.start())
                .failsWithin(Duration.ofSeconds(10))
                .withThrowableThat()
                .havingCause()
                .isInstanceOf(IllegalStateException.class)
                .withMessageContaining("was shut down");
    }

    @Test
    void doesNotStartTwice() {
        assertThat(server.start())
                .failsWithin(Duration.ofSeconds(10))
                .withThrowableThat()
                .havingCause()
                .isInstanceOf(IllegalStateException.class)
                .withMessageContaining("started already");
    }

    @Test
    void saysThatAPortIsTaken() {
        VertxServer second = VertxServer.of(endpoint).port(server.port()).build();
        assertThatThrownBy(() -> second.start().toCompletableFuture().join())
                .isInstanceOf(CompletionException.class)
                .hasCauseInstanceOf(BindException.class);
    }

    @Test
    void startsWhenThePortThatWasTakenIsFree() {
        int port = server.port();
        try (VertxServer second =
                VertxServer.of(another(EndpointLimits.DEFAULT)).port(port).build()) {
            assertThat(second.start()).failsWithin(Duration.ofSeconds(10));
            server.close();

            assertThat(second.start()).succeedsWithin(Duration.ofSeconds(10));

            assertThat(second.port()).isEqualTo(port);
        }
    }

    @Test
    void leavesTheHostsVertxOpen() {
        Vertx host = Vertx.vertx();
        try {
            VertxServer guest =
                    started(VertxServer.of(McpEndpoint.over(gateway).build()).vertx(host));
            guest.close();
            assertThat(host.deploymentIDs()).isEmpty();
            VertxServer again =
                    started(VertxServer.of(McpEndpoint.over(gateway).build()).vertx(host));
            again.close();
        } finally {
            host.close().toCompletionStage().toCompletableFuture().join();
        }
    }
}
