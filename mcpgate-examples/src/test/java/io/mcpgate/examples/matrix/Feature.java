package io.mcpgate.examples.matrix;

import java.util.Locale;

/** What a client and a server can do together. */
enum Feature {
    TOOLS,
    PROMPTS,
    RESOURCES,
    COMPLETION,
    PROGRESS,
    LOGGING,
    SAMPLING,
    ELICITATION,
    ROOTS,
    CANCEL,
    LIST_CHANGED;

    String title() {
        return name().toLowerCase(Locale.ROOT);
    }
}
