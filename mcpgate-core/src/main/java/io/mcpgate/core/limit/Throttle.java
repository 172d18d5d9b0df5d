package io.mcpgate.core.limit;

import io.github.bucket4j.Bucket;
import io.mcpgate.Call;
import io.mcpgate.ErrorCode;
import io.mcpgate.Interceptor;
import io.mcpgate.Reply;
import io.mcpgate.Target;
import io.mcpgate.Traffic;
import io.mcpgate.core.audit.Trail;
import io.mcpgate.core.policy.Globs;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Counts calls, in memory, and refuses those over a limit with the time after which it is worth coming back. A call
 * counts against all limits that it meets, or, if one refuses it, against none.
 *
 * <p>Counting is by principal and never by session, id or address: opening another session gives nobody more.
 */
public final class Throttle implements Interceptor {
    /**
     * Counts that each limit keeps at once. None with something used up is forgotten: who comes new beyond that shares one
     * further count, until a count that was not used for the longest period of the limit makes room.
     */
    public static final int COUNTS_MAX = 100_000;

    /** Of these, how many one principal may begin, e.g. by tools; with more it is one of those who share. */
    public static final int COUNTS_OF_ONE_MAX = 1_000;

    private final List<Rule> rules;
    private final LongSupplier nanoClock;
    private final Counts.Room room;

    /**
     * Enforces limits.
     *
     * @param nanoClock monotonic, e.g. {@link System#nanoTime}
     */
    public Throttle(List<Limit> limits, LongSupplier nanoClock) {
        this(limits, nanoClock, new Counts.Room(COUNTS_MAX, COUNTS_OF_ONE_MAX));
    }

    Throttle(List<Limit> limits, LongSupplier nanoClock, Counts.Room room) {
        this(List.of(), nanoClock, room, limits);
    }

    private Throttle(List<Rule> before, LongSupplier nanoClock, Counts.Room room, List<Limit> limits) {
        this.rules = rules(before, nanoClock, room, limits);
        this.nanoClock = nanoClock;
        this.room = room;
    }

    /** Enforces other limits; those that are the same go on counting, so that a reload gives nobody more. */
    public Throttle withLimits(List<Limit> limits) {
        return new Throttle(rules, nanoClock, room, limits);
    }

    /** Each of those before goes on for one limit at the most: two that are equal count each by themselves. */
    private static List<Rule> rules(List<Rule> before, LongSupplier nanoClock, Counts.Room room, List<Limit> limits) {
        List<Rule> free = new ArrayList<>(before);
        List<Rule> rules = new ArrayList<>();
        for (Limit limit : limits) {
            Rule rule = free.stream()
                    .filter(known -> known.limit.equals(limit))
                    .findFirst()
                    .orElseGet(() -> new Rule(limit, nanoClock, room));
            free.remove(rule);
            rules.add(rule);
        }
        return List.copyOf(rules);
    }

    @Override
    public Set<Traffic> traffic() {
        return EnumSet.of(Traffic.REQUEST_TO_SERVER);
    }

    @Override
    public CompletionStage<Reply> intercept(Call call, Chain chain) {
        @Nullable Bucket[] taken = new Bucket[rules.size()];
        for (int i = 0; i < taken.length; i++) {
            Rule rule = rules.get(i);
            if (rule.counts(call)) {
                Bucket bucket = rule.bucket(call);
                if (!bucket.tryConsume(1)) {
                    giveBack(taken);
                    return refuse(call, rule, bucket.estimateAbilityToConsume(1).getNanosToWaitForRefill());
                }
                taken[i] = bucket;
            }
        }
        return chain.proceed(call);
    }

    private static void giveBack(@Nullable Bucket[] taken) {
        for (Bucket bucket : taken) {
            if (bucket != null) {
                bucket.addTokens(1);
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
        private final Counts counts;

        private Rule(Limit limit, LongSupplier nanoClock, Counts.Room room) {
            this.limit = limit;
            this.servers = new Globs(limit.servers());
            this.tools = new Globs(limit.tools());
            this.methods = new Globs(limit.methods());
            this.counts = new Counts(limit.rates(), nanoClock, room);
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
            return counts.of(key(call), call.principal().id());
        }

        private Counts.Key key(Call call) {
            String server = call.server().orElse("");
            String principal = call.principal().id();
            return switch (limit.per()) {
                case PRINCIPAL -> new Counts.Key(principal, "", "");
                case TOOL -> new Counts.Key("", server, call.target().name());
                case PRINCIPAL_TOOL ->
                    new Counts.Key(principal, server, call.target().name());
                case SERVER -> new Counts.Key("", server, "");
                case GLOBAL -> new Counts.Key("", "", "");
            };
        }
    }
}
