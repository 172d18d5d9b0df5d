package io.mcpgate;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One JSON-RPC request or notification that crosses the gate, in either direction. Immutable: a step that wants
 * something changed passes a changed copy on.
 *
 * <p>Two things are shared by all copies of a call, because they are about the call's life and not its content: its
 * {@link #cancellation()} and its {@link #session()}.
 */
public final class Call {
    private final Direction direction;
    private final @Nullable RequestId id;
    private final String method;
    private final Payload params;
    private final Session session;
    private final Cancellation cancellation;
    private final @Nullable Call parent;
    private final Principal principal;
    private final @Nullable String server;
    private final long deadlineNanos;
    private final @Nullable Attribute attributes;
    private @Nullable Target target; // derived, and the same whoever derives it: a benign race

    private Call(Copy copy) {
        this.direction = copy.direction;
        this.id = copy.id;
        this.method = copy.method;
        this.params = copy.params;
        this.session = copy.session;
        this.cancellation = copy.cancellation;
        this.parent = copy.parent;
        this.principal = copy.principal;
        this.server = copy.server;
        this.deadlineNanos = copy.deadlineNanos;
        this.attributes = copy.attributes;
        this.target = copy.target;
    }

    /** A request of the client. */
    public static Call request(RequestId id, String method, Payload params, Session session) {
        return new Copy(Direction.TO_SERVER, Objects.requireNonNull(id, "id"), method, params, session, null).build();
    }

    /** A notification of the client. */
    public static Call notification(String method, Payload params, Session session) {
        return new Copy(Direction.TO_SERVER, null, method, params, session, null).build();
    }

    /**
     * A request of the server to this call's client, on the same session and for the same principal; this call becomes
     * its {@linkplain #parent() parent}.
     */
    public Call requestToClient(RequestId id, String toClientMethod, Payload toClientParams) {
        return toClient(Objects.requireNonNull(id, "id"), toClientMethod, toClientParams);
    }

    /** A notification of the server to this call's client, e.g. its progress; this call becomes its parent. */
    public Call notificationToClient(String toClientMethod, Payload toClientParams) {
        return toClient(null, toClientMethod, toClientParams);
    }

    private Call toClient(@Nullable RequestId childId, String childMethod, Payload childParams) {
        Copy copy = new Copy(Direction.TO_CLIENT, childId, childMethod, childParams, session, this);
        copy.principal = principal;
        copy.server = server;
        return copy.build();
    }

    /** A message of the server to the client that belongs to no call, e.g. {@code notifications/tools/list_changed}. */
    public static Call unsolicited(
            @Nullable RequestId id,
            String method,
            Payload params,
            Session session,
            Principal principal,
            String server) {
        Copy copy = new Copy(Direction.TO_CLIENT, id, method, params, session, null);
        copy.principal = principal;
        copy.server = server;
        return copy.build();
    }

    /** Which way the message goes. */
    public Direction direction() {
        return direction;
    }

    /** Direction and kind in one. */
    public Traffic traffic() {
        return Traffic.of(direction, id == null);
    }

    /** Whether nobody waits for a reply. */
    public boolean isNotification() {
        return id == null;
    }

    /** The sender's id, with its JSON type; empty for a notification. On the other side the message has another id. */
    public Optional<RequestId> id() {
        return Optional.ofNullable(id);
    }

    /** The method, e.g. {@code tools/call}. */
    public String method() {
        return method;
    }

    /** The params; an empty object if there were none. */
    public Payload params() {
        return params;
    }

    /** What policy looks at, read from the body. Re-derived when the params change. */
    public Target target() {
        Target known = target;
        if (known == null) {
            known = Target.of(method, params);
            target = known;
        }
        return known;
    }

    /** The client's end of the conversation, whichever way this message goes. */
    public Session session() {
        return session;
    }

    /** Says when nobody waits any more. */
    public Cancellation cancellation() {
        return cancellation;
    }

    /**
     * The call that this message belongs to: for progress and log messages and for requests of the server during a call.
     */
    public Optional<Call> parent() {
        return Optional.ofNullable(parent);
    }

    /** Who calls; {@link Principal#UNIDENTIFIED} before the Identify step. */
    public Principal principal() {
        return principal;
    }

    /** The governed server's configured name; empty while a call to the merged catalog has not been addressed. */
    public Optional<String> server() {
        return Optional.ofNullable(server);
    }

    /**
     * The time that is left for this call; zero or negative when there is none.
     *
     * @return empty if there is no deadline
     */
    public Optional<Duration> timeLeft() {
        return deadlineNanos == Long.MAX_VALUE
                ? Optional.empty()
                : Optional.of(Duration.ofNanos(deadlineNanos - System.nanoTime()));
    }

    /** Something that a step or the host attached to the call. */
    public <T> Optional<T> attribute(AttributeKey<T> key) {
        for (Attribute at = attributes; at != null; at = at.next) {
            if (at.key == key) {
                return Optional.of(key.cast(at.value));
            }
        }
        return Optional.empty();
    }

    /** This call with other params, and so perhaps another target. */
    public Call withParams(Payload changed) {
        Copy copy = new Copy(this);
        copy.params = Objects.requireNonNull(changed, "changed");
        copy.target = null;
        return copy.build();
    }

    /** This call as made by {@code identified}. */
    public Call withPrincipal(Principal identified) {
        Copy copy = new Copy(this);
        copy.principal = Objects.requireNonNull(identified, "identified");
        return copy.build();
    }

    /** This call addressed to a governed server. */
    public Call withServer(String name) {
        Copy copy = new Copy(this);
        copy.server = Objects.requireNonNull(name, "name");
        return copy.build();
    }

    /**
     * This call as one of several that it is taken apart into: it is cancelled when this one is, and can be cancelled
     * alone.
     */
    public Call branch() {
        Copy copy = new Copy(this);
        copy.cancellation = new Cancellation();
        cancellation.onCancel(copy.cancellation::cancel);
        return copy.build();
    }

    /** This call with another way back to the client. */
    public Call withSession(Session changed) {
        Copy copy = new Copy(this);
        copy.session = Objects.requireNonNull(changed, "changed");
        return copy.build();
    }

    /** This call with at most {@code timeout} from now; an earlier deadline stays. */
    public Call withTimeout(Duration timeout) {
        Copy copy = new Copy(this);
        copy.deadlineNanos = Math.min(deadlineNanos, System.nanoTime() + timeout.toNanos());
        return copy.build();
    }

    /** This call with an attribute; it hides an earlier one of the same key. */
    public <T> Call with(AttributeKey<T> key, T value) {
        Copy copy = new Copy(this);
        copy.attributes = new Attribute(key, Objects.requireNonNull(value, "value"), attributes);
        return copy.build();
    }

    /** Method, id and direction; never the params. */
    @Override
    public String toString() {
        return "Call[" + method + (id == null ? "" : " " + id) + " " + direction + "]";
    }

    private record Attribute(
            AttributeKey<?> key, Object value, @Nullable Attribute next) {}

    /** The fields while a copy is made; never leaves this class. */
    private static final class Copy {
        private final Direction direction;
        private final @Nullable RequestId id;
        private final String method;
        private final @Nullable Call parent;
        private Cancellation cancellation;
        private Payload params;
        private Session session;
        private Principal principal = Principal.UNIDENTIFIED;
        private @Nullable String server;
        private long deadlineNanos = Long.MAX_VALUE;
        private @Nullable Attribute attributes;
        private @Nullable Target target;

        private Copy(
                Direction direction,
                @Nullable RequestId id,
                String method,
                Payload params,
                Session session,
                @Nullable Call parent) {
            this.direction = direction;
            this.id = id;
            this.method = Objects.requireNonNull(method, "method");
            this.params = Objects.requireNonNull(params, "params");
            this.session = Objects.requireNonNull(session, "session");
            this.cancellation = new Cancellation();
            this.parent = parent;
        }

        private Copy(Call call) {
            this.direction = call.direction;
            this.id = call.id;
            this.method = call.method;
            this.cancellation = call.cancellation;
            this.parent = call.parent;
            this.params = call.params;
            this.session = call.session;
            this.principal = call.principal;
            this.server = call.server;
            this.deadlineNanos = call.deadlineNanos;
            this.attributes = call.attributes;
            this.target = call.target;
        }

        private Call build() {
            return new Call(this);
        }
    }
}
