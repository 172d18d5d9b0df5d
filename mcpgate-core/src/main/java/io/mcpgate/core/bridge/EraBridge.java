package io.mcpgate.core.bridge;

import io.mcpgate.Call;
import io.mcpgate.ErrorCode;
import io.mcpgate.Payload;
import io.mcpgate.Reply;
import io.mcpgate.RequestId;
import io.mcpgate.Session;
import io.mcpgate.core.json.JsonReader;
import io.mcpgate.core.route.PooledUpstream;
import io.mcpgate.core.stage.Closing;
import io.mcpgate.core.stage.Stages;
import io.mcpgate.route.Upstream;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.LongSupplier;

/**
 * One server for clients of both eras. A client whose era the server speaks goes straight through; the others are bridged.
 * Which eras it speaks is learned from its answers to {@code initialize} and {@code server/discover}, and asked again now and
 * then where the answer was no.
 */
public final class EraBridge implements Upstream {
    private final PooledUpstream server;
    private final ModernProbe probe;
    private final LegacyToModern legacyClients;
    private final ModernToLegacy modernClients;
    private final Verdict legacy;
    private final Openings openings = new Openings();
    private final Map<String, CompletableFuture<Reply>> introducing = new ConcurrentHashMap<>(); // by session

    /** Bridges to {@code server}, and closes it when it is closed itself. */
    public EraBridge(PooledUpstream server, JsonReader reader, ScheduledExecutorService timer) {
        this(server, reader, timer, System::nanoTime);
    }

    EraBridge(PooledUpstream server, JsonReader reader, ScheduledExecutorService timer, LongSupplier nanoClock) {
        this.server = server;
        this.legacy = new Verdict(nanoClock);
        this.probe = new ModernProbe(server, timer, nanoClock);
        this.legacyClients = new LegacyToModern(server, reader, timer);
        this.modernClients = new ModernToLegacy(server, reader, timer, probe::wasWrong);
    }

    @Override
    public String name() {
        return server.name();
    }

    @Override
    public CompletionStage<Reply> forward(Call call) {
        return call.session().isModern() ? modern(call) : legacy(call);
    }

    private CompletionStage<Reply> modern(Call call) {
        Optional<Boolean> known = probe.known();
        if (known.isPresent()) {
            return known.get() ? server.forward(call) : modernClients.forward(call);
        }
        return probe.ask(call, () -> modernClients.takesHandshake(call)).thenCompose(answer -> switch (answer.era()) {
            case MODERN -> server.forward(call);
            case LEGACY -> modernClients.forward(call);
            case UNREACHABLE -> orLegacy(call, answer.reply());
        });
    }

    /** Some servers die of a method that they do not know. One that takes a handshake after that is there, and legacy. */
    private CompletionStage<Reply> orLegacy(Call call, Reply unreachable) {
        if (!(unreachable instanceof Reply.Failure failure && failure.is(ErrorCode.UNAVAILABLE))) {
            return CompletableFuture.completedFuture(unreachable);
        }
        return modernClients.takesHandshake(call).thenCompose(taken -> {
            if (!taken) {
                return CompletableFuture.completedFuture(unreachable);
            }
            probe.isLegacy();
            return modernClients.forward(call);
        });
    }

    private CompletionStage<Reply> legacy(Call call) {
        if (legacyClients.knows(call.session())) {
            return legacyClients.forward(call);
        }
        if (call.method().equals("initialize")) {
            return initialize(call);
        }
        return legacy.isYes() ? server.forward(call) : introducedFirst(call);
    }

    private CompletionStage<Reply> initialize(Call call) {
        return openings.during(call.session(), opening -> greeted(call), this::ended);
    }

    private CompletionStage<Reply> greeted(Call call) {
        if (legacy.isNo()) {
            return legacyClients.forward(call);
        }
        return server.forward(call).thenCompose(reply -> {
            if (reply instanceof Reply.Complete) {
                legacy.yes();
            }
            return isRefused(reply) ? bridgedIfModern(call, reply) : CompletableFuture.completedFuture(reply);
        });
    }

    /** The server is there, and does not take what opens the other era; one that is down says nothing about its era. */
    static boolean isRefused(Reply reply) {
        return reply instanceof Reply.Failure failure && (failure.kind() == null || failure.is(ErrorCode.BAD_UPSTREAM));
    }

    /** One that is silent may have yet to start: over stdio it is asked in another process than the one that refused. */
    private CompletionStage<Reply> bridgedIfModern(Call call, Reply refusal) {
        return probe.ask(call, () -> CompletableFuture.completedFuture(false)).thenCompose(answer -> {
            if (answer.era() != ModernProbe.Era.MODERN) {
                return CompletableFuture.completedFuture(refusal);
            }
            legacy.no();
            return legacyClients.forward(call);
        });
    }

    /**
     * A session whose handshake this server has not seen: it is made up for, by one call for all of the session. Not by a
     * notification: it means nothing to a server that does not know the session, and may have come behind the session's end,
     * when nobody would free what is made for it.
     */
    private CompletionStage<Reply> introducedFirst(Call call) {
        Optional<Payload> handshake = call.session().handshake();
        if (handshake.isEmpty()) {
            return server.forward(call);
        }
        CompletableFuture<Reply> fresh = new CompletableFuture<>();
        String key = call.session().key();
        CompletableFuture<Reply> known =
                call.isNotification() ? introducing.get(key) : introducing.putIfAbsent(key, fresh);
        if (known == null && call.isNotification()) {
            return CompletableFuture.completedFuture(Reply.accepted());
        }
        if (known == null) {
            openings.during(call.session(), opening -> introduce(call, handshake.get(), opening), this::ended)
                    .whenComplete((reply, error) -> introducing.remove(key, fresh))
                    .whenComplete(Stages.into(fresh));
        }
        return (known == null ? fresh : known)
                .thenCompose(reply ->
                        reply instanceof Reply.Failure ? CompletableFuture.completedFuture(reply) : introduced(call));
    }

    /** Of a session that has been introduced. */
    private CompletionStage<Reply> introduced(Call call) {
        return legacyClients.knows(call.session()) ? legacyClients.forward(call) : server.forward(call);
    }

    private CompletionStage<Reply> introduce(Call call, Payload handshake, Openings.Opening opening) {
        Call initialize =
                inNameOf(call, Call.request(RequestId.of("mcpgate"), "initialize", handshake, call.session()));
        Call initialized =
                inNameOf(call, Call.notification("notifications/initialized", Payload.empty(), call.session()));
        return greeted(initialize)
                .thenCompose(reply -> reply instanceof Reply.Complete && !opening.isOver()
                        ? introduced(initialized)
                        : CompletableFuture.completedFuture(reply));
    }

    private static Call inNameOf(Call call, Call made) {
        return made.withPrincipal(call.principal()).withServer(call.server().orElse(""));
    }

    @Override
    public void ended(Session session) {
        openings.ended(session);
        Closing.all(List.of(() -> legacyClients.ended(session), () -> server.ended(session)));
    }

    @Override
    public void close() {
        Closing.all(List.of(legacyClients::close, modernClients::close, server::close));
    }

    @Override
    public String toString() {
        return server.toString();
    }
}
