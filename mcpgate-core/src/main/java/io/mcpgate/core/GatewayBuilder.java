package io.mcpgate.core;

import io.mcpgate.Call;
import io.mcpgate.Interceptor;
import io.mcpgate.Principal;
import io.mcpgate.audit.AuditEvent;
import io.mcpgate.audit.AuditSink;
import io.mcpgate.core.audit.InMemoryAuditSink;
import io.mcpgate.core.bridge.EraBridge;
import io.mcpgate.core.catalog.CatalogNames;
import io.mcpgate.core.identity.Authenticator;
import io.mcpgate.core.json.JsonLimits;
import io.mcpgate.core.json.JsonReader;
import io.mcpgate.core.limit.Limit;
import io.mcpgate.core.limit.Throttle;
import io.mcpgate.core.policy.Audience;
import io.mcpgate.core.policy.TaskOwners;
import io.mcpgate.core.protocol.OwnImplementation;
import io.mcpgate.core.route.Connector;
import io.mcpgate.core.route.PoolLimits;
import io.mcpgate.core.route.PooledUpstream;
import io.mcpgate.core.route.Sharing;
import io.mcpgate.core.route.Timeouts;
import io.mcpgate.core.route.WrappedUpstream;
import io.mcpgate.core.stage.Closing;
import io.mcpgate.policy.PolicyStore;
import io.mcpgate.route.Router;
import io.mcpgate.route.Upstream;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Says what a gateway consists of. What it must not guess it asks for: who may call ({@link #authenticator}) and what they
 * may do ({@link #policies}). Everything else has a default, which its method names. Not safe for use by several threads.
 */
public final class GatewayBuilder {
    private String name = "mcpgate";
    private final Map<String, Function<ScheduledExecutorService, Upstream>> servers = new LinkedHashMap<>();
    private final Map<String, Duration> timeouts = new HashMap<>();
    private final List<Limit> limits = new ArrayList<>();
    private final List<Insertion> insertions = new ArrayList<>();
    private final List<Consumer<AuditEvent>> observers = new ArrayList<>();
    private final List<Runnable> closing = new ArrayList<>();
    private final List<Upstream> borrowed = new ArrayList<>();
    private @Nullable Authenticator authenticator;
    private @Nullable PolicyStore policies;
    private UnaryOperator<Principal> standing = UnaryOperator.identity();
    private @Nullable Router router;
    private @Nullable AuditSink auditSink;
    private @Nullable ScheduledExecutorService timer;
    private @Nullable Gateway predecessor;
    private boolean refusesWhenAuditIsDown = true;
    private boolean conceals = true;
    private JsonReader reader = new JsonReader(JsonLimits.DEFAULT);
    private Clock clock = Clock.systemUTC();
    private Duration timeout = Duration.ofSeconds(60);
    private Duration catalogPatience = Duration.ofSeconds(10);
    private Duration drain = Duration.ofSeconds(10);

    GatewayBuilder() {}

    /** The gateway's name in logs, in thread names, and towards clients of the merged catalog. Default {@code mcpgate}. */
    public GatewayBuilder name(String gatewayName) {
        this.name = gatewayName;
        return this;
    }

    /**
     * A governed server that is reached by a transport's connector. The gateway closes it.
     *
     * @param server 1–32 of {@code a-z}, {@code 0-9} and {@code -}, beginning with a letter
     */
    public GatewayBuilder server(String server, Connector connector, Sharing sharing, PoolLimits pool) {
        return add(
                server,
                sharedTimer -> new EraBridge(
                        new PooledUpstream(server, connector, sharing, pool, sharedTimer), reader, sharedTimer));
    }

    /** A governed server that is reached by a transport's connector, one connection for each client session. */
    public GatewayBuilder server(String server, Connector connector) {
        return server(server, connector, Sharing.SESSION, PoolLimits.DEFAULT);
    }

    /**
     * A governed server whose clients are the host's own: their transports are wrapped one by one, and stay the host's (see
     * {@link io.mcpgate.core.wrap.Wrap}).
     */
    public GatewayBuilder wrapped(String server) {
        return server(new WrappedUpstream(server));
    }

    /** A governed server that the host implements; its name is {@link Upstream#name()}. The gateway closes it. */
    public GatewayBuilder server(Upstream upstream) {
        return add(upstream.name(), sharedTimer -> upstream);
    }

    /** A governed server that outlives this gateway: like {@link #server(Upstream)}, but whoever made it closes it. */
    public GatewayBuilder borrowedServer(Upstream upstream) {
        borrowed.add(upstream);
        return add(upstream.name(), sharedTimer -> upstream);
    }

    private GatewayBuilder add(String server, Function<ScheduledExecutorService, Upstream> upstream) {
        if (!CatalogNames.SERVER_NAME.matcher(server).matches()) {
            throw new IllegalArgumentException(
                    "A server's name is 1 to 32 of a-z, 0-9 and -, beginning with a letter: \"" + server + "\" is not");
        }
        if (servers.put(server, upstream) != null) {
            throw new IllegalArgumentException("There are two servers named \"" + server + "\"; rename one");
        }
        return this;
    }

    /** How long calls to one server may take. Default {@link #timeout(Duration)}. */
    public GatewayBuilder timeout(String server, Duration limit) {
        timeouts.put(server, positive(limit));
        return this;
    }

    /** How long a call may take, in either direction. Default 60 s. */
    public GatewayBuilder timeout(Duration limit) {
        timeout = positive(limit);
        return this;
    }

    /** How long the merged catalog waits for each server's part of a list or a handshake. Default 10 s. */
    public GatewayBuilder catalogPatience(Duration limit) {
        catalogPatience = positive(limit);
        return this;
    }

    /** How long {@link Gateway#close()} waits for calls in flight. Default 10 s. */
    public GatewayBuilder drain(Duration limit) {
        drain = positive(limit);
        return this;
    }

    private static Duration positive(Duration limit) {
        if (limit.isNegative() || limit.isZero()) {
            throw new IllegalArgumentException("A time limit must be more than zero");
        }
        return limit;
    }

    /** Who stands behind a credential. Required. */
    public GatewayBuilder authenticator(Authenticator who) {
        this.authenticator = who;
        return this;
    }

    /** Who may do what. Required. */
    public GatewayBuilder policies(PolicyStore store) {
        this.policies = store;
        return this;
    }

    /**
     * Who a principal, by whom a client has called, is by now: asked for each message of a server on its way to a client, so
     * that nothing more is told to one who has lost a role or is nobody any more (then give one without roles). Must answer at
     * once. Default: who it was.
     */
    public GatewayBuilder standing(UnaryOperator<Principal> now) {
        this.standing = now;
        return this;
    }

    /** Which upstream a call goes to. Default: the server that the call names. */
    public GatewayBuilder router(Router custom) {
        this.router = custom;
        return this;
    }

    /** Another limit on calls; a call must meet all of them. Default none. */
    public GatewayBuilder limit(Limit limit) {
        limits.add(limit);
        return this;
    }

    /** Where audit events go; the host closes it. Default: the last 1,000 in memory. */
    public GatewayBuilder audit(AuditSink sink) {
        this.auditSink = sink;
        return this;
    }

    /**
     * Who hears of each audit event beside the sink, before the call goes on and whether or not it can be kept; as
     * {@link io.mcpgate.core.telemetry.CallMeters} does, which counts calls. What the gateway itself asks servers is recorded,
     * and not told here. Must not block; what it throws is logged, and changes nothing. Default nobody.
     */
    public GatewayBuilder observer(Consumer<AuditEvent> observer) {
        observers.add(observer);
        return this;
    }

    /** Calls go on although audit events cannot be written. Default: they are refused. */
    public GatewayBuilder continueWithoutAudit() {
        this.refusesWhenAuditIsDown = false;
        return this;
    }

    /** A refused name is answered with error 403 and not as the server answers an unknown name. Default: the latter. */
    public GatewayBuilder revealRefusals() {
        this.conceals = false;
        return this;
    }

    /** A step of the host's own, after the gateway's and before the attempt is recorded. */
    public GatewayBuilder intercept(String stepName, Interceptor interceptor) {
        return before(Step.ATTEMPT, stepName, interceptor);
    }

    /** A step of the host's own, just before (outside) one of the gateway's. */
    public GatewayBuilder before(Step step, String stepName, Interceptor interceptor) {
        insertions.add(new Insertion(step, new NamedStep(stepName, interceptor, false)));
        return this;
    }

    /** Bounds for JSON that clients send; those for servers are their connectors'. Default {@link JsonLimits#DEFAULT}. */
    public GatewayBuilder json(JsonLimits jsonLimits) {
        this.reader = new JsonReader(jsonLimits);
        return this;
    }

    /** The wall clock of audit events. Default UTC. */
    public GatewayBuilder clock(Clock wallClock) {
        this.clock = wallClock;
        return this;
    }

    /** The host's timer instead of the gateway's own thread; the host ends it. */
    public GatewayBuilder timer(ScheduledExecutorService hostTimer) {
        this.timer = hostTimer;
        return this;
    }

    /**
     * The gateway that this one replaces: what servers send over connections that it opened passes this one's steps from
     * the moment of {@link #build()}, and limits that are the same in both go on counting where they are.
     */
    public GatewayBuilder succeeding(Gateway before) {
        this.predecessor = before;
        return this;
    }

    /** Something to close with the gateway, after everything else and in reverse order. */
    public GatewayBuilder closeWith(Runnable close) {
        closing.add(close);
        return this;
    }

    /**
     * Builds the gateway.
     *
     * @throws IllegalStateException if something required is missing, with a sentence that says what
     */
    public Gateway build() {
        if (servers.isEmpty()) {
            throw new IllegalStateException("A gateway needs at least one server: builder.server(name, connector)");
        }
        require(authenticator, "Say who may call: builder.authenticator(…); nobody is let in by default");
        require(policies, "Say who may do what: builder.policies(…); nothing is allowed by default");
        timeouts.keySet().stream()
                .filter(server -> !servers.containsKey(server))
                .findFirst()
                .ifPresent(unknown -> {
                    throw new IllegalStateException("There is a time-out for \"" + unknown + "\", but no such server");
                });
        if (auditSink == null) {
            auditSink = new InMemoryAuditSink(1_000);
        }
        ScheduledExecutorService sharedTimer = timer == null ? Timeouts.newTimer(name) : timer;
        List<Upstream> upstreams =
                servers.values().stream().map(make -> make.apply(sharedTimer)).toList();
        List<Upstream> own = upstreams.stream()
                .filter(upstream -> !borrowed.contains(upstream))
                .toList();
        Owned owned = new Owned(own, timer == null ? sharedTimer : null, List.copyOf(closing));
        Gateway gateway = new Gateway(this, owned, sharedTimer, upstreams);
        gateway.watch();
        gateway.lineage().set(gateway);
        predecessor = null; // steps keep this builder, and would keep all gateways before
        return gateway;
    }

    private static <T> T require(@Nullable T value, String otherwise) {
        if (value == null) {
            throw new IllegalStateException(otherwise);
        }
        return value;
    }

    /** What the gateway must close, in order. */
    record Owned(List<Upstream> upstreams, @Nullable ScheduledExecutorService timer, List<Runnable> closing) {
        void close() {
            List<Runnable> all = new ArrayList<>();
            upstreams.forEach(upstream -> all.add(upstream::close));
            if (timer != null) {
                all.add(timer::shutdownNow);
            }
            for (int i = closing.size() - 1; i >= 0; i--) {
                all.add(closing.get(i));
            }
            Closing.all(all);
        }
    }

    /** A step of the host's, and where it goes. */
    record Insertion(Step before, NamedStep step) {
        void into(List<NamedStep> steps) {
            int at = 0;
            while (at < steps.size() && !steps.get(at).name().equals(before.title())) {
                at++;
            }
            if (at == steps.size() && before != Step.ROUTE) {
                throw new IllegalStateException("Step \"" + step.name() + "\" is to stand before " + before.title()
                        + ", but this gateway has no such step");
            }
            steps.add(at, step);
        }
    }

    String name() {
        return name;
    }

    String version() {
        return OwnImplementation.version();
    }

    List<String> serverNames() {
        return List.copyOf(servers.keySet());
    }

    Duration timeout() {
        return timeout;
    }

    Duration timeout(Call call) {
        return call.server().map(timeouts::get).orElse(timeout);
    }

    Duration catalogPatience() {
        return catalogPatience;
    }

    Duration drain() {
        return drain;
    }

    Authenticator authenticator() {
        return require(authenticator, "authenticator");
    }

    PolicyStore policies() {
        return require(policies, "policies");
    }

    UnaryOperator<Principal> standing() {
        return standing;
    }

    Optional<Router> router() {
        return Optional.ofNullable(router);
    }

    /** Where to find the newest of the gateways that {@code made} belongs to. */
    AtomicReference<Gateway> lineage(Gateway made) {
        return predecessor == null ? new AtomicReference<>(made) : predecessor.lineage();
    }

    /** What counts calls; empty if there are no limits. */
    Optional<Throttle> throttle() {
        if (limits.isEmpty()) {
            return Optional.empty();
        }
        Throttle before = predecessor == null ? null : predecessor.throttle().orElse(null);
        return Optional.of(before == null ? new Throttle(limits, System::nanoTime) : before.withLimits(limits));
    }

    /** Whose tasks are whose: tasks outlive the gateway under whose configuration they were made. */
    TaskOwners tasks() {
        return predecessor == null ? new TaskOwners(System::nanoTime) : predecessor.tasks();
    }

    /** Who was promised to be told of changes: sessions outlive the gateway on which they began. */
    Audience audience() {
        return predecessor == null ? new Audience() : predecessor.audience();
    }

    List<Insertion> insertions() {
        return insertions;
    }

    AuditSink auditSink() {
        return require(auditSink, "audit sink");
    }

    List<Consumer<AuditEvent>> observers() {
        return observers;
    }

    boolean refusesWhenAuditIsDown() {
        return refusesWhenAuditIsDown;
    }

    boolean conceals() {
        return conceals;
    }

    JsonReader reader() {
        return reader;
    }

    Clock clock() {
        return clock;
    }
}
