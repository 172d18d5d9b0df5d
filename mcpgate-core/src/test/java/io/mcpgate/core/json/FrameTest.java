package io.mcpgate.core.json;

import static org.assertj.core.api.Assertions.assertThat;

import io.mcpgate.Payload;
import io.mcpgate.RequestId;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FrameTest {
    private static final String TOOLS = "notifications/tools/list_changed";

    private static Frame notification(String method, Payload params) {
        return Frame.request(null, method, params);
    }

    private static Payload of(int listen) {
        return Payload.of(Map.of("_meta", Map.of("io.modelcontextprotocol/subscriptionId", listen)));
    }

    @Test
    void repeatsAnotherThatTellsOfAChangeOfTheSameList() {
        assertThat(notification(TOOLS, Payload.empty()).repeats(notification(TOOLS, Payload.empty())))
                .isTrue();
        assertThat(notification(TOOLS, of(1)).repeats(notification(TOOLS, of(1))))
                .isTrue();
    }

    @Test
    void doesNotRepeatWhatTellsOfAnotherListOrToAnotherListen() {
        Frame tools = notification(TOOLS, of(1));

        assertThat(tools.repeats(notification("notifications/prompts/list_changed", of(1))))
                .isFalse();
        assertThat(tools.repeats(notification(TOOLS, of(2)))).isFalse();
        assertThat(tools.repeats(notification(TOOLS, Payload.empty()))).isFalse();
    }

    @Test
    void repeatsNothingElseHoweverEqual() {
        Payload params = Payload.of(Map.of("uri", "mem://a"));
        Frame updated = notification("notifications/resources/updated", params);
        Frame request = Frame.request(RequestId.of(1), TOOLS, Payload.empty());

        assertThat(updated.repeats(notification("notifications/resources/updated", params)))
                .isFalse();
        assertThat(request.repeats(Frame.request(RequestId.of(1), TOOLS, Payload.empty())))
                .isFalse();
    }

    @Test
    void isOnOneLineWhereverItsBodyHasBreaks() {
        for (int before = 0; before < 70; before++) { // it is looked at 32 bytes at a time
            for (String end : List.of("\n", "\r", "\r\n", "\n\n\n\n\n\n\n\n\n", "")) {
                String json = "{" + " ".repeat(before) + end + "\"a\":\"é\\n\"" + end + "}";
                RawPayload body = new JsonReader(JsonLimits.DEFAULT).ours(json.getBytes(StandardCharsets.UTF_8));
                Frame frame = Frame.request(RequestId.of(1), "m", body);

                assertThat(new String(frame.toLine(), StandardCharsets.UTF_8))
                        .isEqualTo(new String(frame.toByteArray(), StandardCharsets.UTF_8)
                                .replace('\n', ' ')
                                .replace('\r', ' '));
            }
        }
    }
}
