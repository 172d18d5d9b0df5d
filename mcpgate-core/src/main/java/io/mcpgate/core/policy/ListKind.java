package io.mcpgate.core.policy;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The lists of whose changes MCP lets a client be told, and where each is named on the wire. */
enum ListKind {
    TOOLS("tools"),
    PROMPTS("prompts"),
    /** Of templates as well. */
    RESOURCES("resources");

    private final String capability;

    ListKind(String capability) {
        this.capability = capability;
    }

    /** The kind that a member of a {@code subscriptions/listen} filter asks for. */
    static Optional<ListKind> ofMember(String member) {
        return Arrays.stream(values())
                .filter(kind -> kind.member().equals(member))
                .findFirst();
    }

    /** The notification that such a list has changed. */
    String method() {
        return "notifications/" + capability + "/list_changed";
    }

    private String member() {
        return capability + "ListChanged";
    }

    /** Whether an answer to {@code initialize} promises to tell. */
    boolean isPromisedBy(@Nullable Object capabilities) {
        return capabilities instanceof Map<?, ?> all
                && all.get(capability) instanceof Map<?, ?> own
                && Boolean.TRUE.equals(own.get("listChanged"));
    }

    /** Whether a {@code subscriptions/listen} filter, asked for or acknowledged, has it. */
    boolean isIn(@Nullable Object filter) {
        return filter instanceof Map<?, ?> all && Boolean.TRUE.equals(all.get(member()));
    }

    /** Whether one who has these rights may be told: news of a list needs the list. */
    boolean mayBeTold(Rights rights) {
        return mayList(rights) && rights.mayHear(method());
    }

    private boolean mayList(Rights rights) {
        return rights.mayUse(capability + "/list") || (this == RESOURCES && rights.mayUse("resources/templates/list"));
    }
}
