package io.mcpgate.core.bridge;

import io.mcpgate.Call;
import io.mcpgate.ErrorCode;
import io.mcpgate.Payload;
import io.mcpgate.Reply;
import io.mcpgate.RequestId;
import io.mcpgate.core.protocol.OwnImplementation;
import io.mcpgate.core.protocol.ProtocolVersions;
import io.mcpgate.core.route.PooledUpstream;
import io.mcpgate.core.stage.Stages;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Finds out whether a server speaks 2026-07-28: it does if it answers {@code server/discover}, or refuses it only for the
 * version; with any other answer it does not (2026-07-28, "Versioning"). A server that is silent may not know the method, or
 * have yet to start: it speaks the era whose opening it answers first. Asked by one caller for all.
 */
final class ModernProbe {
    private static final Duration SILENCE = Duration.ofSeconds(5);
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final PooledUpstream server;
    private final ScheduledExecutorService timer;
    private final Verdict modern;
    private @Nullable CompletableFuture<Answer> asking; // guarded by this

    ModernProbe(PooledUpstream server, ScheduledExecutorService timer, LongSupplier nanoClock) {
        this.server = server;
        this.timer = timer;
        this.modern = new Verdict(nanoClock);
    }

    enum Era {
        MODERN,
        LEGACY,
        /** It could not be asked; nothing is known. */
        UNREACHABLE
    }

    /**
     * What was found out.
     *
     * @param reply the reply to {@code server/discover}, if it was found out by that
     */
    record Answer(Era era, Reply reply) {}

    /** What is known already. */
    Optional<Boolean> known() {
        if (modern.isYes()) {
            return Optional.of(true);
        }
        return modern.isNo() ? Optional.of(false) : Optional.empty();
    }

    /** A server that was held for legacy refuses handshakes, and is asked again. */
    void wasWrong() {
        if (!modern.isYes()) {
            modern.forget();
        }
    }

    /** A server that could not be asked is there nevertheless, and speaks the other era. */
    void isLegacy() {
        modern.no();
        server.hangUpOnModern();
    }

    /**
     * Asks the server in the name of a caller, unless somebody is asking it now.
     *
     * @param isLegacy finds out whether it is a legacy server; asked only of one that is silent
     */
    CompletionStage<Answer> ask(Call by, Supplier<CompletionStage<Boolean>> isLegacy) {
        CompletableFuture<Answer> fresh = new CompletableFuture<>();
        synchronized (this) {
            if (asking != null) {
                return asking;
            }
            asking = fresh;
        }
        askNow(by, isLegacy)
                .thenApply(this::learned)
                .whenComplete((answer, error) -> {
                    synchronized (this) {
                        asking = null;
                    }
                })
                .whenComplete(Stages.into(fresh));
        return fresh;
    }

    private CompletionStage<Answer> askNow(Call by, Supplier<CompletionStage<Boolean>> isLegacy) {
        Call discover = Call.request(RequestId.of("mcpgate"), "server/discover", introduction(), new Asker())
                .withPrincipal(by.principal())
                .withServer(server.name());
        CompletableFuture<Answer> first = new CompletableFuture<>();
        Stages.begin(() -> Waiting.inTime(server.forward(discover), discover, PATIENCE, timer))
                .handle(ModernProbe::judge)
                .whenComplete(Stages.into(first));
        Waiting.pause(SILENCE, timer)
                .thenCompose(silent -> first.isDone() ? CompletableFuture.completedFuture(false) : isLegacy.get())
                .thenAccept(legacy -> {
                    if (legacy && first.complete(new Answer(Era.LEGACY, Reply.accepted()))) {
                        discover.cancellation().cancel();
                    }
                });
        return first;
    }

    private static Answer judge(@Nullable Reply reply, @Nullable Throwable error) {
        if (error != null || reply == null) {
            return new Answer(Era.UNREACHABLE, Reply.failure(ErrorCode.INTERNAL, "Internal error"));
        }
        if (reply instanceof Reply.Complete) {
            return new Answer(Era.MODERN, reply);
        }
        if (!(reply instanceof Reply.Failure failure)) {
            return new Answer(Era.LEGACY, reply);
        }
        if (failure.code() == ErrorCode.UNSUPPORTED_VERSION.code()) {
            return new Answer(Era.MODERN, reply);
        }
        return new Answer(EraBridge.isRefused(failure) ? Era.LEGACY : Era.UNREACHABLE, reply);
    }

    private Answer learned(Answer answer) {
        switch (answer.era()) {
            case MODERN -> modern.yes();
            case LEGACY -> isLegacy();
            case UNREACHABLE -> {}
        }
        return answer;
    }

    private static Payload introduction() {
        return Payload.of(Map.of(
                "_meta",
                Map.of(
                        Terms.VERSION,
                        ProtocolVersions.MODERN,
                        Terms.CLIENT_INFO,
                        OwnImplementation.members(),
                        Terms.CLIENT_CAPABILITIES,
                        Map.of())));
    }

    /** Nobody's: what the server tells it is of no interest. */
    private static final class Asker extends Sessionless {
        @Override
        public String key() {
            return "mcpgate-probe";
        }

        @Override
        CompletionStage<Reply> told(Call notification) {
            return CompletableFuture.completedFuture(Reply.accepted());
        }
    }
}
