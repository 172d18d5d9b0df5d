package io.mcpgate.core.config;

import io.mcpgate.Call;
import io.mcpgate.Reply;
import io.mcpgate.Session;
import io.mcpgate.core.Gate;
import io.mcpgate.core.Gateway;
import io.mcpgate.core.GatewayBuilder;
import io.mcpgate.core.json.JsonReader;
import io.mcpgate.core.route.Timeouts;
import io.mcpgate.core.stage.Closing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A gate whose configuration can be replaced while it is in use. {@link #apply} builds a new gateway and swaps one
 * reference: calls in flight end on the old one, and from the next call on the new one counts.
 *
 * <p>What did not change is kept: a server's connections, and so its sessions; the audit sink; the counts of limits. What
 * was removed is closed when the last call that could use it has ended. A configuration that cannot be used changes
 * nothing.
 *
 * <p>Safe for use by many threads. It owns the timer, the connectors, the upstreams and the audit sink; {@link #close()}
 * ends all of it.
 */
public final class ReloadingGate implements Gate, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ReloadingGate.class);

    private final Workshop workshop;
    private final ScheduledExecutorService timer;
    private final Set<Generation> living = ConcurrentHashMap.newKeySet();
    private volatile Generation current;
    private boolean closed; // guarded by this

    private ReloadingGate(GateConfig config, Consumer<GatewayBuilder> additions, List<ConnectorFactory> connectors) {
        this.timer = Timeouts.newTimer(config.name());
        this.workshop = new Workshop(connectors, additions, timer);
        try {
            this.current = workshop.build(config, null);
        } catch (RuntimeException unusable) {
            timer.shutdownNow();
            throw unusable;
        }
        living.add(current);
    }

    /**
     * A gate of this configuration.
     *
     * @param connectors asked in order for each server
     * @throws ConfigException if it cannot be used
     */
    public static ReloadingGate open(GateConfig config, List<ConnectorFactory> connectors) {
        return open(config, connectors, unchanged -> {});
    }

    /**
     * A gate of this configuration and of what a host adds to each gateway: steps of its own, a router.
     *
     * @param connectors asked in order for each server
     * @param additions called for each gateway that is built, after the configuration has been applied
     * @throws ConfigException if it cannot be used
     */
    public static ReloadingGate open(
            GateConfig config, List<ConnectorFactory> connectors, Consumer<GatewayBuilder> additions) {
        return new ReloadingGate(config, additions, List.copyOf(connectors));
    }

    /**
     * Replaces the configuration. Returns when the new one counts; the old gateway ends by itself. Clients who may see
     * something else by the new one are told that their lists have changed, if that was promised to them. Then each
     * {@code subscriptions/listen} ends, for its client to listen again.
     *
     * @return whether anything has changed
     * @throws ConfigException if it cannot be used; then the old one stays as it is
     * @throws IllegalStateException if the gate is closed
     */
    public boolean apply(GateConfig config) {
        Generation before;
        Generation next;
        synchronized (this) {
            if (closed) {
                throw new IllegalStateException("The gate is closed; open another one");
            }
            before = current;
            if (config.equals(before.config())) {
                return false;
            }
            next = workshop.build(config, before);
            living.add(next);
            current = next;
            before.retire(next).thenRun(() -> end(before));
        }
        next.gateway()
                .announce(new Change(before.config(), config, next.standing())); // whoever lists now sees what is new
        before.gateway().endListens(); // they would last for ever, at servers that may not count any more
        return true;
    }

    private void end(Generation generation) {
        closeOrWarn(() -> generation.gateway().close(Duration.ZERO)); // waits for nothing, as no call is left
        if (generation.leftovers().isEmpty()) {
            living.remove(generation);
            return;
        }
        // Closing a child process waits for it, which neither calls nor alarms should.
        Thread thread = new Thread(
                () -> closeLeftovers(generation),
                "mcpgate-retire-" + generation.config().name());
        thread.setDaemon(true);
        thread.start();
    }

    private void closeLeftovers(Generation generation) {
        generation.leftovers().forEach(ReloadingGate::closeOrWarn);
        living.remove(generation);
    }

    private static void closeOrWarn(Runnable close) {
        try {
            close.run();
        } catch (RuntimeException broken) {
            LOG.warn("Something of the replaced configuration did not close cleanly", broken);
        }
    }

    /** What counts at the moment. */
    public GateConfig config() {
        return current.config();
    }

    /** The gateway that counts at the moment. It is closed by this gate. */
    public Gateway gateway() {
        return current.gateway();
    }

    @Override
    public CompletionStage<Reply> handle(Call call) {
        @Nullable CompletionStage<Reply> reply = null;
        while (reply == null) {
            reply = current.handle(call); // null if it was retired between the two
        }
        return reply;
    }

    @Override
    public void ended(Session session) {
        living.forEach(generation -> generation.gateway().ended(session));
    }

    @Override
    public JsonReader reader() {
        return current.gateway().reader();
    }

    @Override
    public boolean governs(String server) {
        return current.gateway().governs(server);
    }

    @Override
    public boolean wraps(String server) {
        return current.gateway().wraps(server);
    }

    /**
     * Ends everything as {@link Gateway#close()} does. Blocks for at most the drain time and what children need to end. All of
     * it ends, whatever throws, as an audit file may that cannot be brought to the disk; what was thrown first is thrown at
     * the end.
     */
    @Override
    public void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
        }
        Generation last = current;
        Closing.all(List.of(last.gateway()::close, () -> closeLiving(last), timer::shutdownNow));
    }

    private void closeLiving(Generation last) {
        List<Runnable> all = new ArrayList<>();
        for (Generation generation : living) {
            if (generation != last) {
                all.add(() -> generation.gateway().close(Duration.ZERO)); // older calls have had at least as long
            }
            all.add(generation::closeEverything);
        }
        Closing.all(all);
    }

    /** The steps of the gateway that counts at the moment. */
    @Override
    public String toString() {
        return "Reloading" + current.gateway();
    }
}
