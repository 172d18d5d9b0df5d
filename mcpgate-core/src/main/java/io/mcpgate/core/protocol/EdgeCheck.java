package io.mcpgate.core.protocol;

import io.mcpgate.AttributeKey;
import io.mcpgate.Reply;
import java.util.Optional;

/**
 * Something that an edge finds wrong with a call by what it knows of the thing that the call names. It travels with the call
 * and is asked just before that goes to its server: asked earlier, the answer would tell strangers what policy hides.
 */
@FunctionalInterface
public interface EdgeCheck {
    /** Under this key it travels with the call. */
    AttributeKey<EdgeCheck> KEY = AttributeKey.of("edge check", EdgeCheck.class);

    /** Why the call must not go on; empty if it may. */
    Optional<Reply.Failure> refuse();
}
