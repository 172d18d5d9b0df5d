package io.mcpgate.http.endpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The ids of events, and the first event of a stream, which has nothing else. */
abstract class PrimingScenarios extends StreamsFixture {
    @Test
    void isTheFirstEventOfACallsStream() {
        Held held = new Held(session(), 1);
        assertThat(held.priming.isPriming()).isTrue();
        assertThat(held.priming.retry()).isEmpty(); // the Java SDK's client up to 1.1.5 would drop the stream
        up1.release.complete(null);
        RawHttp.Event reply = held.http.next();
        assertThat(reply.data()).contains("held");
        assertThat(reply.id()).isNotEmpty().isNotEqualTo(held.priming.id());
        assertThat(held.http.next()).isNull();
    }

    @Test
    void isTheFirstEventOfAnAnswerThatOnlySuitsAsAStream() {
        RawHttp http = legacyTool(session(), 1, "echo")
                .with("Accept", "text/event-stream")
                .begin();
        http.head();
        assertThat(http.next().isPriming()).isTrue();
        assertThat(http.next().data()).contains("\"id\":1,\"result\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"2025-03-26", "2025-06-18"})
    void isUnknownToEarlierRevisionsThatHaveIdsNevertheless(String revision) {
        String session = session(revision);
        RawHttp http = legacyTool(session, 1, "progress")
                .with("MCP-Protocol-Version", revision)
                .begin();
        http.head();
        RawHttp.Event first = http.next();
        assertThat(first.data()).contains("\"progress\":1");
        assertThat(first.id()).isNotEmpty();
        RawHttp again = resume(session, first.id());
        assertThat(again.event()).contains("\"progress\":2");
        assertThat(again.event()).contains("done");
        assertThat(again.event()).isNull();
    }

    @Test
    void isNoPartOfModernStreams() {
        RawHttp http = modernTool("progress").begin();
        http.head();
        RawHttp.Event first = http.next();
        assertThat(first.data()).contains("\"progress\":1");
        assertThat(first.id()).isEmpty();
    }

    @Test
    void commentsHaveNoIdsAndTakeNone() {
        String session = session();
        Held held = new Held(session, 1);
        String first = held.hears("one");
        int before = held.http.comments();
        CompletableFuture<RawHttp.Event> next = CompletableFuture.supplyAsync(held.http::next);
        await().until(() -> held.http.comments() > before + 1);
        held.says("two");
        assertThat(next.join().data()).contains("two");
        assertThat(idNumber(next.join().id())).isEqualTo(idNumber(first) + 1);
    }

    private static int idNumber(String eventId) {
        return Integer.parseInt(eventId.substring(eventId.lastIndexOf('.') + 1));
    }

    @Test
    void hasIdsOfItsOwnOnEachOfSeveralStreams() {
        String session = session();
        Set<String> ids = Set.of(
                new Held(session, 1).priming.id(),
                new Held(session, 2).priming.id(),
                new Held(session, 3).priming.id());
        assertThat(ids).hasSize(3);
    }
}
