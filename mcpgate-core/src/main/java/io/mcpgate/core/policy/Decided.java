package io.mcpgate.core.policy;

import io.mcpgate.AttributeKey;
import io.mcpgate.Call;
import io.mcpgate.Payload;
import io.mcpgate.Principal;
import java.util.Optional;

/** The form in which a call was allowed, so that it can be seen whether a later step has changed it. */
record Decided(Payload params, Optional<String> server, Principal principal) {
    private static final AttributeKey<Decided> KEY = AttributeKey.of("decided", Decided.class);

    /** The call as one that was allowed in this form. */
    static Call mark(Call call) {
        return call.with(KEY, new Decided(call.params(), call.server(), call.principal()));
    }

    /** Whether the call still has the form in which it was allowed; false for one that never was. */
    static boolean isAsDecided(Call call) {
        return call.attribute(KEY).filter(decided -> decided.is(call)).isPresent();
    }

    private boolean is(Call call) {
        return params == call.params() && server.equals(call.server()) && principal.equals(call.principal());
    }
}
