package io.mcpgate.core.bridge;

import io.mcpgate.ErrorCode;
import io.mcpgate.Reply;
import io.mcpgate.Session;
import io.mcpgate.core.stage.Stages;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * The handshakes under way, each as long as it takes: a session that ends before its handshake is made would leave behind
 * what the handshake makes for it. Safe for use by many threads.
 */
final class Openings {
    private final Set<Opening> all = ConcurrentHashMap.newKeySet();

    /** One handshake. */
    static final class Opening {
        private final String session;
        private volatile boolean over;

        private Opening(String session) {
            this.session = session;
        }

        /** Whether the session has ended meanwhile, so that there is nothing to go on for. */
        boolean isOver() {
            return over;
        }
    }

    /** Makes a handshake; if its session ended meanwhile, frees what was held for it and fails. */
    CompletionStage<Reply> during(
            Session session, Function<Opening, CompletionStage<Reply>> handshake, Consumer<Session> free) {
        Opening opening = new Opening(session.key());
        all.add(opening);
        return Stages.begin(() -> handshake.apply(opening))
                .whenComplete((reply, error) -> all.remove(opening))
                .thenApply(reply -> {
                    if (!opening.isOver()) {
                        return reply;
                    }
                    free.accept(session);
                    return Reply.failure(ErrorCode.UNAVAILABLE, "The session has ended");
                });
    }

    /** To be told before what is held for the session is freed. */
    void ended(Session session) {
        all.stream().filter(opening -> opening.session.equals(session.key())).forEach(opening -> opening.over = true);
    }
}
