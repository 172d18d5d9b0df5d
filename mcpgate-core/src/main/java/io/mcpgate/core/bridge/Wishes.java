package io.mcpgate.core.bridge;

import io.mcpgate.Payload;
import io.mcpgate.core.protocol.ListKind;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What a legacy client is to be told outside of its requests: changes of lists, and of the resources it subscribed to. */
final class Wishes {
    /** How many resources one client may subscribe to. */
    static final int URIS_MAX = 1_024;

    /** How many characters the URIs of all of them may have: each further wish sends all of them again. */
    static final int CHARACTERS_MAX = 1 << 20;

    private final Set<ListKind> lists = EnumSet.noneOf(ListKind.class); // guarded by this
    private final Set<String> uris = new LinkedHashSet<>(); // guarded by this
    private int characters; // of the URIs; guarded by this

    /** From now on the client wants to be told of these. */
    synchronized void lists(Set<ListKind> wanted) {
        lists.clear();
        lists.addAll(wanted);
    }

    /** Whether one more resource is more than a client may have. */
    synchronized boolean isTooMuch(String uri) {
        return !uris.contains(uri) && (uris.size() >= URIS_MAX || characters + uri.length() > CHARACTERS_MAX);
    }

    /** Adds a resource; false if it was there already. */
    synchronized boolean add(String uri) {
        boolean added = uris.add(uri);
        characters += added ? uri.length() : 0;
        return added;
    }

    /** Takes a resource out; false if it was not there. */
    synchronized boolean remove(String uri) {
        boolean removed = uris.remove(uri);
        characters -= removed ? uri.length() : 0;
        return removed;
    }

    synchronized boolean isEmpty() {
        return lists.isEmpty() && uris.isEmpty();
    }

    /** Everything, as a {@code subscriptions/listen} says it. */
    synchronized Payload filter() {
        Map<String, Object> filter = new LinkedHashMap<>();
        lists.forEach(kind -> filter.put(kind.wish(), true));
        if (!uris.isEmpty()) {
            filter.put("resourceSubscriptions", List.copyOf(uris));
        }
        return Payload.of(Map.of("notifications", filter));
    }

    synchronized List<ListKind> lists() {
        return List.copyOf(lists);
    }

    synchronized List<String> uris() {
        return List.copyOf(uris);
    }
}
