package io.mcpgate.http.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.mcpgate.Reply;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StatusTest {
    private static Object retryAfterMs(String... values) {
        HttpEngine.Head head =
                new HttpEngine.Head(503, name -> name.equals("Retry-After") ? List.of(values) : List.of());
        Reply.Failure failure = Status.refuse(head).failure();
        return failure.data().members().get("retryAfterMs");
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "' 7 ', 7000", "86400, 86400000", "1000000000, 86400000", "99999999999999999999, 86400000"})
    void readsSecondsAndCapsThem(String value, long millis) {
        assertThat(retryAfterMs(value)).isEqualTo(millis);
    }

    @Test
    void readsADate() {
        ZonedDateTime soon = ZonedDateTime.now(ZoneOffset.UTC).plusHours(1);

        assertThat((Long) retryAfterMs(DateTimeFormatter.RFC_1123_DATE_TIME.format(soon)))
                .isBetween(
                        Duration.ofMinutes(59).toMillis(), Duration.ofHours(1).toMillis());
        assertThat(retryAfterMs("Wed, 21 Oct 2015 07:28:00 GMT")).isEqualTo(0L);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "soon", "-1", "1.5", "Wed, 99 Oct 2015 07:28:00 GMT"})
    void passesOverWhatIsNeither(String value) {
        assertThat(retryAfterMs(value)).isNull();
    }

    @Test
    void passesOverSeveralAtOnce() {
        assertThat(retryAfterMs("1", "2")).isNull();
    }
}
