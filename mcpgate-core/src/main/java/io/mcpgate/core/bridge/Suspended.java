package io.mcpgate.core.bridge;

import io.mcpgate.Call;
import io.mcpgate.Payload;
import io.mcpgate.Reply;
import io.mcpgate.Target;
import io.mcpgate.core.stage.Closing;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Calls that wait for their client to come back with answers, by the {@code requestState} that it was given: unguessable, good for
 * one return, for this principal and this request only, and not for long.
 */
final class Suspended {
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final int ALL_MAX = 10_000;
    private static final int PER_PRINCIPAL_MAX = 100;
    private static final int STATE_BYTES = 24;

    private final ScheduledExecutorService timer;
    private final SecureRandom random = new SecureRandom();
    private final Map<String, Entry> byState = new HashMap<>(); // guarded by itself
    private final Map<String, Integer> perPrincipal = new HashMap<>(); // guarded by byState
    private boolean closed; // guarded by byState

    Suspended(ScheduledExecutorService timer) {
        this.timer = timer;
    }

    /** What waits. */
    interface Waiting {
        /**
         * The client is back.
         *
         * @param begin makes the call anew, for those who need that
         */
        CompletionStage<Reply> resume(
                Call call, Map<String, Payload> responses, Function<Call, CompletionStage<Reply>> begin);

        /** It has not come back in time. */
        void expired();
    }

    private record Entry(
            Waiting waiting,
            String principal,
            String method,
            Target target,
            @Nullable Object arguments,
            Future<?> expiry) {

        boolean isFor(Call call) {
            return principal.equals(call.principal().id())
                    && method.equals(call.method())
                    && target.equals(call.target())
                    && Objects.equals(arguments, call.params().members().get("arguments"));
        }
    }

    /**
     * Keeps what waits for the client that made {@code call}.
     *
     * @return the state that brings it back; empty if too much waits already
     */
    Optional<String> keep(Call call, Waiting waiting) {
        byte[] bytes = new byte[STATE_BYTES];
        random.nextBytes(bytes);
        String state = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
        String principal = call.principal().id();
        synchronized (byState) {
            if (closed || byState.size() >= ALL_MAX || perPrincipal.getOrDefault(principal, 0) >= PER_PRINCIPAL_MAX) {
                return Optional.empty();
            }
            Future<?> expiry;
            try {
                expiry = timer.schedule(() -> expire(state), PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
            } catch (RejectedExecutionException closing) {
                return Optional.empty();
            }
            Object arguments = call.params().members().get("arguments");
            byState.put(state, new Entry(waiting, principal, call.method(), call.target(), arguments, expiry));
            perPrincipal.merge(principal, 1, Integer::sum);
        }
        return Optional.of(state);
    }

    /** What waits for this call; a call that it is not meant for changes nothing. */
    Optional<Waiting> take(Call call) {
        String state = call.params().string("requestState").orElse("");
        synchronized (byState) {
            Entry entry = byState.get(state);
            if (entry == null || !entry.isFor(call)) {
                return Optional.empty();
            }
            remove(state, entry);
            entry.expiry().cancel(false);
            return Optional.of(entry.waiting());
        }
    }

    private void remove(String state, Entry entry) {
        byState.remove(state);
        perPrincipal.computeIfPresent(entry.principal(), (same, count) -> count == 1 ? null : count - 1);
    }

    private void expire(String state) {
        Entry entry;
        synchronized (byState) {
            entry = byState.get(state);
            if (entry == null) {
                return;
            }
            remove(state, entry);
        }
        entry.waiting().expired();
    }

    void close() {
        Map<String, Entry> all;
        synchronized (byState) {
            closed = true;
            all = Map.copyOf(byState);
            byState.clear();
            perPrincipal.clear();
        }
        all.values().forEach(entry -> entry.expiry().cancel(false));
        Closing.all(all.values().stream()
                .<Runnable>map(entry -> entry.waiting()::expired)
                .toList());
    }
}
