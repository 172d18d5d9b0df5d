package io.mcpgate.core.bridge;

import io.mcpgate.Payload;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/** The lists of whose changes a client can be told, in the words of both eras. */
enum ListKind {
    PROMPTS("prompts"),
    RESOURCES("resources"),
    TOOLS("tools");

    private final String capability;

    ListKind(String capability) {
        this.capability = capability;
    }

    /** Those of whose changes a server tells, by what it says of itself. */
    static Set<ListKind> promisedBy(Payload server) {
        Set<ListKind> promised = EnumSet.noneOf(ListKind.class);
        for (ListKind kind : values()) {
            if (Boolean.TRUE.equals(Terms.member(server, "capabilities", kind.capability, "listChanged"))) {
                promised.add(kind);
            }
        }
        return promised;
    }

    /** The list whose change a notification tells; empty if it tells anything else. */
    static Optional<ListKind> toldBy(String method) {
        return Arrays.stream(values())
                .filter(kind -> kind.notification().equals(method))
                .findFirst();
    }

    /** The member of a {@code subscriptions/listen} that asks for it. */
    String wish() {
        return capability + "ListChanged";
    }

    /** The method that tells of a change. */
    String notification() {
        return "notifications/" + capability + "/list_changed";
    }
}
