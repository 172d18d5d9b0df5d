package io.mcpgate.http.endpoint;

import io.mcpgate.Call;
import io.mcpgate.ErrorCode;
import io.mcpgate.Payload;
import io.mcpgate.Reply;
import io.mcpgate.RequestId;
import io.mcpgate.core.Gate;
import io.mcpgate.core.json.Envelope;
import io.mcpgate.core.json.MalformedMessage;
import io.mcpgate.core.protocol.LocalCall;
import io.mcpgate.core.protocol.ProtocolVersions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** POST, GET and DELETE as the revisions before 2026-07-28 have them: within a session that {@code initialize} opens. */
final class LegacyEra {
    private static final String SESSION_HEADER = "Mcp-Session-Id";
    private static final int HANDSHAKE_BYTES_MAX = 64 << 10;

    private final Gate gate;
    private final Reception reception;
    private final Sessions sessions;
    private final EndpointLimits limits;
    private final Tokens tokens;
    private final LegacyMessages messages;
    private final LegacyBatch batches;
    private final KeptBytes kept;

    LegacyEra(Gate gate, Reception reception, Sessions sessions, EndpointLimits limits, Tokens tokens) {
        this.gate = gate;
        this.reception = reception;
        this.sessions = sessions;
        this.limits = limits;
        this.tokens = tokens;
        this.kept = new KeptBytes(limits.replay().bytesInAll());
        this.messages = new LegacyMessages(gate);
        this.batches = new LegacyBatch(messages, limits);
    }

    void post(Visit visit, Envelope message) {
        Optional<RequestId> id = idOf(message);
        if (!VersionHeader.isValidLegacy(visit.http())) {
            reception.refuse(visit.out(), invalidVersion(visit).to(id.orElse(null)));
        } else if (id.isPresent() && ((Envelope.Request) message).method().equals("initialize")) {
            initialize(visit, id.get(), ((Envelope.Request) message).params());
        } else {
            inSession(
                    visit,
                    away -> reception.turnAway(visit, message, away.to(id.orElse(null))),
                    session -> receive(visit, session, message));
        }
    }

    private static Optional<RequestId> idOf(Envelope message) {
        return message instanceof Envelope.Request request ? Optional.ofNullable(request.id()) : Optional.empty();
    }

    private static Refusal invalidVersion(Visit visit) {
        List<String> versions = VersionHeader.of(visit.http());
        return Refusal.of(
                400,
                Reply.Failure.of(
                        ErrorCode.UNSUPPORTED_VERSION,
                        "The MCP-Protocol-Version header is not one of the supported revisions",
                        Map.of("supported", ProtocolVersions.LEGACY, "count", versions.size())));
    }

    void get(Visit visit) {
        inSession(
                visit,
                away -> reception.turnAway(visit, LocalCall.STREAM, away),
                session -> visit.settle(gate.handle(visit.dress(LocalCall.STREAM.on(session))), reply -> {
                    if (reply instanceof Reply.Failure failure) {
                        visit.out().refuse(Refusal.of(statusOf(failure), failure));
                    } else {
                        stream(visit, session);
                    }
                }));
    }

    private static int statusOf(Reply.Failure failure) {
        int status = Statuses.LEGACY.of(failure);
        return status == 200 ? 403 : status; // there is no in-band where there is no message to answer
    }

    private void stream(Visit visit, LegacySession session) {
        Supplier<EventStream> opening = () -> {
            HttpExchange.Stream body = visit.out().events(Map.of());
            session.enter(); // only now there is something that leaves again
            EventStream stream = new EventStream(visit.http(), body, limits, session::leave);
            visit.http().onGone(stream::cut);
            visit.out().answered();
            return stream;
        };
        List<String> last = visit.http().headers("Last-Event-ID");
        Optional<Refusal> refusal = last.isEmpty()
                ? tooMany(session.general().open(opening))
                : resume(session, String.join(",", last).strip(), opening);
        refusal.ifPresent(visit.out()::refuse);
    }

    private static Optional<Refusal> tooMany(boolean opened) {
        return opened
                ? Optional.empty()
                : Optional.of(
                        Refusal.of(409, ErrorCode.INVALID_REQUEST, "This session has as many streams open as it may"));
    }

    /**
     * Goes on with the stream of the event that the client saw last. A general stream of which nothing is kept has nothing to
     * replay, so it goes on with a new one. Of a call's stream that is unknown or gone, a new stream would only hide from the
     * client that its response will not come; it is told by 410. The specification leaves the status open, but 400 and 404
     * would make clients give up the session, which is still there.
     */
    private Optional<Refusal> resume(LegacySession session, String eventId, Supplier<EventStream> opening) {
        SessionStreams.Place place = session.streams().find(eventId).orElse(null);
        if (place == null) {
            return Optional.of(gone());
        }
        SessionStream stream = place.stream();
        if (stream == null) {
            return tooMany(session.general().open(opening));
        }
        if (stream.isGeneral()) {
            return tooMany(session.general().resume(stream, place.number(), opening));
        }
        Optional<Runnable> connected = stream.connect(place.number(), List.of(), opening);
        connected.ifPresent(Runnable::run);
        return connected.isPresent() ? Optional.empty() : Optional.of(gone());
    }

    private static Refusal gone() {
        return Refusal.of(410, ErrorCode.INVALID_REQUEST, "What followed this event is not kept (any more)");
    }

    void delete(Visit visit) {
        inSession(
                visit,
                away -> reception.turnAway(visit, LocalCall.END, away),
                session -> visit.settle(gate.handle(visit.dress(LocalCall.END.on(session))), reply -> {
                    if (reply instanceof Reply.Failure failure) {
                        visit.out().refuse(Refusal.of(statusOf(failure), failure));
                    } else {
                        sessions.end(session);
                        visit.out().empty(204, Map.of());
                    }
                }));
    }

    /** Without a session that exists there is only an identification, and then a refusal. */
    private void inSession(Visit visit, Consumer<Refusal> otherwise, Consumer<LegacySession> use) {
        if (!VersionHeader.isValidLegacy(visit.http())) {
            reception.refuse(visit.out(), invalidVersion(visit));
            return;
        }
        List<String> ids = visit.http().headers(SESSION_HEADER);
        Optional<LegacySession> session =
                ids.size() == 1 ? sessions.find(ids.get(0).strip(), visit.server()) : Optional.empty();
        if (session.isPresent()) {
            use.accept(session.get());
        } else {
            Refusal refusal = ids.size() == 1
                    ? Refusal.of(404, ErrorCode.NOT_FOUND, "No such session; initialize a new one")
                    : Refusal.of(400, ErrorCode.INVALID_REQUEST, "There must be one Mcp-Session-Id header");
            otherwise.accept(refusal);
        }
    }

    private void initialize(Visit visit, RequestId id, Payload params) {
        if (params.size() > HANDSHAKE_BYTES_MAX) { // it is kept as long as the session
            reception.refuse(
                    visit.out(),
                    Refusal.of(413, ErrorCode.TOO_LARGE, "A handshake has at most " + HANDSHAKE_BYTES_MAX + " bytes")
                            .to(id));
            return;
        }
        String asked = params.string("protocolVersion").orElse("");
        LegacySession session = new LegacySession(tokens, visit.server(), asked, limits, kept);
        // Its stream cannot be resumed: until the server has agreed there is no session in which a client could ask for
        // it.
        PostAnswer answer = new PostAnswer(visit, limits, Statuses.LEGACY, Map.of(SESSION_HEADER, session.id()), null);
        Call call = visit.dress(Call.request(id, "initialize", params, session)).with(PostAnswer.KEY, answer);
        AtomicBoolean gone = new AtomicBoolean();
        visit.http().onGone(() -> gone.set(true));
        session.enter();
        visit.settle(gate.handle(call), reply -> {
            session.leave();
            answer.reply(id, opened(session, params, reply));
            if (gone.get()) {
                sessions.end(session); // nobody knows its id
            }
        });
        answer.await();
    }

    private Reply opened(LegacySession session, Payload params, Reply reply) {
        if (!(reply instanceof Reply.Complete complete)) {
            if (!session.owner().isEmpty()) {
                session.end();
                gate.ended(session);
            }
            return reply;
        }
        session.initialized(params, complete.result());
        return sessions.keep(session)
                ? reply
                : Reply.failure(ErrorCode.RATE_LIMITED, "There are too many sessions; end one, or try again later");
    }

    private void receive(Visit visit, LegacySession session, Envelope message) {
        PostAnswer answer = new PostAnswer(visit, limits, Statuses.LEGACY, Map.of(), session.streams());
        if (!(message instanceof Envelope.Request request)) {
            visit.settle(messages.response(visit, session, message), answer::acknowledge);
            return;
        }
        RequestId id = request.id();
        if (id == null) {
            visit.settle(messages.notification(visit, session, request), answer::acknowledge);
        } else {
            visit.settle(messages.request(visit, session, id, request, answer), reply -> answer.reply(id, reply));
            answer.await();
        }
    }

    /** An array in the place of a message. Without a session it is of no revision that has batches. */
    void batch(Visit visit, byte[] body) {
        if (visit.http().headers(SESSION_HEADER).isEmpty()) {
            reception.refuse(visit.out(), noBatches());
        } else {
            inSession(
                    visit,
                    away -> reception.turnAway(visit, LocalCall.ANSWER, away),
                    session -> batch(visit, session, body));
        }
    }

    private void batch(Visit visit, LegacySession session, byte[] body) {
        if (!session.takesBatches()) {
            reception.refuse(visit.out(), noBatches());
            return;
        }
        try {
            batches.receive(visit, session, gate.reader().readBatch(body, limits.batchMessages()));
        } catch (MalformedMessage malformed) {
            reception.refuse(visit.out(), Refusal.of(malformed));
        }
    }

    private static Refusal noBatches() {
        return Refusal.of(
                400,
                ErrorCode.INVALID_REQUEST,
                "JSON-RPC batches are accepted on sessions of 2025-03-26 only; send each message in a request of its own");
    }
}
