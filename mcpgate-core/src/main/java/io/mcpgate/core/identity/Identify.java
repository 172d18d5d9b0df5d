package io.mcpgate.core.identity;

import io.mcpgate.Call;
import io.mcpgate.ErrorCode;
import io.mcpgate.Interceptor;
import io.mcpgate.Principal;
import io.mcpgate.Reply;
import io.mcpgate.Traffic;
import io.mcpgate.core.audit.Trail;
import io.mcpgate.core.route.HostPatience;
import io.mcpgate.core.stage.Ready;
import io.mcpgate.core.stage.Stages;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Credentials → principal. Whatever goes wrong on the way means: nobody. */
public final class Identify implements Interceptor {
    private static final Credential NONE = new Credential.None();

    private final Authenticator authenticator;
    private final HostPatience patience;

    /** Identifies by {@code authenticator}, which calls without a deadline wait for with {@code patience}. */
    public Identify(Authenticator authenticator, HostPatience patience) {
        this.authenticator = authenticator;
        this.patience = patience;
    }

    /** What comes from a server travels under the principal of the call or session that it belongs to. */
    @Override
    public Set<Traffic> traffic() {
        return EnumSet.of(Traffic.REQUEST_TO_SERVER, Traffic.NOTIFICATION_TO_SERVER);
    }

    @Override
    public CompletionStage<Reply> intercept(Call call, Chain chain) {
        Credential credential = call.attribute(Credential.KEY).orElse(NONE);
        CompletionStage<Optional<Principal>> found =
                patience.with(Stages.begin(() -> authenticator.authenticate(credential)), call);
        if (Ready.is(found) && found.toCompletableFuture().join() != null) {
            return Ready.thenCompose(found, principal -> proceed(call, credential, principal, chain));
        }
        return found.handle((principal, error) -> principal != null
                        ? proceed(call, credential, principal, chain)
                        : unauthenticated(call, credential, "authenticator failed: " + kindOf(error)))
                .thenCompose(Function.identity());
    }

    private static String kindOf(@Nullable Throwable error) {
        if (error == null) {
            return "no answer";
        }
        Throwable cause = error instanceof CompletionException ? error.getCause() : null;
        return (cause == null ? error : cause).getClass().getSimpleName();
    }

    private static CompletionStage<Reply> proceed(
            Call call, Credential credential, Optional<Principal> principal, Chain chain) {
        if (principal.isEmpty() || !principal.get().isIdentified()) {
            return unauthenticated(call, credential, problemOf(credential));
        }
        Principal caller = principal.get();
        Trail.of(call).identified(caller);
        if (call.session() instanceof OwnedSession session && !session.isOwnedBy(caller)) {
            Trail.of(call).refused("no such session of this principal");
            return refuse(ErrorCode.NOT_FOUND, "No such session; initialize a new one");
        }
        call.attribute(Admission.KEY).ifPresent(Admission::give);
        // The credential has served: no step behind this one has any use for it.
        return chain.proceed(call.with(Credential.KEY, NONE).withPrincipal(caller));
    }

    private static String problemOf(Credential credential) {
        return credential instanceof Credential.Ambiguous ambiguous
                ? ambiguous.problem()
                : credential instanceof Credential.None ? "A credential is required" : "The credential is not valid";
    }

    /** The caller is told what is wrong with its credential, and no more; the record has the reason. */
    private static CompletionStage<Reply> unauthenticated(Call call, Credential credential, String reason) {
        Trail.of(call).refused(reason);
        return refuse(ErrorCode.UNAUTHENTICATED, problemOf(credential));
    }

    private static CompletionStage<Reply> refuse(ErrorCode kind, String message) {
        return CompletableFuture.completedFuture(Reply.failure(kind, message));
    }
}
