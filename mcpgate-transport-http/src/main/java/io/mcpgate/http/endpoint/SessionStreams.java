package io.mcpgate.http.endpoint;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The event streams of one legacy session, and the events that were sent on them last: bounded in number, size and age
 * over all of them, and the oldest go first. An event's id names session, stream and number, and is looked up in the
 * session's own streams only; it is no secret and no credential.
 */
final class SessionStreams {
    private static final Pattern EVENT_ID = Pattern.compile("([A-Za-z0-9_-]+)\\.([cg][0-9]{1,18})\\.([0-9]{1,18})");
    private static final int TAG_LENGTH = 8;

    private final EndpointLimits limits;
    private final String tag;
    private final BooleanSupplier primes;
    private final Supplier<String> owner;
    private final KeptBytes inAll;
    private final Map<String, SessionStream> byName = new HashMap<>(); // guarded by this
    private final Map<SessionStream, Integer> keptOf = new HashMap<>(); // guarded by this
    private final Deque<KeptEvent> kept = new ArrayDeque<>(); // guarded by this; the oldest first
    private long keptBytes; // guarded by this
    private long lastStream; // guarded by this
    private boolean closed; // guarded by this

    /**
     * No stream yet.
     *
     * @param token random; its beginning tells the session's event ids from those of others
     * @param primes whether the client understands an event without a message
     * @param owner the principal's id, by the time that there is something to keep
     * @param inAll counts what all sessions keep together
     */
    SessionStreams(
            EndpointLimits limits, String token, BooleanSupplier primes, Supplier<String> owner, KeptBytes inAll) {
        this.limits = limits;
        this.tag = token.substring(0, Math.min(TAG_LENGTH, token.length()));
        this.primes = primes;
        this.owner = owner;
        this.inAll = inAll;
    }

    /** A place in a stream; without the stream if it is a general one of which nothing is left. */
    record Place(@Nullable SessionStream stream, long number) {}

    /** A new stream; it is known once it is connected. */
    synchronized SessionStream open(boolean general) {
        String name = (general ? "g" : "c") + ++lastStream;
        return new SessionStream(this, limits, name, general);
    }

    /** Makes a stream known: it has a connection. */
    synchronized void register(SessionStream stream) {
        if (!closed) {
            byName.put(stream.name(), stream);
        }
    }

    boolean primes() {
        return primes.getAsBoolean();
    }

    String eventId(SessionStream stream, long number) {
        return tag + "." + stream.name() + "." + number;
    }

    /** Where a client was; empty if this session has sent no such event, or all of its stream is forgotten. */
    Optional<Place> find(String eventId) {
        Matcher form = EVENT_ID.matcher(eventId);
        if (!form.matches() || !form.group(1).equals(tag)) {
            return Optional.empty();
        }
        SessionStream stream;
        synchronized (this) {
            expire();
            stream = byName.get(form.group(2));
        }
        long number = Long.parseLong(form.group(3));
        if (stream == null) {
            return form.group(2).startsWith("g") ? Optional.of(new Place(null, 0)) : Optional.empty();
        }
        return stream.canResumeAfter(number) ? Optional.of(new Place(stream, number)) : Optional.empty();
    }

    /**
     * Keeps an event, if need be in the place of older ones.
     *
     * @return false if there is no room
     */
    synchronized boolean keep(KeptEvent event) {
        expire();
        int size = event.frame().size();
        EndpointLimits.Replay most = limits.replay();
        if (closed || most.events() == 0 || size > most.bytes()) {
            return false;
        }
        while (kept.size() >= most.events() || keptBytes + size > most.bytes()) {
            dropOldest();
        }
        while (!inAll.take(owner.get(), size)) {
            if (kept.isEmpty()) {
                return false;
            }
            dropOldest();
        }
        kept.add(event);
        keptBytes += size;
        keptOf.merge(event.stream(), 1, Integer::sum);
        return true;
    }

    private void dropOldest() {
        KeptEvent oldest = kept.remove();
        keptBytes -= oldest.frame().size();
        inAll.give(owner.get(), oldest.frame().size());
        keptOf.computeIfPresent(oldest.stream(), (stream, count) -> count == 1 ? null : count - 1);
        forgetIfUnused(oldest.stream());
    }

    /** A stream that is over, and of which nothing is kept, needs no name. */
    synchronized void forgetIfUnused(SessionStream stream) {
        if (!keptOf.containsKey(stream) && !stream.isInUse()) {
            byName.remove(stream.name(), stream);
        }
    }

    /** Drops what is too old. */
    synchronized void expire() {
        long now = System.nanoTime();
        long age = limits.replay().age().toNanos();
        while (!kept.isEmpty() && now - kept.element().keptNanos() > age) {
            dropOldest();
        }
    }

    /** What was sent on a stream behind that number and is still there, in order. */
    synchronized List<KeptEvent> keptAfter(SessionStream stream, long number) {
        return kept.stream()
                .filter(event -> event.stream() == stream && event.number() > number)
                .toList();
    }

    /** Whether a stream's last event is there; they go in order, so it is if any is, unless it was too large. */
    synchronized boolean keepsLast(SessionStream stream, long last) {
        return kept.stream().anyMatch(event -> event.stream() == stream && event.number() == last);
    }

    /** Ends all streams; nothing of them is left. */
    void close() {
        List<SessionStream> all;
        synchronized (this) {
            closed = true;
            all = List.copyOf(byName.values());
            byName.clear();
            keptOf.clear();
            kept.clear();
            inAll.give(owner.get(), keptBytes);
            keptBytes = 0;
        }
        all.forEach(SessionStream::abandon);
    }
}
