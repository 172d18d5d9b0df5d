package io.mcpgate.http.endpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mcpgate.audit.AuditEvent;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Bodies that come in, and do not come to an end, of clients that have not shown who they are. */
abstract class BodiesAtOnceScenarios extends EndpointFixture {
    private static final int ROOM = 1 << 20;
    private static final int HALF_SENT = 100 << 10;
    private static final int FIT = ROOM / HALF_SENT;
    private static final Duration NEVER = Duration.ofMinutes(10);

    private void restart(Duration bodyTimesOut) throws Exception {
        bodyTimeout = bodyTimesOut;
        restart(LIMITS.withBodies(ROOM), Set.of(), Set.of());
    }

    /** Without a credential, and without its last byte. */
    private RawHttp halfSent(int bytes) {
        RawHttp http = connect();
        http.send(modernTool("echo").with("Authorization", null).head() + "Content-Length: " + bytes + "\r\n\r\n");
        try {
            http.send(" ".repeat(bytes - 1));
        } catch (UncheckedIOException ended) {
            // it was refused before all of it was sent, and the answer says so
        }
        return http;
    }

    /** So that a byte for each of them may be left, and no more. */
    private List<RawHttp> fillTheRoom() {
        List<RawHttp> clients = new ArrayList<>();
        for (int free = ROOM; free > 0; free -= HALF_SENT) {
            int size = Math.min(free, HALF_SENT);
            long atLeast = endpoint.bodyBytesTaken() + size - 1;
            clients.add(halfSent(size));
            await().until(() -> endpoint.bodyBytesTaken() >= atLeast);
        }
        return clients;
    }

    private void assertThatALargeMessageIsTaken() {
        String text = "x".repeat(ROOM / 2);
        assertThat(modern("tools/call", "\"name\":\"echo\",\"arguments\":{\"text\":\"" + text + "\"}")
                        .with("Mcp-Name", "echo")
                        .status())
                .isEqualTo(200);
    }

    @Test
    void refusesThoseForWhichNoRoomIsLeft() throws Exception {
        restart(NEVER);
        fillTheRoom();
        List<RawHttp> late = new ArrayList<>();
        for (int i = 0; i < FIT; i++) {
            RawHttp http = halfSent(HALF_SENT);
            RawHttp.Answer answer = http.answer();
            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.header("Retry-After")).isEqualTo("1");
            late.add(http);
        }
        assertThat(late).allMatch(RawHttp::isClosedByServer);
        assertThat(endpoint.bodyBytesTaken()).isBetween(ROOM - FIT - 1L, (long) ROOM);
        assertThat(audit.events().stream().filter(event -> event.verdict() == AuditEvent.Verdict.REFUSED))
                .hasSize(FIT);
    }

    @Test
    void takesSmallOnesAllTheSame() throws Exception {
        restart(NEVER);
        fillTheRoom();
        assertThat(modernTool("echo").status()).isEqualTo(200);
    }

    @Test
    void hasItsRoomBackWhenClientsGoAway() throws Exception {
        restart(NEVER);
        List<RawHttp> clients = fillTheRoom();
        for (RawHttp client : clients.subList(0, FIT / 2)) {
            client.reset();
        }
        clients.subList(FIT / 2, clients.size()).forEach(RawHttp::close);
        await().until(() -> endpoint.bodyBytesTaken() == 0);
        assertThatALargeMessageIsTaken();
    }

    @Test
    void hasItsRoomBackWhenTheyTakeTooLong() throws Exception {
        restart(Duration.ofSeconds(1));
        for (int i = 0; i < FIT / 2; i++) {
            assertThat(halfSent(HALF_SENT).head().status()).isEqualTo(408);
        }
        assertThat(endpoint.bodyBytesTaken()).isZero();
    }

    @Test
    void hasItsRoomBackWhenTheyAreWhole() throws Exception {
        restart(NEVER);
        for (int i = 0; i < 5; i++) {
            assertThatALargeMessageIsTaken();
        }
        assertThat(endpoint.bodyBytesTaken()).isZero();
    }
}
