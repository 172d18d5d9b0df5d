package io.mcpgate.http.endpoint;

import io.mcpgate.ErrorCode;
import io.mcpgate.RequestId;
import io.mcpgate.core.Gate;
import io.mcpgate.core.identity.Credential;
import io.mcpgate.core.json.Envelope;
import io.mcpgate.core.json.JsonReader;
import io.mcpgate.core.json.MalformedMessage;
import io.mcpgate.core.protocol.LocalCall;
import io.mcpgate.core.protocol.ProtocolVersions;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Where clients come in over Streamable HTTP, in both eras of MCP, whatever serves the HTTP: the merged catalog at
 * {@code /mcp}, each governed server at {@code /mcp/{server}}. It turns requests into calls and replies into answers, and
 * decides nothing: whatever concerns a call passes the gate.
 *
 * <pre>{@code
 * McpEndpoint endpoint = McpEndpoint.over(gateway).hosts(Set.of("tools.example.com")).build();
 * VertxServer server = VertxServer.of(endpoint).port(8080).build();
 * server.start();
 * }</pre>
 *
 * <p>Safe for use by many threads; has no thread of its own. Follows "Streamable HTTP" of 2025-03-26 to 2026-07-28.
 */
public final class McpEndpoint {
    private final Gate gate;
    private final Paths paths;
    private final Origins origins;
    private final FrontDoor frontDoor;
    private final Reception reception;
    private final Sessions sessions;
    private final LegacyEra legacy;
    private final ModernEra modern;
    private final BodyBudget bodies;
    private final AtomicInteger inFlight = new AtomicInteger();
    private final CompletableFuture<Void> drained = new CompletableFuture<>();
    private volatile boolean closing;

    private McpEndpoint(Builder config) {
        Tokens tokens = new Tokens();
        this.gate = config.gate;
        this.paths = new Paths(config.base);
        this.origins = new Origins(config.origins);
        this.frontDoor = new FrontDoor(paths, new Hosts(config.hosts), origins);
        this.reception = new Reception(gate);
        this.sessions = new Sessions(gate, config.limits);
        this.legacy = new LegacyEra(gate, reception, sessions, config.limits, tokens);
        this.modern = new ModernEra(gate, reception, config.limits, tokens);
        this.bodies = new BodyBudget(Math.max(config.limits.bodyBytes(), messageBytesMax()));
    }

    /** An endpoint in front of {@code gate}. */
    public static Builder over(Gate gate) {
        return new Builder(gate);
    }

    /** Says how an endpoint can be reached. Not safe for use by several threads. */
    public static final class Builder {
        private final Gate gate;
        private String base = "/mcp";
        private Set<String> hosts = Set.of();
        private Set<String> origins = Set.of();
        private EndpointLimits limits = EndpointLimits.DEFAULT;

        private Builder(Gate gate) {
            this.gate = gate;
        }

        /** The path of the merged catalog; servers are one step below it. Default {@code /mcp}. */
        public Builder base(String path) {
            this.base = path;
            return this;
        }

        /**
         * The names by which clients reach the endpoint, as they write them in {@code Host}, with or without the port.
         * Default: the address on which the connection came in, and the loopback names if that is a loopback address.
         */
        public Builder hosts(Set<String> names) {
            this.hosts = Set.copyOf(names);
            return this;
        }

        /**
         * The web pages that may use the endpoint, e.g. {@code https://chat.example.com}. Default: pages of this
         * machine if the connection came in on a loopback address, otherwise none.
         */
        public Builder origins(Set<String> pages) {
            this.origins = Set.copyOf(pages);
            return this;
        }

        /** Bounds. Default {@link EndpointLimits#DEFAULT}. */
        public Builder limits(EndpointLimits bounds) {
            this.limits = bounds;
            return this;
        }

        /**
         * Builds the endpoint.
         *
         * @throws IllegalArgumentException if the base is not a plain path
         */
        public McpEndpoint build() {
            return new McpEndpoint(this);
        }
    }

    /** The path of the merged catalog. */
    public String base() {
        return paths.base();
    }

    /** Answers one request, now or later. Never throws and never waits. */
    public void handle(HttpExchange exchange) {
        inFlight.incrementAndGet();
        Responder out = new Responder(exchange, origins.answerHeaders(exchange), this::answered);
        Optional<Refusal> refusal = frontDoor.refuse(exchange);
        if (refusal.isPresent() && isSilent(refusal.get())) {
            out.refuse(refusal.get());
        } else if (refusal.isPresent()) {
            reception.refuse(out, refusal.get());
        } else if (closing) {
            out.refuse(Refusal.of(503, ErrorCode.UNAVAILABLE, "The gateway is closing"));
        } else {
            admit(exchange, out);
        }
    }

    /** A path that is not ours, and a browser's question before its request: nobody has asked anything of the gateway. */
    private static boolean isSilent(Refusal refusal) {
        return refusal.status() == 404 || refusal.status() == 204;
    }

    private void admit(HttpExchange exchange, Responder out) {
        Optional<String> server = paths.server(exchange.path());
        boolean governed = server.map(gate::governs).orElse(true);
        Credential credential = Credentials.of(exchange);
        Visit visit = new Visit(exchange, out, server, governed, credential, Accepts.of(exchange));
        try {
            dispatch(visit);
        } catch (RuntimeException unexpected) {
            visit.broke(unexpected);
        }
    }

    private void dispatch(Visit visit) {
        sessions.sweep();
        switch (visit.http().method()) {
            case "GET" -> local(visit, LocalCall.STREAM, legacy::get);
            case "DELETE" -> local(visit, LocalCall.END, legacy::delete);
            default -> read(visit);
        }
    }

    private void read(Visit visit) {
        RequestBody body = new RequestBody(messageBytesMax(), bodies);
        body.whole().whenComplete((bytes, error) -> {
            if (error == null) {
                post(visit, bytes);
            } else {
                unread(visit, error);
            }
        });
        visit.http().read(body);
    }

    private int messageBytesMax() {
        return gate.reader().limits().messageBytes();
    }

    private void local(Visit visit, LocalCall what, Consumer<Visit> era) {
        if (visit.governed()) {
            era.accept(visit);
        } else {
            reception.turnAway(visit, what, noSuchServer());
        }
    }

    private static Refusal noSuchServer() {
        return Refusal.of(404, ErrorCode.NOT_FOUND, "No such server");
    }

    private void unread(Visit visit, Throwable error) {
        if (error instanceof BodyRefused refused) {
            reception.refuse(visit.out(), Refusal.of(refused));
        } else {
            visit.out().answered(); // the client went away in the middle: there is nobody to answer
        }
    }

    private void post(Visit visit, byte[] body) {
        try {
            if (JsonReader.isArray(body) && visit.governed() && !VersionHeader.isModern(visit.http())) {
                legacy.batch(visit, body);
            } else {
                receive(visit, gate.reader().read(body));
            }
        } catch (MalformedMessage malformed) {
            reception.refuse(visit.out(), Refusal.of(malformed));
        } catch (RuntimeException unexpected) {
            visit.broke(unexpected);
        }
    }

    private void receive(Visit visit, Envelope message) {
        if (!visit.governed()) {
            reception.turnAway(visit, message, noSuchServer().to(idOf(message)));
        } else if (isModern(visit, message)) {
            modern.post(visit, message);
        } else {
            legacy.post(visit, message);
        }
    }

    private static @Nullable RequestId idOf(Envelope message) {
        return message instanceof Envelope.Request request ? request.id() : null;
    }

    /** Either place is enough: a request that says it in one only is a modern one with a mistake in it. */
    private static boolean isModern(Visit visit, Envelope message) {
        return VersionHeader.isModern(visit.http())
                || SelfDescription.version(message)
                        .filter(ProtocolVersions::isModern)
                        .isPresent();
    }

    /** What bodies that are coming in have taken of the room for them, for tests. */
    long bodyBytesTaken() {
        return bodies.taken();
    }

    private void answered() {
        if (inFlight.decrementAndGet() == 0 && closing) {
            drained.complete(null);
        }
    }

    /**
     * Takes no new work and ends the streams that belong to no request, and {@code subscriptions/listen} requests, which
     * would go on for ever. Sessions end when the last request in flight has its answer. Closing twice is harmless; the gate
     * is not closed.
     *
     * @return completes when all of that has happened
     */
    public CompletionStage<Void> close() {
        closing = true;
        sessions.all().forEach(session -> session.general().close());
        modern.close();
        if (inFlight.get() == 0) {
            drained.complete(null);
        }
        return drained.thenRun(sessions::endAll);
    }
}
