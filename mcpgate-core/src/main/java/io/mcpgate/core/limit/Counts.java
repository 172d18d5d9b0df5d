package io.mcpgate.core.limit;

import io.github.bucket4j.Bandwidth;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.TimeMeter;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * The counts of one limit, one for each who shares none. No count of which something is used up is forgotten to make room:
 * clients can invent names, and would begin anew that way. One is forgotten once it has not been used for the longest period
 * of its rates, as it is whole again then. Where there is no room, all who come new share one further count.
 *
 * <p>Safe for use by many threads. Whoever has a count waits for nobody.
 */
final class Counts {
    /** Between two looks at all counts, at the least. */
    private static final long SWEEP_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Map<Key, Count> counts = new ConcurrentHashMap<>();
    private final List<Rate> rates;
    private final LongSupplier nanoClock;
    private final int most;
    private final long beginNanos;
    private final long refilledNanos;
    private final Bucket shared;
    private volatile long nextSweep; // written under this lock

    /**
     * No counts yet.
     *
     * @param most how many there are at once, beside the one that is shared
     */
    Counts(List<Rate> rates, LongSupplier nanoClock, int most) {
        this.rates = rates;
        this.nanoClock = nanoClock;
        this.most = most;
        this.beginNanos = nanoClock.getAsLong();
        this.refilledNanos =
                rates.stream().mapToLong(rate -> rate.period().toNanos()).max().orElseThrow();
        this.shared = bucket(rates.stream().mapToLong(Rate::calls).toArray());
    }

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

    /** What {@code key} is counted by at the moment. To be asked for each call: another time it may be another one. */
    Bucket of(Key key) {
        long now = nanoClock.getAsLong() - beginNanos;
        Count known = counts.get(key);
        if (known != null && known.use(now)) {
            return known.bucket;
        }
        return counts.size() < most || now >= nextSweep ? ofNewcomer(key, now) : shared;
    }

    private synchronized Bucket ofNewcomer(Key key, long now) {
        if (counts.size() >= most && now >= nextSweep) {
            nextSweep = now + SWEEP_NANOS;
            counts.values().removeIf(count -> count.forget(now - refilledNanos));
        }
        Count known = counts.get(key); // of another thread that was faster
        if (known != null && known.use(now)) {
            return known.bucket;
        }
        if (counts.size() >= most) {
            return shared;
        }
        Count added = new Count(bucket(leftOfShared()), now);
        counts.put(key, added);
        return added.bucket;
    }

    /** What a newcomer begins with: it may be the very one that has used up the rest. */
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

    /** Calls of one key. Times are nanoseconds since there are such counts, and so never negative. */
    private static final class Count {
        private static final long FORGOTTEN = -1;

        private final Bucket bucket;
        private final AtomicLong lastUse;

        Count(Bucket bucket, long now) {
            this.bucket = bucket;
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
