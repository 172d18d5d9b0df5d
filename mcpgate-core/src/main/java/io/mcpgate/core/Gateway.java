package io.mcpgate.core;

import io.mcpgate.Call;
import io.mcpgate.Cancellation.Registration;
import io.mcpgate.Direction;
import io.mcpgate.ErrorCode;
import io.mcpgate.Interceptor.Chain;
import io.mcpgate.Principal;
import io.mcpgate.Reply;
import io.mcpgate.Session;
import io.mcpgate.Traffic;
import io.mcpgate.core.audit.CorrelationIds;
import io.mcpgate.core.audit.Trail;
import io.mcpgate.core.catalog.Addressing;
import io.mcpgate.core.catalog.CatalogNames;
import io.mcpgate.core.json.JsonReader;
import io.mcpgate.core.limit.Throttle;
import io.mcpgate.core.policy.Audience;
import io.mcpgate.core.policy.TaskOwners;
import io.mcpgate.core.protocol.ListenEnd;
import io.mcpgate.core.route.HostPatience;
import io.mcpgate.core.route.NamedRouter;
import io.mcpgate.core.route.Route;
import io.mcpgate.core.route.WrappedUpstream;
import io.mcpgate.core.stage.Closing;
import io.mcpgate.core.stage.Ready;
import io.mcpgate.policy.PolicyStore;
import io.mcpgate.route.Router;
import io.mcpgate.route.Upstream;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An MCP gateway inside this process. Built by {@link #builder()}; transports bring calls to {@link #handle}; many may live
 * in one JVM, and none has static state.
 *
 * <p>It owns one daemon thread, a timer named after the gateway (or none, if the host hands in its own), and what the
 * transports of its upstreams own. {@link #close()} ends all of it.
 */
public final class Gateway implements Gate, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Gateway.class);

    private final String name;
    private final JsonReader reader;
    private final Optional<Throttle> throttle;
    private final TaskOwners tasks;
    private final PolicyStore policies;
    private final UnaryOperator<Principal> standing;
    private final Audience audience;
    private final List<NamedStep> steps;
    private final Map<Traffic, Chain> chains = new EnumMap<>(Traffic.class);
    private final Addressing addressing;
    private final List<Upstream> upstreams;
    private final Set<String> servers;
    private final GatewayBuilder.Owned owned;
    private final Duration drain;
    private final CorrelationIds correlationIds = new CorrelationIds();
    private final Set<Call> inFlight = ConcurrentHashMap.newKeySet();
    private final CompletableFuture<Void> drained = new CompletableFuture<>();
    private volatile boolean closing;
    private volatile boolean listensEnd;
    private volatile Registration watch = () -> {};
    private final AtomicReference<Gateway> newest; // of those that succeed each other

    Gateway(
            GatewayBuilder config,
            GatewayBuilder.Owned owned,
            ScheduledExecutorService timer,
            List<Upstream> upstreams) {
        this.name = config.name();
        this.newest = config.lineage(this);
        this.reader = config.reader();
        this.owned = owned;
        this.drain = config.drain();
        this.upstreams = upstreams;
        this.servers = Set.copyOf(config.serverNames());
        this.addressing = new Addressing(new CatalogNames(servers), reader);
        Router router = config.router().orElseGet(() -> new NamedRouter(upstreams));
        HostPatience patience = new HostPatience(config.timeout(), timer);
        Route route = new Route(router, patience, session -> new GovernedSession(session, this::toClient));
        this.throttle = config.throttle();
        this.tasks = config.tasks();
        this.policies = config.policies();
        this.standing = config.standing();
        this.audience = config.audience();
        DefaultChain chain = new DefaultChain(config, timer, throttle, tasks, audience, addressing, patience, route);
        this.steps = chain.steps();
        for (Traffic traffic : Traffic.values()) {
            boolean toServer = traffic.direction() == Direction.TO_SERVER;
            Chain end = chain.end(toServer ? route : GovernedSession::toTransport);
            chains.put(traffic, Fold.fold(steps, traffic, end));
        }
    }

    /** A gateway is built, and validated, in one go. */
    public static GatewayBuilder builder() {
        return new GatewayBuilder();
    }

    @Override
    public CompletionStage<Reply> handle(Call call) {
        if (closing) {
            return CompletableFuture.completedFuture(Reply.failure(ErrorCode.UNAVAILABLE, "The gateway is closing"));
        }
        inFlight.add(call);
        boolean listens = Bound.isLongLived(call);
        if (closing || (listens && listensEnd)) { // since it was looked at, or by whoever has ended them
            call.cancellation().cancel();
        }
        CompletionStage<Reply> reply = addressed(call, () -> left(call));
        return listens ? reply.thenApply(done -> ended(call, done)) : reply;
    }

    private CompletionStage<Reply> addressed(Call call, Runnable afterwards) {
        Call addressed;
        try {
            addressed = addressing.address(call);
        } catch (RuntimeException broken) { // a host's object need not be JSON
            return traverse(call, recorded(call.traffic(), broken), afterwards);
        }
        return traverse(addressed, afterwards);
    }

    /** A chain of the first own step, which records, and of nothing but failure behind it. */
    private Chain recorded(Traffic traffic, RuntimeException broken) {
        List<NamedStep> record =
                steps.stream().filter(NamedStep::trusted).limit(1).toList();
        return Fold.fold(record, traffic, call -> CompletableFuture.failedFuture(broken));
    }

    /** A listen that this side ends has the result of one (2026-07-28, "Subscriptions"), so that its client may listen again. */
    private Reply ended(Call listen, Reply reply) {
        boolean byUs =
                (closing || listensEnd) && reply instanceof Reply.Failure failure && failure.is(ErrorCode.CANCELLED);
        return byUs ? ListenEnd.of(listen.id().orElseThrow()) : reply;
    }

    private void left(Call call) {
        inFlight.remove(call);
        if (closing && inFlight.isEmpty()) {
            drained.complete(null);
        }
    }

    /**
     * A message of a server on its way to a client; by the newest policy and to whom the client is by now, also for
     * connections of an older gateway.
     */
    private CompletionStage<Reply> toClient(Call call) {
        Gateway latest = newest.get();
        return (latest == null ? this : latest).tell(call);
    }

    private CompletionStage<Reply> tell(Call call) {
        Principal known = call.principal();
        Principal now = standing(known);
        return traverse(now.equals(known) ? call : call.withPrincipal(now), () -> {});
    }

    private Principal standing(Principal known) {
        try {
            return standing.apply(known);
        } catch (RuntimeException broken) {
            LOG.error("It cannot be found out who {} is by now, so it is told nothing", known.id(), broken);
            return new Principal(known.id(), Set.of(), Map.of());
        }
    }

    /** From now on what the store says of changes is told, as long as no other gateway has succeeded this one. */
    void watch() {
        watch = policies.onChange(() -> {
            if (newest.get() == this) {
                announce((known, server) -> Optional.of(known));
            }
        });
    }

    /**
     * Tells the clients whom a change of policy or servers concerns that their lists have changed: each once for each kind of
     * list, if it was promised that and may list such things now. What a {@link PolicyStore} reports is told without this;
     * a host that replaces a gateway calls it on the new one, once calls go there.
     */
    public void announce(Audience.Reach reach) {
        List<String> governed = upstreams.stream().map(Upstream::name).toList();
        audience.tell(reach, governed, policies, reader, this::toClient);
    }

    private CompletionStage<Reply> traverse(Call call, Runnable afterwards) {
        Chain chain = chains.get(call.traffic());
        if (chain == null) {
            throw new IllegalStateException("There is a chain for every kind of traffic");
        }
        return traverse(call, chain, afterwards);
    }

    private CompletionStage<Reply> traverse(Call call, Chain chain, Runnable afterwards) {
        Call tracked = Trail.start(call, correlationIds.next());
        CompletionStage<Reply> reply = chain.proceed(tracked);
        if (Ready.is(reply)) {
            afterwards.run();
            return reply;
        }
        return reply.handle((done, broken) -> {
            afterwards.run();
            return broken == null ? done : internalError(tracked, broken);
        });
    }

    /** The one place that turns the unexpected into an answer. */
    private Reply internalError(Call call, Throwable broken) {
        String correlationId = Trail.of(call).correlationId();
        LOG.error("{} in gateway {} broke, correlation id {}", call.method(), name, correlationId, broken);
        return Reply.Failure.of(ErrorCode.INTERNAL, "Internal error", Map.of("correlationId", correlationId));
    }

    @Override
    public void ended(Session session) {
        audience.ended(session);
        upstreams.forEach(upstream -> ended(upstream, session));
    }

    /** None keeps the others from being told, nor the edge from ending what it has of the session. */
    private static void ended(Upstream upstream, Session session) {
        try {
            upstream.ended(session);
        } catch (RuntimeException broken) {
            LOG.error("Server \"{}\" could not give back all that it held for a session", upstream.name(), broken);
        }
    }

    @Override
    public JsonReader reader() {
        return reader;
    }

    @Override
    public boolean governs(String server) {
        return servers.contains(server);
    }

    @Override
    public boolean wraps(String server) {
        return upstream(server).filter(WrappedUpstream.class::isInstance).isPresent();
    }

    /** The gateway's name. */
    public String name() {
        return name;
    }

    /** The governed server of that name. */
    public Optional<Upstream> upstream(String server) {
        return upstreams.stream()
                .filter(upstream -> upstream.name().equals(server))
                .findFirst();
    }

    Optional<Throttle> throttle() {
        return throttle;
    }

    Audience audience() {
        return audience;
    }

    TaskOwners tasks() {
        return tasks;
    }

    /** Where this gateway and those that succeed it find the newest one: a chain of them would keep all in memory. */
    AtomicReference<Gateway> lineage() {
        return newest;
    }

    /**
     * Ends the gateway: no new work; calls in flight finish, or are cancelled after the drain time; then upstreams,
     * children and the timer end, and the audit sink is closed if the gateway made it. Blocks for at most the drain time
     * and what children need to end. Closing twice is harmless. All of it ends, whatever throws; what was thrown first is
     * thrown at the end.
     */
    @Override
    public void close() {
        close(drain);
    }

    /**
     * Ends each {@code subscriptions/listen} that came this way, and each that still comes. For a gateway that another one has
     * succeeded: the client is told that it has ended and may listen again, with the servers and rules of that.
     */
    public void endListens() {
        listensEnd = true;
        cancel(inFlight.stream().filter(Bound::isLongLived));
    }

    private static void cancel(Stream<Call> calls) {
        Closing.all(calls.<Runnable>map(call -> call.cancellation()::cancel).toList());
    }

    /** Ends the gateway as {@link #close()} does, waiting for calls in flight for at most this time. */
    public void close(Duration patience) {
        closing = true;
        Closing.all(List.of(
                watch::close,
                this::endListens, // they never finish
                () -> waitForCalls(patience),
                owned::close));
    }

    private void waitForCalls(Duration patience) {
        if (inFlight.isEmpty()) {
            return;
        }
        try {
            drained.get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        } catch (TimeoutException late) {
            LOG.warn("Gateway {} closes with {} calls in flight; they are cancelled", name, inFlight.size());
        } catch (ExecutionException impossible) {
            throw new IllegalStateException(impossible);
        }
        cancel(inFlight.stream());
    }

    /** The steps in order, e.g. {@code Gateway[crm: Record → Bound → … → Route]}. */
    @Override
    public String toString() {
        return steps.stream()
                .map(NamedStep::name)
                .collect(Collectors.joining(" → ", "Gateway[" + name + ": ", " → Route]"));
    }
}
