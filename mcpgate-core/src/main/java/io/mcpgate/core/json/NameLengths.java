package io.mcpgate.core.json;

import io.mcpgate.Call;
import io.mcpgate.Target;
import java.util.Optional;

/**
 * How long a method, and whatever else a request is decided by, may be: they are kept in records, caches and counts. For
 * what comes as bytes the {@linkplain JsonReader reader} sees to it, for the objects of somebody else's stack the edge that
 * takes them.
 */
public final class NameLengths {
    /** Characters of a method, and of the name of a tool, prompt or task. */
    static final int NAME_MAX = 1_024;

    /** Characters of a URI. */
    static final int URI_MAX = 8_192;

    static final String METHOD_TOO_LONG = "A method has at most " + NAME_MAX + " characters";
    static final String NAME_TOO_LONG = "A name has at most " + NAME_MAX + " characters, and a URI " + URI_MAX;

    private NameLengths() {}

    /** What of a client's call is too long, as the reader would say it; empty if nothing is. */
    public static Optional<String> offence(Call call) {
        if (call.method().length() > NAME_MAX) {
            return Optional.of(METHOD_TOO_LONG);
        }
        return namesTooLong(call) ? Optional.of(NAME_TOO_LONG) : Optional.empty();
    }

    private static boolean namesTooLong(Call call) {
        Target target = call.target();
        boolean uri = target.kind() == Target.Kind.RESOURCE || target.kind() == Target.Kind.TEMPLATE;
        return target.name().length() > (uri ? URI_MAX : NAME_MAX)
                || (call.method().startsWith("tasks/")
                        && call.params().string("taskId").orElse("").length() > NAME_MAX);
    }
}
