package io.mcpgate.core.route;

import io.mcpgate.Reply;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Which sessions want to be told of which resource on a connection that they share. The server is asked once for all of them
 * and told once that nobody wants it any more. Safe for use by many threads.
 */
final class SharedSubscriptions {
    private final int resourcesMax;
    private final Map<String, Interest> interests = new ConcurrentHashMap<>(); // by URI; changed under the lock of this

    SharedSubscriptions(int resourcesMax) {
        this.resourcesMax = resourcesMax;
    }

    /** Those who want one resource, and what the server has said to the one who asked for it. */
    private static final class Interest {
        private final Set<String> sessions = ConcurrentHashMap.newKeySet(); // by key
        private final CompletableFuture<Reply> granted = new CompletableFuture<>();
    }

    /**
     * A session's place among those who want a resource.
     *
     * @param first whether it is this session that has to ask the server, and to settle the place
     * @param granted what the server says to the first
     */
    record Place(String uri, String session, boolean first, CompletableFuture<Reply> granted) {}

    /**
     * Takes the session in.
     *
     * @return empty if there are too many resources
     */
    synchronized Optional<Place> join(String uri, String session) {
        Interest known = interests.get(uri);
        if (known == null && interests.size() >= resourcesMax) {
            return Optional.empty();
        }
        Interest interest = known == null ? new Interest() : known;
        interest.sessions.add(session);
        interests.put(uri, interest);
        return Optional.of(new Place(uri, session, known == null, interest.granted));
    }

    /** The first has got no subscription from the server, so nobody has one. To be told before the others learn of it. */
    synchronized void refused(Place first) {
        Interest interest = interests.get(first.uri());
        if (interest != null && interest.granted == first.granted()) {
            interests.remove(first.uri());
        }
    }

    /** Whether this session was the last that wanted it. */
    synchronized boolean leave(String uri, String session) {
        Interest interest = interests.get(uri);
        if (interest == null || !interest.sessions.remove(session) || !interest.sessions.isEmpty()) {
            return false;
        }
        interests.remove(uri);
        return true;
    }

    /** The session wants nothing any more; gives the resources of which it was the last. */
    synchronized List<String> leave(String session) {
        List<String> unwanted = new ArrayList<>();
        for (String uri : List.copyOf(interests.keySet())) {
            if (leave(uri, session)) {
                unwanted.add(uri);
            }
        }
        return unwanted;
    }

    /** Those who are to be told of a resource. */
    Set<String> interested(String uri) {
        Interest interest = interests.get(uri);
        return interest == null ? Set.of() : interest.sessions;
    }
}
