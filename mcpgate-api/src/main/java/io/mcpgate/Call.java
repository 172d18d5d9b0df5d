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
    private static final long NO_DEADLINE = Long.MAX_VALUE;

    private final Message message;
    private final Payload params;
    private final Session session;
    private final Cancellation cancellation;
    private final Principal principal;
    private final Optional<String> server;
    private final long deadlineNanos;
    private final @Nullable Attribute attributes;
    private @Nullable Target target; // derived, and the same whoever derives it: a benign race

    private Call(
            Message message,
            Payload params,
            @Nullable Target target,
            Session session,
            Cancellation cancellation,
            Principal principal,
            Optional<String> server,
            long deadlineNanos,
            @Nullable Attribute attributes) {
        this.message = message;
        this.params = params;
        this.target = target;
        this.session = session;
        this.cancellation = cancellation;
        this.principal = principal;
        this.server = server;
        this.deadlineNanos = deadlineNanos;
        this.attributes = attributes;
    }

    private Call(Message message, Payload params, Session session, Principal principal, Optional<String> server) {
        this(
                message,
                Objects.requireNonNull(params, "params"),
                null,
                Objects.requireNonNull(session, "session"),
                new Cancellation(),
                principal,
                server,
                NO_DEADLINE,
                null);
    }

    /** What no step changes. */
    private record Message(
            Direction direction,
            @Nullable RequestId id,
            String method,
            @Nullable Call parent) {
        Message {
            Objects.requireNonNull(method, "method");
        }
    }

    /** A request of the client. */
    public static Call request(RequestId id, String method, Payload params, Session session) {
        Message request = new Message(Direction.TO_SERVER, Objects.requireNonNull(id, "id"), method, null);
        return new Call(request, params, session, Principal.UNIDENTIFIED, Optional.empty());
    }

    /** A notification of the client. */
    public static Call notification(String method, Payload params, Session session) {
        Message notification = new Message(Direction.TO_SERVER, null, method, null);
        return new Call(notification, params, session, Principal.UNIDENTIFIED, Optional.empty());
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
        Message child = new Message(Direction.TO_CLIENT, childId, childMethod, this);
        return new Call(child, childParams, session, principal, server);
    }

    /** A message of the server to the client that belongs to no call, e.g. {@code notifications/tools/list_changed}. */
    public static Call unsolicited(
            @Nullable RequestId id,
            String method,
            Payload params,
            Session session,
            Principal principal,
            String server) {
        return new Call(
                new Message(Direction.TO_CLIENT, id, method, null), params, session, principal, Optional.of(server));
    }

    /** Which way the message goes. */
    public Direction direction() {
        return message.direction;
    }

    /** Direction and kind in one. */
    public Traffic traffic() {
        return Traffic.of(message.direction, message.id == null);
    }

    /** Whether nobody waits for a reply. */
    public boolean isNotification() {
        return message.id == null;
    }

    /** The sender's id, with its JSON type; empty for a notification. On the other side the message has another id. */
    public Optional<RequestId> id() {
        return Optional.ofNullable(message.id);
    }

    /** The method, e.g. {@code tools/call}. */
    public String method() {
        return message.method;
    }

    /** The params; an empty object if there were none. */
    public Payload params() {
        return params;
    }

    /** What policy looks at, read from the body. Re-derived when the params change. */
    public Target target() {
        Target known = target;
        if (known == null) {
            known = Target.of(message.method, params);
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
        return Optional.ofNullable(message.parent);
    }

    /** Who calls; {@link Principal#UNIDENTIFIED} before the Identify step. */
    public Principal principal() {
        return principal;
    }

    /** The governed server's configured name; empty while a call to the merged catalog has not been addressed. */
    public Optional<String> server() {
        return server;
    }

    /**
     * The time that is left for this call; zero or negative when there is none.
     *
     * @return empty if there is no deadline
     */
    public Optional<Duration> timeLeft() {
        return deadlineNanos == NO_DEADLINE
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
        Objects.requireNonNull(changed, "changed");
        return new Call(message, changed, null, session, cancellation, principal, server, deadlineNanos, attributes);
    }

    /** This call as made by {@code identified}. */
    public Call withPrincipal(Principal identified) {
        Objects.requireNonNull(identified, "identified");
        return new Call(message, params, target, session, cancellation, identified, server, deadlineNanos, attributes);
    }

    /** This call addressed to a governed server. */
    public Call withServer(String name) {
        Optional<String> known = Optional.of(name);
        return new Call(message, params, target, session, cancellation, principal, known, deadlineNanos, attributes);
    }

    /**
     * This call as one of several that it is taken apart into: it is cancelled when this one is, and can be cancelled
     * alone.
     */
    public Call branch() {
        Cancellation own = new Cancellation();
        cancellation.onCancel(own::cancel);
        return new Call(message, params, target, session, own, principal, server, deadlineNanos, attributes);
    }

    /** This call with another way back to the client. */
    public Call withSession(Session changed) {
        Objects.requireNonNull(changed, "changed");
        return new Call(message, params, target, changed, cancellation, principal, server, deadlineNanos, attributes);
    }

    /** This call with at most {@code timeout} from now; an earlier deadline stays. */
    public Call withTimeout(Duration timeout) {
        long until = Math.min(deadlineNanos, System.nanoTime() + timeout.toNanos());
        return new Call(message, params, target, session, cancellation, principal, server, until, attributes);
    }

    /** This call with an attribute; it hides an earlier one of the same key. */
    public <T> Call with(AttributeKey<T> key, T value) {
        Attribute added = new Attribute(key, Objects.requireNonNull(value, "value"), attributes);
        return new Call(message, params, target, session, cancellation, principal, server, deadlineNanos, added);
    }

    /**
     * This call as one that the gateway makes on account of another, as when it asks a server how that answers a name that it
     * does not know: with those of the other's attributes whose keys are {@linkplain AttributeKey#inherited inherited}, where
     * it has none of its own.
     */
    public Call onAccountOf(Call cause) {
        Call made = this;
        for (Attribute at = cause.attributes; at != null; at = at.next) {
            if (at.key.isInherited()) {
                made = made.inheriting(at.key, at.value);
            }
        }
        return made;
    }

    private <T> Call inheriting(AttributeKey<T> key, Object value) {
        return attribute(key).isPresent() ? this : with(key, key.cast(value));
    }

    /** Method, id and direction; never the params. */
    @Override
    public String toString() {
        return "Call[" + message.method + (message.id == null ? "" : " " + message.id) + " " + message.direction + "]";
    }

    private record Attribute(
            AttributeKey<?> key, Object value, @Nullable Attribute next) {}
}
