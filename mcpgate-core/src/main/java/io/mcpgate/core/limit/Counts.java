package io.mcpgate.core.limit;

import io.github.bucket4j.Bandwidth;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.TimeMeter;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * The counts of one limit, one for each who shares none. No count of which something is used up is forgotten to make room:
 * clients can invent names, and would begin anew that way. One is forgotten once it has not been used for the longest period
 * of its rates, as it is whole again then. Where there is no room, all who come new share one further count; and so that it
 * is not made scarce for others by inventing names, no principal has more than its part of the room.
 *
 * <p>Safe for use by many threads. Whoever has a count waits for nobody.
 */
final class Counts {
    /** Between two looks at all counts, at the least. */
    private static final long SWEEP_NANOS = TimeUnit.SECONDS.toNanos(1);

    private static final long NEVER = Long.MIN_VALUE;

    private final Map<Key, Count> counts = new ConcurrentHashMap<>();
    private final Map<String, Owner> owners = new HashMap<>(); // by principal; guarded by this
    private final List<Rate> rates;
    private final LongSupplier nanoClock;
    private final Room room;
    private final long beginNanos;
    private final long refilledNanos;
    private final long[] whole;
    private final Bucket shared;
    private long crowded = NEVER; // when there last was no room at all; guarded by this
    private long nextSweep; // guarded by this

    /**
     * No counts yet.
     *
     * @param room how many there are at once, beside the one that is shared
     */
    Counts(List<Rate> rates, LongSupplier nanoClock, Room room) {
        this.rates = rates;
        this.nanoClock = nanoClock;
        this.room = room;
        this.beginNanos = nanoClock.getAsLong();
        this.refilledNanos =
                rates.stream().mapToLong(rate -> rate.period().toNanos()).max().orElseThrow();
        this.whole = rates.stream().mapToLong(Rate::calls).toArray();
        this.shared = bucket(whole);
    }

    /**
     * How many counts there may be.
     *
     * @param inAll of everybody
     * @param ofOne that one principal has begun
     */
    record Room(int inAll, int ofOne) {}

    /**
     * Who has a count; what it does not go by is empty. It has an order because names of one hash can be made up: by that a
     * map finds them fast all the same.
     */
    record Key(String principal, String server, String tool) implements Comparable<Key> {
        private static final Comparator<Key> ORDER =
                Comparator.comparing(Key::principal).thenComparing(Key::server).thenComparing(Key::tool);

        @Override
        public int compareTo(Key other) {
            return ORDER.compare(this, other);
        }
    }

    /**
     * What {@code key} is counted by at the moment. To be asked for each call: another time it may be another one.
     *
     * @param caller the principal that calls, also where counts do not go by it
     */
    Bucket of(Key key, String caller) {
        long now = nanoClock.getAsLong() - beginNanos;
        Count known = counts.get(key);
        return known != null && known.use(now) ? known.bucket : ofNewcomer(key, caller, now);
    }

    private synchronized Bucket ofNewcomer(Key key, String caller, long now) {
        Count known = counts.get(key); // of another thread that was faster
        if (known != null && known.use(now)) {
            return known.bucket;
        }
        if (isFull(caller) && now >= nextSweep) {
            nextSweep = now + SWEEP_NANOS;
            sweep(now);
        }
        if (isFull(caller)) {
            noteShared(caller, now);
            return shared;
        }
        Owner owner = owners.computeIfAbsent(caller, unused -> new Owner());
        Count added = new Count(bucket(hasShared(key, owner, now) ? leftOfShared() : whole), owner, now);
        counts.put(key, added);
        owner.counts++;
        return added.bucket;
    }

    private boolean isFull(String caller) {
        Owner owner = owners.get(caller);
        return counts.size() >= room.inAll() || (owner != null && owner.counts >= room.ofOne());
    }

    private void sweep(long now) {
        counts.values().removeIf(count -> {
            boolean forgotten = count.forget(now - refilledNanos);
            count.owner.counts -= forgotten ? 1 : 0;
            return forgotten;
        });
        owners.values().removeIf(owner -> owner.counts == 0 && !isRecent(owner.sharing, now));
    }

    private void noteShared(String caller, long now) {
        Owner owner = owners.get(caller);
        if (owner == null) {
            crowded = now; // anybody, of whom nothing is kept
        } else {
            owner.sharing = now;
        }
    }

    /** Whether who begins now may have used the shared count before. For a key of all principals anybody may have. */
    private boolean hasShared(Key key, Owner owner, long now) {
        return key.principal().isEmpty() || isRecent(crowded, now) || isRecent(owner.sharing, now);
    }

    private boolean isRecent(long time, long now) {
        return time != NEVER && now - time < refilledNanos;
    }

    /** What such a one begins with: it may be the very one that has used up the rest. */
    private long[] leftOfShared() {
        return shared.asVerbose().getAvailableTokens().getDiagnostics().getAvailableTokensPerEachBandwidth();
    }

    private Bucket bucket(long[] left) {
        var builder = Bucket.builder().withCustomTimePrecision(new Nanos(nanoClock));
        for (int i = 0; i < left.length; i++) {
            Rate rate = rates.get(i);
            builder.addLimit(Bandwidth.builder()
                    .capacity(rate.calls())
                    .refillGreedy(rate.calls(), rate.period())
                    .initialTokens(left[i])
                    .build());
        }
        return builder.build();
    }

    /** A principal that has begun counts. */
    private static final class Owner {
        private int counts; // guarded by the counts
        private long sharing = NEVER; // when it last used the shared count; guarded by the counts
    }

    /** Calls of one key. Times are nanoseconds since there are such counts, and so never negative. */
    private static final class Count {
        private static final long FORGOTTEN = -1;

        private final Bucket bucket;
        private final Owner owner;
        private final AtomicLong lastUse;

        Count(Bucket bucket, Owner owner, long now) {
            this.bucket = bucket;
            this.owner = owner;
            this.lastUse = new AtomicLong(now);
        }

        /** Notes that it is used; false if it is forgotten, and so nobody's any more. */
        boolean use(long now) {
            long last = lastUse.get();
            while (last != FORGOTTEN && last < now && !lastUse.compareAndSet(last, now)) {
                last = lastUse.get();
            }
            return last != FORGOTTEN;
        }

        /** Forgets it if it has not been used after this time; whether it has. */
        boolean forget(long time) {
            long last = lastUse.get();
            return last <= time && lastUse.compareAndSet(last, FORGOTTEN);
        }
    }

    private record Nanos(LongSupplier clock) implements TimeMeter {
        private static final long serialVersionUID = 1L;

        @Override
        public long currentTimeNanos() {
            return clock.getAsLong();
        }

        @Override
        public boolean isWallClockBased() {
            return false;
        }
    }
}
