package io.mcpgate.langchain4j;

import com.fasterxml.jackson.databind.JsonNode;
import io.mcpgate.Payload;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A body that is a node of Jackson's. It is passed on as it is. Looking at single members costs no conversion; the whole is
 * converted only when somebody asks for it, and once. Whoever has made the node no longer changes it.
 */
final class NodePayload implements Payload {
    private final JsonNode body;
    private volatile @Nullable Converted converted;

    NodePayload(JsonNode body) {
        this.body = body;
    }

    /** A value that may be null, so that it can be known to be. */
    private record Converted(@Nullable Object value) {}

    /** The node as it came in. */
    JsonNode body() {
        return body;
    }

    @Override
    public @Nullable Object value() {
        Converted known = converted;
        if (known == null) {
            known = new Converted(toValue(body));
            converted = known;
        }
        return known.value();
    }

    @Override
    public ByteBuffer json() {
        return ByteBuffer.wrap(body.toString().getBytes(StandardCharsets.UTF_8)).asReadOnlyBuffer();
    }

    /** Nobody here has written it down. */
    @Override
    public int knownSize() {
        return -1;
    }

    @Override
    public @Nullable Object member(String... path) {
        JsonNode at = body;
        for (String name : path) {
            at = at.path(name);
        }
        return toValue(at);
    }

    private static @Nullable Object toValue(JsonNode node) {
        return switch (node.getNodeType()) {
            case OBJECT -> toMap(node);
            case ARRAY -> toList(node);
            case STRING, BINARY -> node.asText();
            case BOOLEAN -> node.booleanValue();
            case NUMBER -> toNumber(node);
            case NULL, MISSING -> null;
            case POJO -> throw new IllegalArgumentException("No JSON: an object inside a node");
        };
    }

    private static Map<String, @Nullable Object> toMap(JsonNode node) {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        node.properties().forEach(member -> map.put(member.getKey(), toValue(member.getValue())));
        return Collections.unmodifiableMap(map);
    }

    private static List<@Nullable Object> toList(JsonNode node) {
        List<@Nullable Object> list = new ArrayList<>(node.size());
        node.forEach(element -> list.add(toValue(element)));
        return Collections.unmodifiableList(list);
    }

    private static Object toNumber(JsonNode number) {
        if (number.isIntegralNumber()) {
            return number.canConvertToLong() ? (Object) number.longValue() : number.bigIntegerValue();
        }
        if (number.isBigDecimal()) {
            return number.decimalValue();
        }
        double value = number.doubleValue();
        if (!Double.isFinite(value)) { // the host's own reader has made that of a number which is too large for it
            throw new IllegalArgumentException("No JSON: a number that is not finite");
        }
        return BigDecimal.valueOf(value);
    }

    /** What it is made of; never what is in it. */
    @Override
    public String toString() {
        return "Payload[" + body.getNodeType() + "]";
    }
}
