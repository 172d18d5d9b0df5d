package io.mcpgate.http.endpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mcpgate.Reply;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What is kept for clients that come back, and what is not. */
abstract class ReplayScenarios extends StreamsFixture {
    @Test
    void losesTheOldestFirst() throws Exception {
        keeping(events(3));
        String session = session();
        Held held = new Held(session, 1);
        held.http.reset();
        for (int i = 1; i <= 6; i++) {
            held.says("number " + i).join();
        }
        RawHttp again = resume(session, held.priming.id());
        assertThat(again.event()).contains("number 4");
        assertThat(again.event()).contains("number 5");
        assertThat(again.event()).contains("number 6");
        up1.release.complete(null);
        assertThat(again.event()).contains("held");
    }

    @Test
    void losesTheOldestOverAllStreamsOfTheSession() throws Exception {
        keeping(events(3));
        String session = session();
        Held first = new Held(session, 1);
        up1.release.complete(null);
        assertThat(first.http.event()).contains("held");
        for (int id = 2; id <= 4; id++) {
            legacyTool(session, id, "echo").with("Accept", "text/event-stream").answer();
        }
        assertThat(resuming(session, first.priming.id()).status()).isEqualTo(410);
    }

    @Test
    void isNotAResponseThatIsTooLarge() throws Exception {
        keeping(bytes(300, 1 << 20));
        String session = session();
        RawHttp http = legacy(
                        session, 1, "tools/call", "\"name\":\"echo\",\"arguments\":{\"x\":\"" + "y".repeat(400) + "\"}")
                .with("Accept", "text/event-stream")
                .begin();
        http.head();
        String priming = http.next().id();
        assertThat(http.event()).contains("yyy");
        assertThat(resuming(session, priming).status()).isEqualTo(410);
    }

    @Test
    void isBoundedOverAllSessions() throws Exception {
        keeping(bytes(1_000, 2_400));
        String full = session();
        Held first = new Held(full, 1);
        first.http.reset();
        first.says("x".repeat(800)).join();
        String other = session();
        Held second = new Held(other, 1);
        second.http.reset();
        await().until(() -> second.says("y".repeat(800)).join() instanceof Reply.Failure);
        assertThat(resume(full, first.priming.id()).event()).contains("xxx");
        assertThat(onSession("DELETE", full).status()).isEqualTo(204);
        assertThat(second.says("z".repeat(800)).join()).isInstanceOf(Reply.Accepted.class);
    }

    @Test
    void leavesRoomForOtherPrincipals() throws Exception {
        keeping(bytes(1_000, 1_900));
        for (int i = 0; i < 3; i++) {
            Held greedy = new Held(session(), 1);
            greedy.http.reset();
            greedy.says("x".repeat(700)).join();
        }
        String bobs = initialize().with("Authorization", "Bearer bob").answer().header("Mcp-Session-Id");
        Sent call = legacy(bobs, 1, "tools/call", "\"name\":\"echo\",\"arguments\":{\"x\":\"" + "y".repeat(200) + "\"}")
                .with("Accept", "text/event-stream")
                .with("Authorization", "Bearer bob");
        RawHttp http = call.begin();
        http.head();
        String priming = http.next().id();
        assertThat(http.event()).contains("yyy");

        RawHttp again =
                resuming(bobs, priming).with("Authorization", "Bearer bob").begin();

        assertThat(again.head().status()).isEqualTo(200);
        assertThat(again.event()).contains("yyy");
    }

    @Test
    void isNothingIfTheLimitsSaySo() throws Exception {
        keeping(events(0));
        String session = session();
        Held held = new Held(session, 1);
        held.hears("one");
        up1.release.complete(null);
        assertThat(held.http.event()).contains("held");
        assertThat(resuming(session, held.priming.id()).status()).isEqualTo(410);
    }

    @Test
    void growsOld() throws Exception {
        keeping(new EndpointLimits.Replay(256, 1 << 20, Duration.ofMillis(100), REPLAY.bytesInAll(), REPLAY.retry()));
        String session = session();
        RawHttp http = legacyTool(session, 1, "echo")
                .with("Accept", "text/event-stream")
                .begin();
        http.head();
        String priming = http.next().id();
        await().until(() -> {
            RawHttp again = resuming(session, priming).begin();
            return again.head().status() == 410;
        });
    }

    @Test
    void goesWithTheSession() {
        String session = session();
        RawHttp general = listen(session);
        Held held = new Held(session, 1);
        held.hears("one");
        assertThat(onSession("DELETE", session).status()).isEqualTo(204);
        assertThat(general.event()).isNull();
        String last = held.http.event();
        assertThat(last == null || last.contains("\"id\":1")).isTrue();
        assertThat(resuming(session, held.priming.id()).status()).isEqualTo(404);
        assertThat(held.says("two").join()).isInstanceOf(Reply.Failure.class);
    }
}
