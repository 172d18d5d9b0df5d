package io.mcpgate.core.protocol;

import io.mcpgate.Payload;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The lists of whose changes a client can be told, in the words of both eras. */
public enum ListKind {
    /** {@code prompts}. */
    PROMPTS("prompts"),
    /** {@code resources}, and their templates as well. */
    RESOURCES("resources"),
    /** {@code tools}. */
    TOOLS("tools");

    private final String capability;

    ListKind(String capability) {
        this.capability = capability;
    }

    /** Those of whose changes a server promises to tell, by its answer to a handshake. */
    public static Set<ListKind> promisedBy(Payload handshake) {
        Set<ListKind> promised = EnumSet.noneOf(ListKind.class);
        for (ListKind kind : values()) {
            if (Boolean.TRUE.equals(handshake.member("capabilities", kind.capability, "listChanged"))) {
                promised.add(kind);
            }
        }
        return promised;
    }

    /** Those that a filter of {@code subscriptions/listen}, asked for or acknowledged, has. */
    public static Set<ListKind> in(@Nullable Object filter) {
        Set<ListKind> wished = EnumSet.noneOf(ListKind.class);
        for (ListKind kind : values()) {
            if (filter instanceof Map<?, ?> all && Boolean.TRUE.equals(all.get(kind.wish()))) {
                wished.add(kind);
            }
        }
        return wished;
    }

    /** The list whose change a notification tells; empty if it tells anything else. */
    public static Optional<ListKind> toldBy(String method) {
        return Arrays.stream(values())
                .filter(kind -> kind.notification().equals(method))
                .findFirst();
    }

    /** The list for which a member of a {@code subscriptions/listen} filter asks. */
    public static Optional<ListKind> wishedBy(String member) {
        return Arrays.stream(values())
                .filter(kind -> kind.wish().equals(member))
                .findFirst();
    }

    /** The methods that give such a list. */
    public List<Listing> listings() {
        return switch (this) {
            case TOOLS -> List.of(Listing.TOOLS);
            case PROMPTS -> List.of(Listing.PROMPTS);
            case RESOURCES -> List.of(Listing.RESOURCES, Listing.TEMPLATES);
        };
    }

    /** The member of a {@code subscriptions/listen} that asks for it. */
    public String wish() {
        return capability + "ListChanged";
    }

    /** The method that tells of a change. */
    public String notification() {
        return "notifications/" + capability + "/list_changed";
    }
}
