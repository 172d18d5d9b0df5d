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
 * counts. A principal may want, in all its sessions together, as much as one session on a connection of its own, so that none uses
 * up what there is for all by opening sessions. Safe for use by many threads.
 */
final class SharedSubscriptions {
    private final int resourcesMax;
    private final Map<String, Interest> interests = new ConcurrentHashMap<>(); // by URI; changed under the lock of this
    private final Map<String, Share> shares = new HashMap<>(); // by principal; guarded by this
    private final Turns turns = new Turns(); // given under the lock of this, in the order of what is decided here
    private volatile boolean nested; // whether one resource has ever been within another

    SharedSubscriptions(int resourcesMax) {
        this.resourcesMax = resourcesMax;
    }

    /** Those who want one resource, and what the server has said to the one who asked for it. */
    private static final class Interest {
        private final Map<String, String> sessions = new ConcurrentHashMap<>(); // each one's principal, by key
        private final CompletableFuture<Reply> granted = new CompletableFuture<>();
    }

    /** What one principal wants: each resource once, in however many of its sessions. Guarded by the lock of the whole. */
    private static final class Share {
        private final Map<String, Integer> wanted = new HashMap<>(); // by URI, in how many sessions
        private int characters;

        boolean hasRoomFor(String uri) {
            return wanted.containsKey(uri)
                    || (wanted.size() < SessionMemory.RESOURCES_MAX
                            && characters + uri.length() <= SessionMemory.CHARACTERS_MAX);
        }

        void add(String uri) {
            if (wanted.merge(uri, 1, Integer::sum) == 1) {
                characters += uri.length();
            }
        }

        void remove(String uri) {
            if (wanted.computeIfPresent(uri, (same, count) -> count == 1 ? null : count - 1) == null) {
                characters -= uri.length();
            }
        }

        boolean isEmpty() {
            return wanted.isEmpty();
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
     * @param principal who asks for it in that session
     * @return empty if there are too many resources, or too many of this principal
     */
    synchronized Optional<Place> join(String uri, String session, String principal) {
        Interest known = interests.get(uri);
        boolean joined = known != null && known.sessions.containsKey(session);
        if (!joined && !hasRoom(known, uri, principal)) {
            return Optional.empty();
        }
        Interest interest = known == null ? begin(uri) : known;
        if (interest.sessions.putIfAbsent(session, principal) == null) {
            shares.computeIfAbsent(principal, unused -> new Share()).add(uri);
        }
        return Optional.of(new Place(uri, known == null ? turns.next(uri) : null, interest.granted));
    }

    private boolean hasRoom(@Nullable Interest known, String uri, String principal) {
        Share share = shares.get(principal);
        return (share == null ? new Share() : share).hasRoomFor(uri)
                && (known != null || interests.size() < resourcesMax);
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
        interest.sessions.values().forEach(principal -> release(uri, principal));
    }

    private void release(String uri, String principal) {
        shares.computeIfPresent(principal, (same, share) -> {
            share.remove(uri);
            return share.isEmpty() ? null : share;
        });
    }

    /** The turn to tell the server; empty unless this session was the last that wanted it. */
    synchronized Optional<Turn> leave(String uri, String session) {
        Interest interest = interests.get(uri);
        String principal = interest == null ? null : interest.sessions.remove(session);
        if (interest == null || principal == null) {
            return Optional.empty();
        }
        release(uri, principal);
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
        return interest == null || nested ? interestedAround(uri) : interest.sessions.keySet();
    }

    private Set<String> interestedAround(String uri) {
        Set<String> all = new HashSet<>();
        interests.forEach((wanted, interest) -> {
            if (wanted.equals(uri) || SubResource.isWithin(uri, wanted)) {
                all.addAll(interest.sessions.keySet());
            }
        });
        return all;
    }
}
