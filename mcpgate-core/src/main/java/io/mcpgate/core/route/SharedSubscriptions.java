package io.mcpgate.core.route;

import io.mcpgate.Reply;
import io.mcpgate.core.protocol.SubResource;
import io.mcpgate.core.route.Turns.Turn;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Which sessions want to be told of which resource on a connection that they share. The server is asked once for all of them
 * and told once that nobody wants it any more. Both are said in turns, so that for the server, too, the last wish is the one that
 * counts. Safe for use by many threads.
 */
final class SharedSubscriptions {
    private final int resourcesMax;
    private final Map<String, Interest> interests = new ConcurrentHashMap<>(); // by URI; changed under the lock of this
    private final Turns turns = new Turns(); // given under the lock of this, in the order of what is decided here
    private volatile boolean nested; // whether one resource has ever been within another

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
     * @param turn of the session to ask the server, and then to settle the place; null if another one has come first
     * @param granted what the server says to the first
     */
    record Place(String uri, @Nullable Turn turn, CompletableFuture<Reply> granted) {}

    /**
     * Takes the session in.
     *
     * @return empty if there are too many resources
     */
    synchronized Optional<Place> join(String uri, String session) {
        Interest known = interests.get(uri);
        if (known != null) {
            known.sessions.add(session);
            return Optional.of(new Place(uri, null, known.granted));
        }
        if (interests.size() >= resourcesMax) {
            return Optional.empty();
        }
        Interest interest = new Interest();
        interest.sessions.add(session);
        nested = nested || isNested(uri);
        interests.put(uri, interest);
        return Optional.of(new Place(uri, turns.next(uri), interest.granted));
    }

    private boolean isNested(String uri) {
        return interests.keySet().stream()
                .anyMatch(other -> SubResource.isWithin(uri, other) || SubResource.isWithin(other, uri));
    }

    /** The first has got no subscription from the server, so nobody has one. To be told before the others learn of it. */
    synchronized void refused(Place first) {
        Interest interest = interests.get(first.uri());
        if (interest != null && interest.granted == first.granted()) {
            interests.remove(first.uri());
        }
    }

    /** The turn to tell the server; empty unless this session was the last that wanted it. */
    synchronized Optional<Turn> leave(String uri, String session) {
        Interest interest = interests.get(uri);
        if (interest == null || !interest.sessions.remove(session) || !interest.sessions.isEmpty()) {
            return Optional.empty();
        }
        interests.remove(uri);
        return Optional.of(turns.next(uri));
    }

    /** The session wants nothing any more; gives, by URI, the turns for the resources of which it was the last. */
    synchronized Map<String, Turn> leave(String session) {
        Map<String, Turn> unwanted = new LinkedHashMap<>();
        for (String uri : List.copyOf(interests.keySet())) {
            leave(uri, session).ifPresent(turn -> unwanted.put(uri, turn));
        }
        return unwanted;
    }

    /** Those who are to be told of a resource: who wants it, and who wants one that it is within. */
    Set<String> interested(String uri) {
        Interest interest = interests.get(uri);
        return interest == null || nested ? interestedAround(uri) : interest.sessions;
    }

    private Set<String> interestedAround(String uri) {
        Set<String> all = new HashSet<>();
        interests.forEach((wanted, interest) -> {
            if (wanted.equals(uri) || SubResource.isWithin(uri, wanted)) {
                all.addAll(interest.sessions);
            }
        });
        return all;
    }
}
