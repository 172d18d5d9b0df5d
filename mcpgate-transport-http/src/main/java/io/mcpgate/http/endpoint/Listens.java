package io.mcpgate.http.endpoint;

import io.mcpgate.Call;
import io.mcpgate.RequestId;
import io.mcpgate.core.protocol.ListenEnd;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The {@code subscriptions/listen} requests of 2026-07-28 that are under way. They have no time limit, so an endpoint that
 * closes ends them itself, as a server does that closes: with the empty result. Their clients may listen again.
 */
final class Listens {
    private final Set<Listen> open = ConcurrentHashMap.newKeySet();
    private volatile boolean closing;

    static boolean isOne(String method) {
        return method.equals("subscriptions/listen");
    }

    /** One of them, from before it passes the gate until it has its reply. */
    final class Listen {
        private final RequestId id;
        private final Call call;
        private final PostAnswer answer;

        private Listen(RequestId id, Call call, PostAnswer answer) {
            this.id = id;
            this.call = call;
            this.answer = answer;
        }

        /** It has its reply, or none. */
        void forget() {
            open.remove(this);
        }

        /** Without a stream yet it may be one that is refused: then the gate's answer counts, and it comes at once. */
        private void end() {
            answer.replyOnStream(id, ListenEnd.of(id));
            call.cancellation().cancel();
        }
    }

    /** A request that is about to pass the gate. If the endpoint closes already it is cancelled. */
    Listen begin(RequestId id, Call call, PostAnswer answer) {
        Listen listen = new Listen(id, call, answer);
        open.add(listen);
        if (closing) {
            listen.end();
        }
        return listen;
    }

    /** Ends those that are under way; others are cancelled as they come. */
    void close() {
        closing = true;
        open.forEach(Listen::end);
    }
}
