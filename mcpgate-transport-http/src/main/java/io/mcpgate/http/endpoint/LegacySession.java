package io.mcpgate.http.endpoint;

import io.mcpgate.Call;
import io.mcpgate.ErrorCode;
import io.mcpgate.Payload;
import io.mcpgate.Principal;
import io.mcpgate.Reply;
import io.mcpgate.core.identity.OwnedSession;
import io.mcpgate.core.json.Frame;
import io.mcpgate.core.json.RawPayload;
import io.mcpgate.core.protocol.Incoming;
import io.mcpgate.core.protocol.Outgoing;
import io.mcpgate.core.protocol.Outlet;
import io.mcpgate.core.protocol.ProtocolVersions;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A session of a revision before 2026-07-28, from {@code initialize} to DELETE, expiry or eviction. It belongs to the
 * principal that opened it, on the path on which it was opened.
 */
final class LegacySession implements OwnedSession, Outlet {
    private static final String PRIMING_SINCE = "2025-11-25";
    private static final String BATCHES = "2025-03-26";

    private final String id;
    private final String key;
    private final Optional<String> server;
    private final Incoming incoming;
    private final Outgoing outgoing = new Outgoing(this);
    private final SessionStreams streams;
    private final GeneralStream general;
    private final AtomicReference<@Nullable String> owner = new AtomicReference<>();
    private final AtomicInteger visitors = new AtomicInteger();
    private volatile String protocolVersion;
    private volatile @Nullable Payload handshake;
    private volatile long lastUsedNanos = System.nanoTime();
    private volatile boolean ended;

    /**
     * A session that is about to be initialized.
     *
     * @param tokens makes its names: the id on the wire, a secret that is no credential, and the key inside the gateway
     * @param server of the path
     * @param asked the revision that the client asks for
     * @param kept counts what all sessions keep for clients that come back
     */
    LegacySession(Tokens tokens, Optional<String> server, String asked, EndpointLimits limits, KeptBytes kept) {
        this.id = tokens.next();
        this.key = tokens.next();
        this.server = server;
        this.protocolVersion = legacy(asked).orElse(ProtocolVersions.LEGACY.get(0));
        this.incoming = new Incoming(limits.callsPerSession());
        this.streams = new SessionStreams(limits, tokens.next(), this::takesPriming, this::owner, kept);
        this.general = new GeneralStream(limits, streams);
    }

    private static Optional<String> legacy(String version) {
        return Optional.of(version).filter(ProtocolVersions.LEGACY::contains);
    }

    /** The handshake has succeeded. */
    void initialized(Payload params, Payload result) {
        result.string("protocolVersion").flatMap(LegacySession::legacy).ifPresent(agreed -> protocolVersion = agreed);
        handshake = params instanceof RawPayload raw ? raw.alone() : params;
    }

    String id() {
        return id;
    }

    /** The principal's id; empty if nobody was identified yet. */
    String owner() {
        String known = owner.get();
        return known == null ? "" : known;
    }

    boolean isOf(Optional<String> path) {
        return server.equals(path);
    }

    Incoming incoming() {
        return incoming;
    }

    Outgoing outgoing() {
        return outgoing;
    }

    GeneralStream general() {
        return general;
    }

    SessionStreams streams() {
        return streams;
    }

    /** Whether its client understands an event without a message. */
    private boolean takesPriming() {
        return protocolVersion.compareTo(PRIMING_SINCE) >= 0;
    }

    /** Whether its revision has batches; the one that brought them was the last as well. */
    boolean takesBatches() {
        return protocolVersion.equals(BATCHES);
    }

    /** A request or a stream of the client begins; while there is one, the session is not idle. */
    void enter() {
        visitors.incrementAndGet();
        lastUsedNanos = System.nanoTime();
    }

    void leave() {
        lastUsedNanos = System.nanoTime();
        visitors.decrementAndGet();
    }

    boolean isIdle() {
        return visitors.get() == 0;
    }

    long lastUsedNanos() {
        return lastUsedNanos;
    }

    @Override
    public boolean isOwnedBy(Principal principal) {
        owner.compareAndSet(null, principal.id());
        return !ended && principal.id().equals(owner.get());
    }

    /** Nobody owns it any more; who waits for something gets a failure. */
    void end() {
        ended = true;
        general.end();
        outgoing.lost(Reply.Failure.of(ErrorCode.UNAVAILABLE, "The session has ended"));
        incoming.cancelAll();
        streams.close();
    }

    @Override
    public String key() {
        return key;
    }

    @Override
    public String protocolVersion() {
        return protocolVersion;
    }

    @Override
    public Optional<Payload> handshake() {
        return Optional.ofNullable(handshake);
    }

    @Override
    public CompletionStage<Reply> deliver(Call call) {
        return outgoing.send(call);
    }

    /** On the stream of the call that the message belongs to, or on the general one; never on both. */
    @Override
    public CompletionStage<Void> send(Frame frame, Call call) {
        Optional<PostAnswer> home = call.parent().flatMap(parent -> parent.attribute(PostAnswer.KEY));
        return home.isPresent() ? home.get().send(frame) : general.send(frame, !call.isNotification());
    }

    /** Never the id. */
    @Override
    public String toString() {
        return "LegacySession[" + key + " " + protocolVersion + "]";
    }
}
