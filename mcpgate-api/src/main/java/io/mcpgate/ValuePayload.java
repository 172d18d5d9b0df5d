package io.mcpgate;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A payload that somebody made of JDK values. It writes itself, because the API knows no JSON library. */
final class ValuePayload implements Payload {
    static final ValuePayload EMPTY = new ValuePayload(Map.of());

    private final Map<String, @Nullable Object> value;
    private volatile byte @Nullable [] json;

    private ValuePayload(Map<String, @Nullable Object> value) {
        this.value = value;
    }

    static Payload copyOf(Map<String, ?> members) {
        return members.isEmpty() ? EMPTY : new ValuePayload(copyMap(members, "$"));
    }

    @Override
    public Object value() {
        return value;
    }

    @Override
    public ByteBuffer json() {
        byte[] bytes = json;
        if (bytes == null) {
            StringBuilder out = new StringBuilder(256);
            write(value, out);
            bytes = out.toString().getBytes(StandardCharsets.UTF_8);
            json = bytes;
        }
        return ByteBuffer.wrap(bytes).asReadOnlyBuffer();
    }

    private static Map<String, @Nullable Object> copyMap(Map<?, ?> map, String path) {
        Map<String, @Nullable Object> copy = new LinkedHashMap<>();
        map.forEach((name, member) -> {
            if (!(name instanceof String key)) {
                throw new IllegalArgumentException("A JSON member's name must be a String, at " + path);
            }
            requireWellFormed(key, path);
            copy.put(key, copyOf(member, path + "." + key));
        });
        return Collections.unmodifiableMap(copy);
    }

    private static @Nullable Object copyOf(@Nullable Object value, String path) {
        if (value instanceof Map<?, ?> map) {
            return copyMap(map, path);
        }
        if (value instanceof List<?> list) {
            List<@Nullable Object> copy = new ArrayList<>(list.size());
            for (Object element : list) {
                copy.add(copyOf(element, path + "[" + copy.size() + "]"));
            }
            return Collections.unmodifiableList(copy);
        }
        if (value instanceof String text) {
            requireWellFormed(text, path);
            return text;
        }
        if (value instanceof Integer || value instanceof Short || value instanceof Byte) {
            return ((Number) value).longValue();
        }
        if (value instanceof Double || value instanceof Float) {
            return decimal(((Number) value).doubleValue(), path);
        }
        if (value == null
                || value instanceof Boolean
                || value instanceof Long
                || value instanceof BigInteger
                || value instanceof BigDecimal) {
            return value;
        }
        throw new IllegalArgumentException("A payload holds JSON values only, but at " + path + " there is a "
                + value.getClass().getName());
    }

    private static BigDecimal decimal(double number, String path) {
        if (!Double.isFinite(number)) {
            throw new IllegalArgumentException("JSON has no " + number + ", at " + path);
        }
        return BigDecimal.valueOf(number);
    }

    /** UTF-8 cannot carry half a surrogate pair; letting it become '?' would change what was decided on. */
    private static void requireWellFormed(String text, String path) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isSurrogate(text.charAt(i))) {
                boolean pair = i + 1 < text.length() && Character.isSurrogatePair(text.charAt(i), text.charAt(i + 1));
                if (!pair) {
                    throw new IllegalArgumentException("A lone surrogate at " + path);
                }
                i++;
            }
        }
    }

    private static void write(@Nullable Object value, StringBuilder out) {
        if (value instanceof Map<?, ?> map) {
            char separator = '{';
            for (Map.Entry<?, ?> member : map.entrySet()) {
                out.append(separator);
                quote((String) member.getKey(), out);
                out.append(':');
                write(member.getValue(), out);
                separator = ',';
            }
            out.append(map.isEmpty() ? "{}" : "}");
        } else if (value instanceof List<?> list) {
            char separator = '[';
            for (Object element : list) {
                out.append(separator);
                write(element, out);
                separator = ',';
            }
            out.append(list.isEmpty() ? "[]" : "]");
        } else if (value instanceof String text) {
            quote(text, out);
        } else {
            out.append(value);
        }
    }

    private static void quote(String text, StringBuilder out) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else if (c < 0x20) {
                out.append(String.format("\\u%04x", (int) c));
            } else {
                out.append(c);
            }
        }
        out.append('"');
    }

    /** The size only: payloads hold what must not reach a log. */
    @Override
    public String toString() {
        return "Payload[" + value.size() + " members]";
    }
}
