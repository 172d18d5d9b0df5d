package io.mcpgate.sdk;

import io.mcpgate.Payload;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A body that is an object of the SDK: a record on the side that has made it, a map on the side that has read it. It is
 * passed on as it is. Looking at single members costs no conversion; the whole is converted, by the host's own mapper, only
 * when somebody asks for it.
 */
final class SdkPayload implements Payload {
    private final Object body;
    private final Function<Object, Map<String, Object>> toMap;
    private volatile @Nullable Payload converted;

    SdkPayload(Object body, Function<Object, Map<String, Object>> toMap) {
        this.body = body;
        this.toMap = toMap;
    }

    /** The object as the SDK has handed it in. */
    Object body() {
        return body;
    }

    private Payload converted() {
        Payload known = converted;
        if (known == null) {
            known = Payload.of(toMap.apply(body));
            converted = known;
        }
        return known;
    }

    @Override
    public @Nullable Object value() {
        return converted().value();
    }

    @Override
    public ByteBuffer json() {
        return converted().json();
    }

    /** Nobody has ever written it down. */
    @Override
    public int knownSize() {
        return -1;
    }

    @Override
    public @Nullable Object member(String... path) {
        if (converted != null || path.length == 0) {
            return converted().member(path);
        }
        Object at = body;
        for (String name : path) {
            if (at instanceof Map<?, ?> map) {
                at = map.get(name);
            } else if (at instanceof Record record && SdkRecords.isKnown(record)) {
                at = SdkRecords.member(record, name);
            } else if (at == null || isJson(at)) {
                return null;
            } else {
                return converted().member(path);
            }
        }
        if (at == null || at instanceof String || at instanceof Boolean || at instanceof Long) {
            return at;
        }
        return at instanceof Integer number
                ? (Object) number.longValue()
                : converted().member(path);
    }

    private static boolean isJson(Object value) {
        return value instanceof String
                || value instanceof Boolean
                || value instanceof Number
                || value instanceof Iterable<?>;
    }

    /** What it is made of; never what is in it. */
    @Override
    public String toString() {
        return "Payload[" + body.getClass().getSimpleName() + "]";
    }
}
