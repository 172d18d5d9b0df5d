package io.mcpgate.core.route;

import io.mcpgate.Reply;
import io.mcpgate.core.protocol.SubResource;
import io.mcpgate.core.route.Turns.Turn;
import java.util.HashMap;
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
 * counts. A session may want as much as on a connection of its own, so that none uses up what there is for all. Safe for use by
 * many threads.
 */
final class SharedSubscriptions {
    private final int resourcesMax;
    private final Map<String, Interest> interests = new ConcurrentHashMap<>(); // by URI; changed under the lock of this
    private final Map<String, Share> shares = new HashMap<>(); // by session; guarded by this
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

    /** How much one session wants. */
    private record Share(int resources, int characters) {
        static final Share NOTHING = new Share(0, 0);

        boolean hasRoomFor(String uri) {
            return resources < SessionMemory.RESOURCES_MAX && characters + uri.length() <= SessionMemory.CHARACTERS_MAX;
        }

        Share with(String uri) {
            return new Share(resources + 1, characters + uri.length());
        }

        @Nullable
        Share without(String uri) {
            return resources == 1 ? null : new Share(resources - 1, characters - uri.length());
        }
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
     * @return empty if there are too many resources, or too many of this session
     */
    synchronized Optional<Place> join(String uri, String session) {
        Interest known = interests.get(uri);
        boolean joined = known != null && known.sessions.contains(session);
        if (!joined && !hasRoom(known, uri, session)) {
            return Optional.empty();
        }
        Interest interest = known == null ? begin(uri) : known;
        if (interest.sessions.add(session)) {
            shares.put(session, share(session).with(uri));
        }
        return Optional.of(new Place(uri, known == null ? turns.next(uri) : null, interest.granted));
    }

    private boolean hasRoom(@Nullable Interest known, String uri, String session) {
        return share(session).hasRoomFor(uri) && (known != null || interests.size() < resourcesMax);
    }

    private Share share(String session) {
        return shares.getOrDefault(session, Share.NOTHING);
    }

    private Interest begin(String uri) {
        Interest interest = new Interest();
        nested = nested || isNested(uri);
        interests.put(uri, interest);
        return interest;
    }

    private boolean isNested(String uri) {
        return interests.keySet().stream()
                .anyMatch(other -> SubResource.isWithin(uri, other) || SubResource.isWithin(other, uri));
    }

    /** The first has got no subscription from the server, so nobody has one. To be told before the others learn of it. */
    synchronized void refused(Place first) {
        Interest interest = interests.get(first.uri());
        if (interest != null && interest.granted == first.granted()) {
            drop(first.uri(), interest);
        }
    }

    /**
     * The server has lost what it had granted and does not grant it again: nobody has it any more, and whoever wants it next
     * asks the server. Nothing changes for those whose turn to ask it is still to come.
     */
    synchronized void lost(String uri) {
        Interest interest = interests.get(uri);
        if (interest != null && interest.granted.isDone()) {
            drop(uri, interest);
        }
    }

    private void drop(String uri, Interest interest) {
        interests.remove(uri);
        interest.sessions.forEach(session -> release(uri, session));
    }

    private void release(String uri, String session) {
        shares.computeIfPresent(session, (same, share) -> share.without(uri));
    }

    /** The turn to tell the server; empty unless this session was the last that wanted it. */
    synchronized Optional<Turn> leave(String uri, String session) {
        Interest interest = interests.get(uri);
        if (interest == null || !interest.sessions.remove(session)) {
            return Optional.empty();
        }
        release(uri, session);
        if (!interest.sessions.isEmpty()) {
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
