package io.mcpgate.http.endpoint;

import io.mcpgate.Call;
import io.mcpgate.ErrorCode;
import io.mcpgate.Payload;
import io.mcpgate.Reply;
import io.mcpgate.RequestId;
import io.mcpgate.core.Gate;
import io.mcpgate.core.json.Correlation;
import io.mcpgate.core.json.Envelope;
import io.mcpgate.core.protocol.LocalCall;
import io.mcpgate.core.protocol.Outgoing;
import io.mcpgate.core.protocol.ProtocolVersions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/** POST, GET and DELETE as the revisions before 2026-07-28 have them: within a session that {@code initialize} opens. */
final class LegacyEra {
    private static final String SESSION_HEADER = "Mcp-Session-Id";

    private final Gate gate;
    private final Reception reception;
    private final Sessions sessions;
    private final EndpointLimits limits;
    private final Tokens tokens;

    LegacyEra(Gate gate, Reception reception, Sessions sessions, EndpointLimits limits, Tokens tokens) {
        this.gate = gate;
        this.reception = reception;
        this.sessions = sessions;
        this.limits = limits;
        this.tokens = tokens;
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
                session -> gate.handle(visit.dress(LocalCall.STREAM.on(session)))
                        .thenAccept(reply -> {
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
        session.enter();
        boolean opened = session.general().open(() -> {
            HttpExchange.Stream body = visit.out().events(Map.of());
            EventStream stream = new EventStream(visit.http(), body, limits, session::leave);
            visit.http().onGone(stream::cut);
            visit.out().answered();
            return stream;
        });
        if (!opened) {
            session.leave();
            visit.out().refuse(Refusal.of(409, ErrorCode.INVALID_REQUEST, "This session has its stream open already"));
        }
    }

    void delete(Visit visit) {
        inSession(
                visit,
                away -> reception.turnAway(visit, LocalCall.END, away),
                session -> gate.handle(visit.dress(LocalCall.END.on(session))).thenAccept(reply -> {
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
        String asked = params.string("protocolVersion").orElse("");
        LegacySession session = new LegacySession(tokens.next(), tokens.next(), visit.server(), asked, limits);
        PostAnswer answer = new PostAnswer(visit, limits, Statuses.LEGACY, Map.of(SESSION_HEADER, session.id()));
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
        PostAnswer answer = new PostAnswer(visit, limits, Statuses.LEGACY, Map.of());
        session.enter();
        if (message instanceof Envelope.Result result) {
            visit.settle(local(visit, session, () -> session.outgoing().complete(result)), answer::acknowledge);
        } else if (message instanceof Envelope.Failed failed) {
            visit.settle(local(visit, session, () -> session.outgoing().complete(failed)), answer::acknowledge);
        } else if (message instanceof Envelope.Request request) {
            RequestId id = request.id();
            if (id == null) {
                visit.settle(notification(visit, session, request), answer::acknowledge);
            } else {
                visit.settle(request(visit, session, id, request, answer), reply -> answer.reply(id, reply));
                answer.await();
            }
        }
    }

    private CompletionStage<Reply> request(
            Visit visit, LegacySession session, RequestId id, Envelope.Request request, PostAnswer answer) {
        Call call = visit.dress(Call.request(id, request.method(), request.params(), session))
                .with(PostAnswer.KEY, answer);
        AtomicBoolean fresh = new AtomicBoolean();
        CompletionStage<Reply> reply = session.incoming().handle(call, taken -> {
            fresh.set(true);
            return gate.handle(taken);
        });
        if (fresh.get()) {
            return reply.whenComplete((done, error) -> session.leave());
        }
        // Refused without the gate: that must not be what somebody learns who is not the session's owner.
        return local(visit, session, () -> {})
                .thenCompose(
                        known -> known instanceof Reply.Failure ? CompletableFuture.completedFuture(known) : reply);
    }

    /** What only concerns the connection ends here, after the gate has identified and recorded its sender. */
    private CompletionStage<Reply> notification(Visit visit, LegacySession session, Envelope.Request request) {
        return switch (request.method()) {
            case "notifications/cancelled" -> local(visit, session, () -> cancel(session, request.params()));
            case "notifications/progress" ->
                session.outgoing()
                        .progress(request.params())
                        .map(progress -> toServer(progressOf(progress, visit, session), session))
                        .orElseGet(() -> local(visit, session, () -> {}));
            default -> toServer(visit.dress(Call.notification(request.method(), request.params(), session)), session);
        };
    }

    private static void cancel(LegacySession session, Payload params) {
        Correlation.cancelled(params).ifPresent(session.incoming()::cancel);
    }

    /** The client tells the progress of a server's request: it goes to that server, under the server's own token. */
    private static Call progressOf(Outgoing.Told progress, Visit visit, LegacySession session) {
        Call told = visit.dress(Call.notification("notifications/progress", progress.params(), session));
        return progress.call().server().map(told::withServer).orElse(told);
    }

    private CompletionStage<Reply> toServer(Call call, LegacySession session) {
        return gate.handle(call).whenComplete((reply, error) -> session.leave());
    }

    private CompletionStage<Reply> local(Visit visit, LegacySession session, Runnable ifAllowed) {
        return gate.handle(visit.dress(LocalCall.ANSWER.on(session))).thenApply(reply -> {
            session.leave();
            if (!(reply instanceof Reply.Failure)) {
                ifAllowed.run();
            }
            return reply;
        });
    }
}
