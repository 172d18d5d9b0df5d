package io.mcpgate.core;

import io.mcpgate.Call;
import io.mcpgate.Direction;
import io.mcpgate.ErrorCode;
import io.mcpgate.Interceptor;
import io.mcpgate.Reply;
import io.mcpgate.Traffic;
import io.mcpgate.core.protocol.LocalCall;
import io.mcpgate.core.route.TimeLimit;
import io.mcpgate.core.stage.Closing;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Function;

/**
 * The deadline of every request, in either direction: whatever a step, a store, a server or a client does, its caller gets
 * an answer by then, and everybody further in learns that nobody waits any more. Only {@code subscriptions/listen} has
 * none. (Sizes and depths are bounded where bytes come in, by the reader's limits.)
 */
final class Bound implements Interceptor {
    private final Function<Call, Duration> timeout;
    private final ScheduledExecutorService timer;
    private final Map<Duration, TimeLimit> limits = new ConcurrentHashMap<>(); // as many as are configured

    Bound(Function<Call, Duration> timeout, ScheduledExecutorService timer) {
        this.timeout = timeout;
        this.timer = timer;
    }

    @Override
    public Set<Traffic> traffic() {
        return EnumSet.of(Traffic.REQUEST_TO_SERVER, Traffic.REQUEST_TO_CLIENT);
    }

    @Override
    public CompletionStage<Reply> intercept(Call call, Chain chain) {
        if (LocalCall.is(call) || isLongLived(call)) {
            return chain.proceed(call);
        }
        Duration limit = timeout.apply(call);
        CompletableFuture<Reply> reply = chain.proceed(call.withTimeout(limit)).toCompletableFuture();
        if (reply.isDone()) {
            return reply;
        }
        return limits.computeIfAbsent(limit, known -> new TimeLimit(known, timer))
                .within(reply, TooLate::new)
                .exceptionally(error -> late(call, limit, error));
    }

    /** A subscription lasts until its client or its server ends it (2026-07-28, "Subscriptions"). */
    static boolean isLongLived(Call call) {
        return call.method().equals("subscriptions/listen")
                && call.direction() == Direction.TO_SERVER
                && call.session().isModern();
    }

    private static Reply late(Call call, Duration limit, Throwable error) {
        if (error instanceof TooLate) {
            Closing.quietly(call.cancellation()::cancel);
            return Reply.failure(ErrorCode.DEADLINE, "No answer within " + limit.toMillis() + " ms");
        }
        throw error instanceof CompletionException wrapped ? wrapped : new CompletionException(error);
    }

    private static final class TooLate extends RuntimeException {
        private static final long serialVersionUID = 1L;

        TooLate() {
            super("deadline", null, false, false);
        }
    }
}
