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
    private final boolean inherited;

    private AttributeKey(String name, Class<T> type, boolean inherited) {
        this.name = Objects.requireNonNull(name, "name");
        this.type = Objects.requireNonNull(type, "type");
        this.inherited = inherited;
    }

    /** A new key; {@code name} is for people only. */
    public static <T> AttributeKey<T> of(String name, Class<T> type) {
        return new AttributeKey<>(name, type, false);
    }

    /**
     * A new key for what a call's surroundings are and not what it is itself, as a tenant. What the gateway asks on account of
     * that call ({@link Call#onAccountOf}), which is how its server answers a name that it does not know, has the attribute,
     * too; handshakes have not, as they are a session's.
     */
    public static <T> AttributeKey<T> inherited(String name, Class<T> type) {
        return new AttributeKey<>(name, type, true);
    }

    boolean isInherited() {
        return inherited;
    }

    T cast(Object value) {
        return type.cast(value);
    }

    @Override
    public String toString() {
        return name;
    }
}
