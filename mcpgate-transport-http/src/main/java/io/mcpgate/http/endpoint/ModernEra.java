package io.mcpgate.http.endpoint;

import io.mcpgate.Call;
import io.mcpgate.ErrorCode;
import io.mcpgate.RequestId;
import io.mcpgate.core.Gate;
import io.mcpgate.core.json.Envelope;
import io.mcpgate.core.protocol.ProtocolVersions;
import io.mcpgate.http.ForwardedHeaders;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * POST as 2026-07-28 has it: each request describes itself, has a session of its own, and is cancelled by closing its
 * answer.
 */
final class ModernEra {
    /** What only earlier revisions have, or what on HTTP only they have. It goes to no server. */
    private static final Set<String> GONE = Set.of(
            "initialize",
            "ping",
            "logging/setLevel",
            "resources/subscribe",
            "resources/unsubscribe",
            "notifications/initialized",
            "notifications/cancelled",
            "notifications/progress",
            "notifications/roots/list_changed");

    private final Gate gate;
    private final Reception reception;
    private final EndpointLimits limits;
    private final Tokens tokens;

    ModernEra(Gate gate, Reception reception, EndpointLimits limits, Tokens tokens) {
        this.gate = gate;
        this.reception = reception;
        this.limits = limits;
        this.tokens = tokens;
    }

    void post(Visit visit, Envelope message) {
        if (!(message instanceof Envelope.Request request)) {
            reception.refuse(
                    visit.out(),
                    Refusal.of(400, ErrorCode.INVALID_REQUEST, "On this revision there is nothing to respond to"));
            return;
        }
        Optional<Refusal> refusal = SelfDescription.refuse(request, visit.http());
        if (refusal.isPresent()) {
            reception.refuse(visit.out(), refusal.get());
        } else if (GONE.contains(request.method())) {
            gone(visit, request);
        } else {
            handle(visit, request);
        }
    }

    private void gone(Visit visit, Envelope.Request request) {
        Refusal away = request.id() == null
                ? Refusal.bare(202, Map.of())
                : Refusal.of(404, ErrorCode.METHOD_NOT_FOUND, "Method not found")
                        .to(request.id());
        reception.turnAway(visit, request, away);
    }

    private void handle(Visit visit, Envelope.Request request) {
        RequestId id = request.id();
        PostAnswer answer = new PostAnswer(visit, limits, Statuses.MODERN, Map.of(), null);
        ModernSession session = new ModernSession(tokens.next(), ProtocolVersions.MODERN, answer);
        Call made = id == null
                ? Call.notification(request.method(), request.params(), session)
                : Call.request(id, request.method(), request.params(), session);
        Call call = withParameterHeaders(visit, visit.dress(made).with(PostAnswer.KEY, answer));
        if (id == null) {
            visit.settle(gate.handle(call), answer::acknowledge);
            return;
        }
        visit.http().onGone(call.cancellation()::cancel);
        visit.settle(gate.handle(call), reply -> answer.reply(id, reply));
        answer.await();
    }

    private static Call withParameterHeaders(Visit visit, Call call) {
        ForwardedHeaders mirrored = ForwardedHeaders.of(visit.http().headers(), call.params());
        return mirrored.list().isEmpty() ? call : call.with(ForwardedHeaders.KEY, mirrored);
    }
}
