package io.mcpgate.http.endpoint;

import io.mcpgate.Call;
import io.mcpgate.ErrorCode;
import io.mcpgate.Reply;
import io.mcpgate.RequestId;
import io.mcpgate.core.Gate;
import io.mcpgate.core.json.Envelope;
import io.mcpgate.core.protocol.EdgeCheck;
import io.mcpgate.core.protocol.ProtocolVersions;
import io.mcpgate.http.ForwardedHeaders;
import io.mcpgate.http.MarkedTools;
import io.mcpgate.http.ParameterHeaders;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

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

    private static final int MARKED_SERVERS_MAX = 1_000;

    private final Gate gate;
    private final Map<String, MarkedTools> marked = new ConcurrentHashMap<>(); // by governed server; "" for the catalog
    private final Reception reception;
    private final EndpointLimits limits;
    private final Tokens tokens;
    private final Listens listens = new Listens();

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
        if (request.method().equals("tools/call")) {
            call = withMarks(visit, request, call);
        }
        if (id == null) {
            visit.settle(gate.handle(call), answer::acknowledge);
            return;
        }
        visit.http().onGone(call.cancellation()::cancel);
        if (Listens.isOne(request.method())) {
            listen(visit, id, call, answer);
        } else {
            visit.settle(gate.handle(call), reply -> {
                learnMarks(visit, request.method(), reply);
                answer.reply(id, reply);
            });
        }
        answer.await();
    }

    private void listen(Visit visit, RequestId id, Call call, PostAnswer answer) {
        Listens.Listen listen = listens.begin(id, call, answer);
        visit.settle(
                gate.handle(call).whenComplete((reply, error) -> listen.forget()), reply -> answer.reply(id, reply));
    }

    /** The endpoint closes: ends what would never end by itself. */
    void close() {
        listens.close();
    }

    /** A client knows from the tool's listed schema which arguments its headers are to repeat; so does whoever listed it. */
    private Call withMarks(Visit visit, Envelope.Request request, Call call) {
        MarkedTools known = marked.get(visit.server().orElse(""));
        Optional<ParameterHeaders> marks = known == null
                ? Optional.empty()
                : request.params().string("name").flatMap(known::marks);
        return marks.map(of -> call.with(
                        EdgeCheck.KEY,
                        () -> of.mismatch(visit.http().headers(), request.params())
                                .map(SelfDescription::mismatch)))
                .orElse(call);
    }

    private void learnMarks(Visit visit, String method, Reply reply) {
        if (!method.equals("tools/list") || !(reply instanceof Reply.Complete list) || !visit.governed()) {
            return;
        }
        String server = visit.server().orElse("");
        if (marked.size() < MARKED_SERVERS_MAX || marked.containsKey(server)) {
            marked.computeIfAbsent(server, unused -> new MarkedTools()).learn(list.result());
        }
    }

    private static Call withParameterHeaders(Visit visit, Call call) {
        ForwardedHeaders mirrored = ForwardedHeaders.of(visit.http().headers(), call.params());
        return mirrored.list().isEmpty() ? call : call.with(ForwardedHeaders.KEY, mirrored);
    }
}
