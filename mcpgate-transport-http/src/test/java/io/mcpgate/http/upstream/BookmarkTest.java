package io.mcpgate.http.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BookmarkTest {
    private final Bookmark bookmark = new Bookmark();

    private void read(String text) throws BadAnswer {
        new EventStream(1_000, bookmark, (type, data) -> CompletableFuture.completedFuture(null))
                .feed(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void standsBehindTheLastEvent() throws BadAnswer {
        read("id: a\ndata: 1\n\nid: b\ndata:\n\nid: c\ndata: 2\n");

        assertThat(bookmark.eventId()).contains("b");
        assertThat(bookmark.headers()).singleElement().satisfies(header -> {
            assertThat(header.name()).isEqualTo("Last-Event-ID");
            assertThat(header.value()).isEqualTo("b");
        });
    }

    @Test
    void staysWhereItIsOnANewStreamUntilAnotherIdComes() throws BadAnswer {
        read("id: a\ndata: 1\n\n");
        read("data: 2\n\n");
        assertThat(bookmark.eventId()).contains("a");

        read("id: b\ndata: 3\n\n");
        assertThat(bookmark.eventId()).contains("b");
    }

    @ParameterizedTest
    @ValueSource(strings = {"é", "a\u0001", "", "a "})
    void isLostByAnIdThatNoHeaderCarries(String id) throws BadAnswer {
        read("id: a\ndata: 1\n\nid: " + id + "\ndata: 2\n\n");

        assertThat(bookmark.eventId()).isEmpty();
    }

    @Test
    void isNotWaitedForLongerThanAMinute() throws BadAnswer {
        Duration usual = Duration.ofSeconds(1);
        assertThat(bookmark.wait(usual)).isEqualTo(usual);

        read("retry: 20\n\n");
        assertThat(bookmark.wait(usual)).isEqualTo(Duration.ofMillis(20));

        read("retry: 999999999999\n\n");
        assertThat(bookmark.wait(usual)).isEqualTo(Duration.ofMinutes(1));
    }
}
