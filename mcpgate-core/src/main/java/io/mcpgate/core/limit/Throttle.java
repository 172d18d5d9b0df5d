package io.mcpgate.core.limit;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.github.bucket4j.Bandwidth;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.TimeMeter;
import io.mcpgate.Call;
import io.mcpgate.ErrorCode;
import io.mcpgate.Interceptor;
import io.mcpgate.Reply;
import io.mcpgate.Target;
import io.mcpgate.Traffic;
import io.mcpgate.core.audit.Trail;
import io.mcpgate.core.policy.Globs;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Counts calls, in memory, and refuses those over a limit with the time after which it is worth coming back. A call
 * counts against all limits that it meets, or, if one refuses it, against none.
 *
 * <p>Counting is by principal and never by session, id or address: opening another session gives nobody more.
 */
public final class Throttle implements Interceptor {
    /** Counts that are kept at once; the longest unused go first, which favours nobody who still calls. */
    public static final int COUNTS_MAX = 100_000;

    private final List<Rule> rules;
    private final LongSupplier nanoClock;

    /**
     * Enforces limits.
     *
     * @param nanoClock monotonic, e.g. {@link System#nanoTime}
     */
    public Throttle(List<Limit> limits, LongSupplier nanoClock) {
        this.rules = limits.stream().map(limit -> new Rule(limit, nanoClock)).toList();
        this.nanoClock = nanoClock;
    }

    private Throttle(LongSupplier nanoClock, List<Rule> rules) {
        this.rules = rules;
        this.nanoClock = nanoClock;
    }

    /** Enforces other limits; those that are the same go on counting, so that a reload gives nobody more. */
    public Throttle withLimits(List<Limit> limits) {
        return new Throttle(
                nanoClock,
                limits.stream()
                        .map(limit -> rules.stream()
                                .filter(rule -> rule.limit.equals(limit))
                                .findFirst()
                                .orElseGet(() -> new Rule(limit, nanoClock)))
                        .toList());
    }

    @Override
    public Set<Traffic> traffic() {
        return EnumSet.of(Traffic.REQUEST_TO_SERVER);
    }

    @Override
    public CompletionStage<Reply> intercept(Call call, Chain chain) {
        for (Rule rule : rules) {
            if (rule.counts(call)) {
                Bucket bucket = rule.bucket(call);
                if (!bucket.tryConsume(1)) {
                    giveBack(call, rule);
                    return refuse(call, rule, bucket.estimateAbilityToConsume(1).getNanosToWaitForRefill());
                }
            }
        }
        return chain.proceed(call);
    }

    /** What the call has taken from the limits before the one that refuses it. */
    private void giveBack(Call call, Rule refusing) {
        for (Rule rule : rules) {
            if (rule == refusing) {
                return;
            }
            if (rule.counts(call)) {
                rule.bucket(call).addTokens(1);
            }
        }
    }

    private static CompletionStage<Reply> refuse(Call call, Rule rule, long nanosToWait) {
        Trail.of(call).refused("limit " + rule.limit.name());
        long millis = TimeUnit.NANOSECONDS.toMillis(nanosToWait) + 1;
        return CompletableFuture.completedFuture(Reply.Failure.of(
                ErrorCode.RATE_LIMITED,
                "Rate limit reached; try again in " + millis + " ms",
                Map.of("retryAfterMs", millis)));
    }

    private static final class Rule {
        private final Limit limit;
        private final Globs servers;
        private final Globs tools;
        private final Globs methods;
        private final LongSupplier nanoClock;
        private final Cache<List<String>, Bucket> buckets = Caffeine.newBuilder()
                .maximumSize(COUNTS_MAX)
                .executor(Runnable::run) // upkeep on the calling thread: no pool that the host cannot see
                .build();

        private Rule(Limit limit, LongSupplier nanoClock) {
            this.limit = limit;
            this.servers = new Globs(limit.servers());
            this.tools = new Globs(limit.tools());
            this.methods = new Globs(limit.methods());
            this.nanoClock = nanoClock;
        }

        private boolean counts(Call call) {
            Target target = call.target();
            boolean byTool = !limit.tools().isEmpty() || isPerTool();
            if (byTool && target.kind() != Target.Kind.TOOL) {
                return false;
            }
            return methods.matches(call.method())
                    && servers.matches(call.server().orElse(""))
                    && (limit.tools().isEmpty() || tools.matches(target.name()));
        }

        private boolean isPerTool() {
            return limit.per() == Limit.Per.TOOL || limit.per() == Limit.Per.PRINCIPAL_TOOL;
        }

        private Bucket bucket(Call call) {
            return buckets.get(key(call), unused -> newBucket());
        }

        private List<String> key(Call call) {
            String server = call.server().orElse("");
            String principal = call.principal().id();
            return switch (limit.per()) {
                case PRINCIPAL -> List.of(principal);
                case TOOL -> List.of(server, call.target().name());
                case PRINCIPAL_TOOL -> List.of(principal, server, call.target().name());
                case SERVER -> List.of(server);
                case GLOBAL -> List.of();
            };
        }

        private Bucket newBucket() {
            var builder = Bucket.builder().withCustomTimePrecision(new Nanos(nanoClock));
            for (Rate rate : limit.rates()) {
                builder.addLimit(Bandwidth.builder()
                        .capacity(rate.calls())
                        .refillGreedy(rate.calls(), rate.period())
                        .build());
            }
            return builder.build();
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
