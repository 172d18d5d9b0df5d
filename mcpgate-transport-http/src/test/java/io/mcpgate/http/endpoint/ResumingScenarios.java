package io.mcpgate.http.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import io.mcpgate.Payload;
import io.mcpgate.Reply;
import io.mcpgate.RequestId;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients whose connection broke and that come back ({@code Last-Event-ID}). */
abstract class ResumingScenarios extends StreamsFixture {
    @Test
    void bringsWhatWasMissedInOrderAndThenTheResponse() throws Exception {
        String session = session();
        Held held = new Held(session, 7);
        String seen = held.hears("one");
        held.http.reset();
        held.says("two").join();
        held.says("three").join();
        assertThat(held.call.cancellation().isCancelled()).isFalse();
        up1.release.complete(null);
        RawHttp again = resume(session, seen);
        assertThat(again.event()).contains("two");
        assertThat(again.event()).contains("three");
        assertThat(again.event()).contains("\"id\":7").contains("held");
        assertThat(again.event()).isNull();
    }

    @Test
    void goesOnLive() throws Exception {
        String session = session();
        Held held = new Held(session, 1);
        held.http.reset();
        held.says("one").join();
        RawHttp again = resume(session, held.priming.id());
        assertThat(again.event()).contains("one");
        held.says("two");
        assertThat(again.event()).contains("two");
        up1.release.complete(null);
        assertThat(again.event()).contains("held");
        assertThat(again.event()).isNull();
    }

    @Test
    void repeatsNothingThatTheClientHasSeen() throws Exception {
        String session = session();
        Held held = new Held(session, 1);
        held.hears("one");
        String seen = held.hears("two");
        held.http.reset();
        up1.release.complete(null);
        RawHttp again = resume(session, seen);
        assertThat(again.event()).contains("held");
    }

    @Test
    void keepsStreamsApart() throws Exception {
        String session = session();
        RawHttp general = listen(session);
        Held first = new Held(session, 1);
        Held second = new Held(session, 2);
        first.http.reset();
        second.http.reset();
        second.says("of the second").join();
        first.says("of the first").join();
        announce("of no call");
        assertThat(general.event()).contains("of no call");
        up1.release.complete(null);
        RawHttp again = resume(session, first.priming.id());
        assertThat(again.event()).contains("of the first");
        assertThat(again.event()).contains("\"id\":1");
        assertThat(again.event()).isNull();
        again = resume(session, second.priming.id());
        assertThat(again.event()).contains("of the second");
        assertThat(again.event()).contains("\"id\":2");
        assertThat(again.event()).isNull();
    }

    @Test
    void isPossibleAfterTheStreamHasEndedToo() {
        String session = session();
        Held held = new Held(session, 1);
        up1.release.complete(null);
        RawHttp.Event reply = held.http.next();
        assertThat(held.http.next()).isNull();
        assertThat(resume(session, held.priming.id()).event()).contains("held");
        assertThat(resume(session, reply.id()).event()).isNull();
    }

    @Test
    void carriesRequestsOfTheServer() throws Exception {
        String session = session();
        Held held = new Held(session, 1);
        held.http.reset();
        CompletableFuture<Reply> asked = held.call
                .session()
                .deliver(held.call.requestToClient(RequestId.of("s"), "roots/list", Payload.empty()))
                .toCompletableFuture();
        String request = resume(session, held.priming.id()).event();
        assertThat(request).contains("roots/list");
        String id = request.replaceAll(".*\"id\":([0-9]+).*", "$1");
        assertThat(post("{\"jsonrpc\":\"2.0\",\"id\":" + id + ",\"result\":{\"roots\":[]}}")
                        .with("Mcp-Session-Id", session)
                        .status())
                .isEqualTo(202);
        assertThat(asked.orTimeout(10, TimeUnit.SECONDS).join()).isInstanceOf(Reply.Complete.class);
    }

    @Test
    void survivesAClientThatComesBackAgainAndAgain() {
        String session = session();
        Held held = new Held(session, 1);
        held.hears("one");
        RawHttp before = held.http;
        for (int i = 0; i < 30; i++) {
            RawHttp again = resume(session, held.priming.id());
            assertThat(again.event()).contains("one");
            assertThat(before.event()).as("the connection that was given up").isNull();
            before = again;
        }
        up1.release.complete(null);
        assertThat(before.event()).contains("held");
        assertThat(before.event()).isNull();
    }

    @Test
    void bringsMoreThanMayWaitForAReader() throws Exception {
        String session = session();
        Held held = new Held(session, 1);
        held.http.reset();
        String large = "x".repeat(100 << 10);
        for (int i = 0; i < 20; i++) {
            held.says(i + large).join();
        }
        RawHttp again = resume(session, held.priming.id());
        for (int i = 0; i < 20; i++) {
            assertThat(again.event()).contains("\"" + i + "x");
        }
        up1.release.complete(null);
        assertThat(again.event()).contains("held");
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "a.b.c", "12345678.c1.0", "ÿ", ".c1.1", "c1.0", "99999999999999999999999999"})
    void isRefusedWithoutAnEventOfThisSession(String eventId) {
        String session = session();
        assertThat(resuming(session, eventId).status()).isEqualTo(410);
        assertThat(legacyTool(session, 1, "echo").status()).isEqualTo(200);
    }

    @Test
    void isRefusedBehindWhatWasSent() {
        String session = session();
        Held held = new Held(session, 1);
        String eventId = held.priming.id();
        assertThat(resuming(session, eventId.replaceAll("0$", "1")).status()).isEqualTo(410);
        assertThat(resuming(session, eventId.replaceAll("c[0-9]+", "c99")).status())
                .isEqualTo(410);
    }

    @Test
    void isRefusedToOtherSessionsAndPrincipals() {
        String session = session();
        Held held = new Held(session, 1);
        held.hears("secret");
        String eventId = held.priming.id();
        String others = session();
        new Held(others, 1);
        assertThat(resuming(others, eventId).status()).isEqualTo(410);
        String bobs = initialize().with("Authorization", "Bearer bob").answer().header("Mcp-Session-Id");
        assertThat(resuming(bobs, eventId).with("Authorization", "Bearer bob").status())
                .isEqualTo(410);
        assertThat(resuming(session, eventId)
                        .with("Authorization", "Bearer bob")
                        .status())
                .isEqualTo(404);
        assertThat(resuming(session, eventId).with("Authorization", null).status())
                .isEqualTo(401);
        held.hears("still here");
    }
}
