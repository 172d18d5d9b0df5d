package io.mcpgate.http.endpoint;

import io.mcpgate.core.Gate;
import io.mcpgate.core.stage.Closing;
import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The legacy sessions that are open: bounded per principal and in all, and ended when nobody has used them for long. Opening
 * one more costs the same principal's longest idle one, and never anybody else's.
 */
final class Sessions {
    private static final Duration SWEEP_MAX = Duration.ofMinutes(1);

    private final Gate gate;
    private final EndpointLimits limits;
    private final Map<String, LegacySession> byId = new HashMap<>(); // guarded by itself
    private final Map<String, Set<LegacySession>> byOwner = new HashMap<>(); // guarded by byId
    private final long sweepNanos;
    private final AtomicLong lastSweepNanos = new AtomicLong(System.nanoTime());

    Sessions(Gate gate, EndpointLimits limits) {
        this.gate = gate;
        this.limits = limits;
        this.sweepNanos = Math.min(SWEEP_MAX.toNanos(), limits.sessionIdle().toNanos() / 2);
    }

    /**
     * Keeps a session that was initialized.
     *
     * @return false if there is no room, and then it has ended
     */
    boolean keep(LegacySession session) {
        LegacySession evicted = null;
        boolean kept;
        synchronized (byId) {
            Set<LegacySession> owned = byOwner.getOrDefault(session.owner(), Set.of());
            boolean full = owned.size() >= limits.sessionsPerPrincipal() || byId.size() >= limits.sessions();
            if (full) {
                evicted = longestIdle(owned);
                if (evicted != null) {
                    remove(evicted);
                }
            }
            kept = !full || evicted != null;
            if (kept) {
                byId.put(session.id(), session);
                byOwner.computeIfAbsent(session.owner(), owner -> new LinkedHashSet<>())
                        .add(session);
            }
        }
        if (evicted != null) {
            finish(evicted);
        }
        if (!kept) {
            finish(session);
        }
        return kept;
    }

    private static @Nullable LegacySession longestIdle(Collection<LegacySession> sessions) {
        return sessions.stream()
                .filter(LegacySession::isIdle)
                .min(Comparator.comparingLong(LegacySession::lastUsedNanos))
                .orElse(null);
    }

    /** The session of that id on that path; whether the visitor may use it is decided by the gate. */
    Optional<LegacySession> find(String id, Optional<String> server) {
        synchronized (byId) {
            return Optional.ofNullable(byId.get(id)).filter(session -> session.isOf(server));
        }
    }

    /** Ends a session. */
    void end(LegacySession session) {
        boolean known;
        synchronized (byId) {
            known = remove(session);
        }
        if (known) {
            finish(session);
        }
    }

    /** Ends all sessions. */
    void endAll() {
        all().forEach(this::end);
    }

    List<LegacySession> all() {
        synchronized (byId) {
            return List.copyOf(byId.values());
        }
    }

    private boolean remove(LegacySession session) {
        if (!byId.remove(session.id(), session)) {
            return false;
        }
        Set<LegacySession> owned = byOwner.get(session.owner());
        if (owned != null && owned.remove(session) && owned.isEmpty()) {
            byOwner.remove(session.owner());
        }
        return true;
    }

    private void finish(LegacySession session) {
        session.end();
        gate.ended(session);
    }

    /** Ends what nobody uses, now and then; called with each request of whatever kind, so that no thread is needed for it. */
    void sweep() {
        long now = System.nanoTime();
        long last = lastSweepNanos.get();
        if (now - last < sweepNanos || !lastSweepNanos.compareAndSet(last, now)) {
            return;
        }
        List<LegacySession> expired;
        synchronized (byId) {
            expired = byId.values().stream()
                    .filter(session -> isExpired(session, now))
                    .toList();
        }
        // Quietly: who has sent this request has nothing to do with them.
        expired.forEach(session -> Closing.quietly(() -> end(session)));
        all().forEach(session -> Closing.quietly(session.streams()::expire));
    }

    private boolean isExpired(LegacySession session, long now) {
        return session.isIdle()
                && now - session.lastUsedNanos() > limits.sessionIdle().toNanos();
    }
}
