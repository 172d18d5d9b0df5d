package io.mcpgate;

import java.util.Objects;

/**
 * A typed name for something that travels with a call inside the gateway and never on the wire. Compared by identity,
 * so that two libraries cannot collide: keep it in a constant.
 *
 * @param <T> the attribute's type
 */
public final class AttributeKey<T> {
    private final String name;
    private final Class<T> type;

    private AttributeKey(String name, Class<T> type) {
        this.name = name;
        this.type = type;
    }

    /** A new key; {@code name} is for people only. */
    public static <T> AttributeKey<T> of(String name, Class<T> type) {
        return new AttributeKey<>(Objects.requireNonNull(name, "name"), Objects.requireNonNull(type, "type"));
    }

    T cast(Object value) {
        return type.cast(value);
    }

    @Override
    public String toString() {
        return name;
    }
}
