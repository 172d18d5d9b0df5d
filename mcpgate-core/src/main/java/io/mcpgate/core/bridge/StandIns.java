package io.mcpgate.core.bridge;

import io.mcpgate.Call;
import io.mcpgate.core.json.JsonReader;
import io.mcpgate.core.protocol.RoundTrips;
import io.mcpgate.core.stage.Closing;
import io.mcpgate.route.Upstream;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;

/**
 * The sessions that the gateway keeps at a legacy server for modern clients: by principal, and by what the client says that
 * it can be asked, for that is agreed in the handshake. A client that can be asked gets a session of its own for the time
 * of a call, because over stdio nothing else says which call the server asks about; the others share one.
 */
final class StandIns {
    private static final int GROUP_MAX = 8;
    private static final int PRINCIPAL_MAX = 100; // or one that declares ever other capabilities would take them all
    private static final int ALL_MAX = 1_000;

    private final Upstream server;
    private final JsonReader reader;
    private final ScheduledExecutorService timer;
    private final Map<Group, List<StandIn>> groups = new HashMap<>(); // guarded by itself
    private int size; // guarded by groups
    private int lastNumber; // guarded by groups
    private boolean closed; // guarded by groups

    StandIns(Upstream server, JsonReader reader, ScheduledExecutorService timer) {
        this.server = server;
        this.reader = reader;
        this.timer = timer;
    }

    private record Group(String principal, Map<String, ?> capabilities) {}

    /** The use of a session by one call. */
    record Lease(StandIn standIn, StandIn.Use use) {
        void end() {
            standIn.leave(use);
        }
    }

    /** A session for a call; empty if all are in use. Where the principal has no more to get, calls share after all. */
    Optional<Lease> lease(Call call) {
        Map<String, ?> capabilities = Terms.legacyCapabilities(call.params());
        Group group = new Group(call.principal().id(), capabilities);
        StandIn.Use use = use(call, capabilities);
        StandIn evicted = null;
        Optional<Lease> leased;
        synchronized (groups) {
            if (closed) {
                return Optional.empty();
            }
            List<StandIn> known = groups.getOrDefault(group, List.of());
            StandIn free = known.stream()
                    .filter(standIn -> isFree(standIn, use))
                    .findFirst()
                    .orElse(null);
            if (free == null && known.size() < GROUP_MAX) {
                boolean ownAreTooMany = sizeOf(group.principal()) >= PRINCIPAL_MAX;
                boolean full = ownAreTooMany || size >= ALL_MAX;
                evicted = full ? longestIdle(ownAreTooMany ? group.principal() : null) : null;
                if (evicted != null) {
                    remove(evicted);
                }
                free = full && evicted == null ? null : add(group, call);
            }
            leased =
                    Optional.ofNullable(free == null ? leastUsed(known) : free).map(standIn -> new Lease(standIn, use));
            leased.ifPresent(lease -> lease.standIn().enter(use));
        }
        if (evicted != null) {
            evicted.close();
        }
        return leased;
    }

    private static StandIn.Use use(Call call, Map<String, ?> capabilities) {
        if (call.method().equals(Terms.LISTEN)) {
            return StandIn.Use.LISTENING;
        }
        boolean alone = RoundTrips.mayAsk(call.method()) && Terms.canBeAsked(capabilities);
        return alone ? StandIn.Use.ALONE : StandIn.Use.SHARED;
    }

    /** Many servers tell only the session in which something was changed: whoever listens is where calls are made. */
    private static boolean isFree(StandIn standIn, StandIn.Use use) {
        return switch (use) {
            case ALONE -> standIn.calls() == 0;
            case SHARED -> !standIn.isTaken();
            case LISTENING -> true;
        };
    }

    private static @Nullable StandIn leastUsed(List<StandIn> known) {
        return known.stream().min(Comparator.comparingInt(StandIn::calls)).orElse(null);
    }

    private StandIn add(Group group, Call call) {
        String key = "mcpgate-stand-in-" + ++lastNumber;
        StandIn made = new StandIn(key, server, Terms.handshake(call.params(), group.capabilities()), reader, timer);
        groups.computeIfAbsent(group, unused -> new ArrayList<>()).add(made);
        size++;
        return made;
    }

    private int sizeOf(String principal) {
        return groups.entrySet().stream()
                .filter(group -> group.getKey().principal().equals(principal))
                .mapToInt(group -> group.getValue().size())
                .sum();
    }

    /** Of this principal, or of all. */
    private @Nullable StandIn longestIdle(@Nullable String principal) {
        return groups.entrySet().stream()
                .filter(group -> principal == null || group.getKey().principal().equals(principal))
                .flatMap(group -> group.getValue().stream())
                .filter(StandIn::isIdle)
                .min(Comparator.comparingLong(StandIn::lastUsedNanos))
                .orElse(null);
    }

    private void remove(StandIn standIn) {
        groups.values().removeIf(list -> list.remove(standIn) && list.isEmpty());
        size--;
    }

    void close() {
        List<StandIn> all;
        synchronized (groups) {
            all = groups.values().stream().flatMap(List::stream).toList();
            groups.clear();
            size = 0;
            closed = true;
        }
        Closing.all(all.stream().<Runnable>map(standIn -> standIn::close).toList());
    }
}
