package io.mcpgate.core.policy;

import io.mcpgate.Payload;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** JSON text for what is put into a body. */
final class JsonText {
    private JsonText() {}

    /** A string as it stands between its quotes. */
    static String inString(String text) {
        String quoted = of(text);
        return quoted.substring(1, quoted.length() - 1);
    }

    static String array(List<String> texts) {
        return of(texts);
    }

    private static String of(Object value) {
        String object = StandardCharsets.UTF_8
                .decode(Payload.of(Map.of("v", value)).json())
                .toString();
        return object.substring("{\"v\":".length(), object.length() - 1);
    }
}
