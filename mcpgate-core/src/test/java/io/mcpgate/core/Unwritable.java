package io.mcpgate.core;

import io.mcpgate.Payload;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** A body that a host's code has made, and that is no JSON: it can be looked at in part at the most. */
public final class Unwritable implements Payload {
    private final @Nullable String name;
    private final boolean inPart;

    private Unwritable(@Nullable String name, boolean inPart) {
        this.name = name;
        this.inPart = inPart;
    }

    /** One that has only this name, as far as it can be looked at. */
    public static Unwritable named(String name) {
        return new Unwritable(name, true);
    }

    /** One of which single members can be looked at; it has none that anybody asks for. */
    public static Unwritable inPart() {
        return new Unwritable(null, true);
    }

    /** One that cannot even be looked at. */
    public static Unwritable whole() {
        return new Unwritable(null, false);
    }

    @Override
    public Object value() {
        throw new IllegalArgumentException("A lone surrogate");
    }

    @Override
    public ByteBuffer json() {
        throw new IllegalArgumentException("A lone surrogate");
    }

    @Override
    public @Nullable Object member(String... path) {
        if (!inPart) {
            return value();
        }
        return path.length == 1 && path[0].equals("name") ? name : null;
    }
}
