package io.mcpgate.core.telemetry;

import io.mcpgate.Target;
import io.mcpgate.audit.AuditEvent;
import io.mcpgate.audit.AuditEvent.Outcome;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Calls that are counted together. The names are those of the OpenTelemetry semantic conventions for MCP (status:
 * development), and the gateway's own below {@code mcpgate.}. No URIs: there are as many of them as there are resources.
 */
record Series(
        @Nullable String server,
        String method,
        @Nullable String tool,
        @Nullable String prompt,
        Outcome outcome,
        @Nullable Integer errorCode) {
    static final String METHOD = "mcp.method.name";
    static final String TOOL = "gen_ai.tool.name";
    static final String PROMPT = "gen_ai.prompt.name";
    static final String ERROR = "error.type";
    static final String SERVER = "mcpgate.server";
    static final String OUTCOME = "mcpgate.outcome";

    /** The value where there is none: a registry wants the same tags of all meters of one name. */
    static final String NONE = "none";
    /** The value where there are too many, or where it is too long. */
    static final String OTHER = "other";

    private static final int NAME_MAX = 128;

    static Series of(AuditEvent event, Outcome outcome) {
        return new Series(
                event.server(),
                bounded(event.method()),
                named(event.target(), Target.Kind.TOOL),
                named(event.target(), Target.Kind.PROMPT),
                outcome,
                event.errorCode());
    }

    private static @Nullable String named(Target target, Target.Kind kind) {
        return target.kind() == kind ? bounded(target.name()) : null;
    }

    private static String bounded(String name) {
        return name.length() <= NAME_MAX ? name : OTHER;
    }

    /** Whether this is what servers and their clients make of each other, and nobody's invention. */
    boolean succeeded() {
        return outcome == Outcome.OK || outcome == Outcome.INPUT_REQUIRED;
    }

    /** Where calls are counted that find no place of their own. */
    Series other() {
        return new Series(OTHER, OTHER, OTHER, OTHER, outcome, null);
    }

    Tags tags() {
        return Tags.of(
                Tag.of(METHOD, method),
                Tag.of(TOOL, orNone(tool)),
                Tag.of(PROMPT, orNone(prompt)),
                Tag.of(SERVER, orNone(server)),
                Tag.of(OUTCOME, outcome.name().toLowerCase(Locale.ROOT)),
                Tag.of(ERROR, errorType()));
    }

    private String errorType() {
        if (errorCode != null) {
            return errorCode.toString();
        }
        return switch (outcome) {
            case OK, INPUT_REQUIRED -> NONE;
            case ERROR -> "tool_error"; // a result that says isError
            case REFUSED, CANCELLED, FAILED -> outcome.name().toLowerCase(Locale.ROOT);
        };
    }

    private static String orNone(@Nullable String value) {
        return value == null ? NONE : value;
    }
}
