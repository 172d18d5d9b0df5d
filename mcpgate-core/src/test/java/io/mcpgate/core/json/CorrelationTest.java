package io.mcpgate.core.json;

import static org.assertj.core.api.Assertions.assertThat;

import io.mcpgate.Payload;
import io.mcpgate.RequestId;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CorrelationTest {
    private static Payload params(String json) throws MalformedMessage {
        byte[] message = ("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/progress\",\"params\":" + json + "}")
                .getBytes(StandardCharsets.UTF_8);
        return ((Envelope.Request) new JsonReader(JsonLimits.DEFAULT).read(message)).params();
    }

    private static String text(Payload payload) {
        return StandardCharsets.UTF_8.decode(payload.json()).toString();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "{\"progressToken\":7,\"progress\":0.50}           | {\"progressToken\":\"seven \\\"7\\\"\",\"progress\":0.50}",
                "{ \"progress\" : 1e0 , \"progressToken\" : \"é\" } | { \"progress\" : 1e0 , \"progressToken\" : \"seven \\\"7\\\"\" }",
                "{\"x\":{\"progressToken\":1},\"progressToken\":2} | {\"x\":{\"progressToken\":1},\"progressToken\":\"seven \\\"7\\\"\"}"
            })
    void anotherTokenChangesNoOtherByte(String before, String after) throws MalformedMessage {
        Payload renamed = Correlation.rename(params(before), RequestId.of("seven \"7\""));

        assertThat(text(renamed)).isEqualTo(after);
        assertThat(Correlation.named(renamed)).contains(RequestId.of("seven \"7\""));
    }

    @Test
    void aTokenIsChangedAgainAndAgain() throws MalformedMessage {
        Payload params = params("{\"progressToken\":\"long\",\"cacheScope\":\"public\"}");

        Payload twice = Correlation.rename(Correlation.rename(params, RequestId.of(1)), RequestId.of(12_345_678));

        assertThat(text(twice)).isEqualTo("{\"progressToken\":12345678,\"cacheScope\":\"public\"}");
    }

    @Test
    void theTokenOfMetaIsAnother() throws MalformedMessage {
        Payload params = params("{\"_meta\":{\"progressToken\":1},\"progressToken\":2}");

        Payload renamed = Correlation.rename(params, RequestId.of(3));

        assertThat(renamed.member("progressToken")).isEqualTo(3L);
        assertThat(renamed.member("_meta", "progressToken")).isEqualTo(1L);
    }

    @Test
    void aTokenOfMetaThatIsNoneIsNotTakenForIt() throws MalformedMessage {
        Payload params = params("{\"progressToken\":5,\"_meta\":{\"progressToken\":null}}");

        Payload renamed = Correlation.rename(params, RequestId.of("b"));

        assertThat(text(renamed)).isEqualTo("{\"progressToken\":\"b\",\"_meta\":{\"progressToken\":null}}");
    }

    @Test
    void whatNeverWasBytesIsChangedToo() {
        Payload renamed = Correlation.rename(Payload.of(Map.of("progressToken", 1, "progress", 2)), RequestId.of("b"));

        assertThat(renamed.member("progressToken")).isEqualTo("b");
        assertThat(renamed.member("progress")).isEqualTo(2L);
    }
}
