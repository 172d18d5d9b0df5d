package io.mcpgate.core.wrap;

import io.mcpgate.Call;
import io.mcpgate.ErrorCode;
import io.mcpgate.Payload;
import io.mcpgate.Principal;
import io.mcpgate.Reply;
import io.mcpgate.core.identity.OwnedSession;
import io.mcpgate.core.protocol.ProtocolVersions;
import io.mcpgate.core.protocol.WithinRequests;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The one conversation that a transport carries. It is a legacy one; a request of the modern era, which describes itself,
 * gets a view of it that says so.
 */
final class EdgeSession implements OwnedSession {
    private static final int KEY_BYTES = 16;

    private final String key = newKey();
    private final boolean vouched;
    private final Function<Call, CompletionStage<Reply>> toClient;
    private final BooleanSupplier isServing;
    private final AtomicReference<@Nullable String> owner = new AtomicReference<>();
    private volatile Agreed agreed = new Agreed(ProtocolVersions.ASSUMED, null);

    /**
     * A session that begins now.
     *
     * @param vouched whether the host itself says who speaks, so that it may let several share this session
     * @param isServing whether a request of the client waits for its reply, other than one that listens
     */
    EdgeSession(boolean vouched, Function<Call, CompletionStage<Reply>> toClient, BooleanSupplier isServing) {
        this.vouched = vouched;
        this.toClient = toClient;
        this.isServing = isServing;
    }

    private static String newKey() {
        byte[] bytes = new byte[KEY_BYTES];
        new SecureRandom().nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    /** What the last successful handshake has led to. */
    private record Agreed(String version, @Nullable Payload handshake) {}

    /** The client's {@code initialize} has succeeded. */
    void initialized(Payload handshake, Payload result) {
        String version = result.string("protocolVersion")
                .or(() -> handshake.string("protocolVersion"))
                .filter(named -> !ProtocolVersions.isModern(named)) // who opens with a handshake is not of that era
                .orElse(ProtocolVersions.LEGACY.get(0));
        agreed = new Agreed(version, handshake);
    }

    /** This session as a request of the modern era sees it. */
    OwnedSession modern(String version) {
        return new Modern(this, version);
    }

    /** This session as nobody's, for what is recorded and never allowed, whoever the authenticator takes it for. */
    OwnedSession ofNobody() {
        return new OfNobody(this);
    }

    @Override
    public String key() {
        return key;
    }

    @Override
    public String protocolVersion() {
        return agreed.version();
    }

    @Override
    public Optional<Payload> handshake() {
        return Optional.ofNullable(agreed.handshake());
    }

    @Override
    public boolean isOwnedBy(Principal principal) {
        owner.compareAndSet(null, principal.id());
        return vouched || principal.id().equals(owner.get());
    }

    @Override
    public CompletionStage<Reply> deliver(Call call) {
        return toClient.apply(call);
    }

    /** Only what belongs to the client's requests reaches it: a server asks within its result, and is listened to. */
    private record Modern(EdgeSession session, String protocolVersion) implements OwnedSession {
        private static final Reply UNREACHABLE =
                Reply.failure(ErrorCode.UNAVAILABLE, "The client has no request in flight that this belongs to");

        @Override
        public String key() {
            return session.key();
        }

        @Override
        public Optional<Payload> handshake() {
            return Optional.empty();
        }

        @Override
        public boolean isOwnedBy(Principal principal) {
            return session.isOwnedBy(principal);
        }

        @Override
        public CompletionStage<Reply> deliver(Call call) {
            if (!call.isNotification()) {
                return CompletableFuture.completedFuture(WithinRequests.askedOtherwise());
            }
            return WithinRequests.isTold(call) || isOfOneOfSeveral(call)
                    ? session.deliver(call)
                    : CompletableFuture.completedFuture(UNREACHABLE);
        }

        /** On one stream nobody can say which of several calls is meant, and the client hears about all of them there. */
        private boolean isOfOneOfSeveral(Call call) {
            return call.parent().isEmpty() && WithinRequests.isOfACall(call) && session.isServing.getAsBoolean();
        }
    }

    private record OfNobody(EdgeSession session) implements OwnedSession {
        @Override
        public String key() {
            return session.key();
        }

        @Override
        public String protocolVersion() {
            return session.protocolVersion();
        }

        @Override
        public Optional<Payload> handshake() {
            return Optional.empty();
        }

        @Override
        public boolean isOwnedBy(Principal principal) {
            return false;
        }

        @Override
        public CompletionStage<Reply> deliver(Call call) {
            return session.deliver(call);
        }
    }
}
