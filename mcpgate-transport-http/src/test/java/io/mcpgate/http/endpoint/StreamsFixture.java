package io.mcpgate.http.endpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mcpgate.Call;
import io.mcpgate.Payload;
import io.mcpgate.Principal;
import io.mcpgate.Reply;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** The event streams of legacy sessions: calls that go on for a while, and clients that listen and come back. */
abstract class StreamsFixture extends EndpointFixture {
    static final EndpointLimits.Replay REPLAY = EndpointLimits.Replay.DEFAULT;

    void keeping(EndpointLimits.Replay replay) throws Exception {
        restart(LIMITS.withReplay(replay), Set.of(), Set.of());
    }

    static EndpointLimits.Replay events(int count) {
        return new EndpointLimits.Replay(count, REPLAY.bytes(), REPLAY.age(), REPLAY.bytesInAll(), REPLAY.retry());
    }

    static EndpointLimits.Replay bytes(int inSession, long inAll) {
        return new EndpointLimits.Replay(REPLAY.events(), inSession, REPLAY.age(), inAll, REPLAY.retry());
    }

    /** A call that goes on until it is released, on a stream that is open. */
    final class Held {
        final Call call;
        final RawHttp http;
        final RawHttp.Event priming;

        Held(String session, int id) {
            int before = up1.held.size();
            http = legacyTool(session, id, "hold").begin();
            await().until(() -> up1.held.size() == before + 1);
            call = up1.held.get(before);
            assertThat(http.head().header("Content-Type")).isEqualTo("text/event-stream");
            priming = http.next();
        }

        CompletableFuture<Reply> says(String text) {
            return call.session()
                    .deliver(call.notificationToClient(
                            "notifications/message", Payload.of(Map.of("level", "info", "data", text))))
                    .toCompletableFuture()
                    .orTimeout(10, TimeUnit.SECONDS);
        }

        String hears(String text) {
            says(text);
            RawHttp.Event event = http.next();
            assertThat(event.data()).contains(text);
            return event.id();
        }
    }

    Sent resuming(String session, String eventId) {
        return onSession("GET", session).with("Last-Event-ID", eventId);
    }

    RawHttp resume(String session, String eventId) {
        RawHttp http = resuming(session, eventId).begin();
        assertThat(http.head().status()).isEqualTo(200);
        return http;
    }

    RawHttp listen(String session) {
        RawHttp http = onSession("GET", session).begin();
        assertThat(http.head().status()).isEqualTo(200);
        assertThat(http.next().isPriming()).isTrue();
        return http;
    }

    /** The server says something on its own. */
    Reply announce(String text) {
        Call call = up1.calls.get(0);
        return call.session()
                .deliver(Call.unsolicited(
                        null,
                        "notifications/message",
                        Payload.of(Map.of("level", "info", "data", text)),
                        call.session(),
                        Principal.of("alice", "all"),
                        "up1"))
                .toCompletableFuture()
                .orTimeout(10, TimeUnit.SECONDS)
                .join();
    }
}
