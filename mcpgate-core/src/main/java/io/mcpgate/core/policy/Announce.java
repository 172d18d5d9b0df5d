package io.mcpgate.core.policy;

import io.mcpgate.Call;
import io.mcpgate.Interceptor;
import io.mcpgate.Reply;
import io.mcpgate.Traffic;
import io.mcpgate.core.protocol.ForwardingSession;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/**
 * Notes who is promised to be told of changed lists, and until when. It stands where the promise is seen as the client will
 * see it: cut by policy, and for the merged catalog put together.
 */
public final class Announce implements Interceptor {
    private static final String ACKNOWLEDGED = "notifications/subscriptions/acknowledged";

    private final Audience audience;

    public Announce(Audience audience) {
        this.audience = audience;
    }

    @Override
    public Set<Traffic> traffic() {
        return EnumSet.of(Traffic.REQUEST_TO_SERVER, Traffic.NOTIFICATION_TO_SERVER);
    }

    @Override
    public CompletionStage<Reply> intercept(Call call, Chain chain) {
        return switch (call.method()) {
            case "initialize" -> chain.proceed(call).thenApply(reply -> introduced(call, reply));
            case "notifications/initialized" -> {
                audience.ready(call.session());
                yield chain.proceed(call);
            }
            case ListenFilter.METHOD ->
                call.isNotification() || !call.session().isModern() ? chain.proceed(call) : listen(call, chain);
            default -> chain.proceed(call);
        };
    }

    private Reply introduced(Call initialize, Reply reply) {
        if (reply instanceof Reply.Complete complete && !initialize.session().isModern()) {
            audience.promised(initialize, complete);
        }
        return reply;
    }

    private CompletionStage<Reply> listen(Call call, Chain chain) {
        Listening listening = new Listening(call);
        return chain.proceed(call.withSession(listening)).whenComplete((reply, error) -> listening.end());
    }

    /** The session of a listen, which sees the acknowledgement on its way to the client. */
    private final class Listening extends ForwardingSession {
        private final Call listen;
        private volatile boolean ended;

        private Listening(Call listen) {
            super(listen.session());
            this.listen = listen;
        }

        @Override
        public CompletionStage<Reply> deliver(Call call) {
            boolean acknowledges = call.method().equals(ACKNOWLEDGED);
            if (acknowledges) { // before its client can know of it, so that no change falls in between
                audience.acknowledging(this, listen, call.params());
            }
            CompletionStage<Reply> taken = session().deliver(call.withSession(session()));
            if (acknowledges) { // now, for nothing may come before it
                audience.acknowledgedNow(this);
                leaveIfEnded();
            }
            return taken;
        }

        private void end() {
            ended = true;
            leaveIfEnded();
        }

        private void leaveIfEnded() {
            if (ended) {
                audience.left(this);
            }
        }
    }
}
