package io.mcpgate.langchain4j;

import static io.mcpgate.langchain4j.ScriptedTransport.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.POJONode;
import io.mcpgate.Payload;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class NodePayloadTest {
    private static final String EVERYTHING = "{\"s\":\"é\",\"b\":true,\"n\":null,\"l\":9007199254740993,"
            + "\"i\":123456789012345678901234567890,\"d\":2.5,\"a\":[1,null,{\"x\":\"y\"}],\"o\":{\"p\":{\"q\":7}}}";

    private final NodePayload payload = new NodePayload(json(EVERYTHING));

    @Test
    void isConvertedToTheTypesOfTheJdk() {
        assertThat(payload.members())
                .containsEntry("s", "é")
                .containsEntry("b", true)
                .containsEntry("n", null)
                .containsEntry("l", 9007199254740993L)
                .containsEntry("i", new BigInteger("123456789012345678901234567890"))
                .containsEntry("d", new BigDecimal("2.5"))
                .containsEntry("a", Arrays.asList(1L, null, Map.of("x", "y")))
                .containsEntry("o", Map.of("p", Map.of("q", 7L)));
        assertThat(payload.value()).as("once").isSameAs(payload.value());
    }

    @Test
    void cannotBeChanged() {
        assertThatThrownBy(() -> payload.members().put("x", 1)).isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(() -> ((List<?>) payload.member("a")).clear())
                .isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void showsSingleMembers() {
        assertThat(payload.member("o", "p", "q")).isEqualTo(7L);
        assertThat(payload.string("s")).contains("é");
        assertThat(payload.string("b")).isEmpty();
        assertThat(payload.member("n")).isNull();
        assertThat(payload.member("s", "deeper")).isNull();
        assertThat(payload.member("nowhere", "at", "all")).isNull();
        assertThat(payload.member()).isEqualTo(payload.value());
    }

    @Test
    void writesTheSameJson() {
        assertThat(StandardCharsets.UTF_8.decode(payload.json()).toString()).isEqualTo(EVERYTHING);
        assertThat(payload.knownSize()).isEqualTo(-1);
    }

    @Test
    void maybeNoObject() {
        assertThat(new NodePayload(json("[1]")).value()).isEqualTo(List.of(1L));
        assertThat(new NodePayload(json("\"x\"")).members()).isEmpty();
        assertThat(new NodePayload(json("null")).value()).isNull();
    }

    @Test
    void refusesWhatIsNoJson() {
        assertThatThrownBy(() -> new NodePayload(json("[1e400]")).value())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("not finite");
        assertThatThrownBy(() -> new NodePayload(new POJONode(new Object())).value())
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void keepsItsContentOutOfItsName() {
        assertThat(payload).hasToString("Payload[OBJECT]");
    }

    @Test
    void keepsAllDigitsOfWhatAStepHasMade() {
        JsonNode node = Nodes.body(Payload.of(Map.of("d", new BigDecimal("0.10000000000000000001"))));

        assertThat(node.toString()).isEqualTo("{\"d\":0.10000000000000000001}");
    }
}
