package io.mcpgate.sdk;

import io.mcpgate.AttributeKey;
import io.mcpgate.Call;
import io.mcpgate.core.identity.Admission;
import io.mcpgate.core.identity.Credential;
import io.modelcontextprotocol.common.McpTransportContext;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.util.context.ContextView;

/** One message that a client brings to a server of the host's: who brings it, in which context, and when it is done with. */
final class Visit {
    /** Under this key the message's call carries it. */
    static final AttributeKey<Visit> KEY = AttributeKey.of("sdk visit", Visit.class);

    private static final Logger LOG = LoggerFactory.getLogger(Visit.class);

    private final ContextView context;
    private final McpTransportContext provided;
    private final Function<McpTransportContext, Credential> who;
    private final CompletableFuture<Void> done = new CompletableFuture<>();
    private final Admission admission = new Admission();
    private volatile @Nullable Call call;

    /**
     * A message that comes now.
     *
     * @param context the Reactor context in which it comes
     * @param provided the host's transport context of it
     * @param who tells from that who brings it
     */
    Visit(ContextView context, McpTransportContext provided, Function<McpTransportContext, Credential> who) {
        this.context = context;
        this.provided = provided;
        this.who = who;
    }

    /** Code of the host that fails must not let in those who show nothing, where they are let in at all. */
    private Credential credential() {
        try {
            Credential shown = who.apply(provided);
            if (shown != null) {
                return shown;
            }
            LOG.error("Who calls must not be null; say new Credential.None()");
        } catch (RuntimeException broken) {
            LOG.error("Who calls could not be found out", broken);
        }
        return new Credential.Ambiguous("Who calls could not be found out");
    }

    /** The visit to which a call belongs. */
    static @Nullable Visit of(Call call) {
        return call.attribute(KEY)
                .or(() -> call.parent().flatMap(parent -> parent.attribute(KEY)))
                .orElse(null);
    }

    /** The message's call, as it sets out. The credential is the call's alone: the gate takes it off when it has served. */
    Call dress(Call made) {
        call = made;
        made.cancellation().onCancel(this::over);
        return made.with(Credential.KEY, credential())
                .with(Admission.KEY, admission)
                .with(McpSdk.TRANSPORT_CONTEXT, provided)
                .with(KEY, this);
    }

    ContextView context() {
        return context;
    }

    McpTransportContext provided() {
        return provided;
    }

    /** Whether the transport answers each message where it has come in, so that an error reaches who has sent it. */
    boolean isAnsweredItself() {
        return context.hasKey(McpTransportContext.KEY);
    }

    /** Whether who brings it is known, and the session its own. */
    boolean isAdmitted() {
        return admission.isGiven();
    }

    /** Completes when the message is done with: taken, answered, or given up. */
    CompletionStage<Void> done() {
        return done;
    }

    /** It is done with. */
    void over() {
        done.complete(null);
    }

    /** It has failed; whoever brings it learns why. */
    void failed(Throwable why) {
        done.completeExceptionally(why);
    }

    /** Nobody waits any more. */
    void cancel() {
        Call known = call;
        if (known != null) {
            known.cancellation().cancel();
        }
    }
}
