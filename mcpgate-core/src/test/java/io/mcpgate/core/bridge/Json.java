package io.mcpgate.core.bridge;

import io.mcpgate.Payload;
import io.mcpgate.core.json.JsonLimits;
import io.mcpgate.core.json.JsonReader;
import io.mcpgate.core.json.MalformedMessage;
import io.mcpgate.core.json.RawPayload;
import java.nio.charset.StandardCharsets;

/** Bodies as they come from a wire, written with single quotes. */
final class Json {
    static final JsonReader READER = new JsonReader(JsonLimits.DEFAULT);

    private Json() {}

    static RawPayload body(String json) {
        try {
            return READER.payload(json.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
        } catch (MalformedMessage wrongInTheTest) {
            throw new IllegalArgumentException(json, wrongInTheTest);
        }
    }

    static String text(Payload body) {
        return StandardCharsets.UTF_8.decode(body.json()).toString().replace('"', '\'');
    }
}
