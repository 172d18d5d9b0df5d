package io.mcpgate.core.policy;

import io.mcpgate.Call;
import io.mcpgate.Direction;
import io.mcpgate.ErrorCode;
import io.mcpgate.Interceptor;
import io.mcpgate.Principal;
import io.mcpgate.Reply;
import io.mcpgate.Target;
import io.mcpgate.core.audit.Trail;
import io.mcpgate.core.json.JsonReader;
import io.mcpgate.core.protocol.Listing;
import io.mcpgate.policy.Access;
import io.mcpgate.policy.Decision;
import io.mcpgate.policy.Policy;
import io.mcpgate.policy.PolicyStore;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/**
 * Asks the policy about every message in both directions, and about every entry of every list with the same question
 * that the entry's use would raise: what is listed is callable, and what is not listed is not. A store or policy that
 * breaks denies.
 */
public final class Authorize implements Interceptor {
    private final PolicyStore store;
    private final ListFilter filter;
    private final Consumer<Call> onHidden;

    /**
     * Decides by {@code store}.
     *
     * @param onHidden told of a list call from whose reply something was cut
     */
    public Authorize(PolicyStore store, JsonReader reader, Consumer<Call> onHidden) {
        this.store = store;
        this.filter = new ListFilter(reader);
        this.onHidden = onHidden;
    }

    @Override
    public CompletionStage<Reply> intercept(Call call, Chain chain) {
        return policyFor(store, call.principal()).thenCompose(policy -> decide(call, policy, chain));
    }

    /** The policy of a principal; of a store that fails, one that denies. */
    public static CompletionStage<Policy> policyFor(PolicyStore store, Principal principal) {
        try {
            CompletionStage<Policy> stage = store.policyFor(principal);
            return stage.handle((policy, error) ->
                    error == null && policy != null ? policy : Policy.denyAll("policy store failed"));
        } catch (RuntimeException | Error broken) {
            return CompletableFuture.completedFuture(Policy.denyAll("policy store failed"));
        }
    }

    /** The policy's answer; of a policy that fails, no. */
    public static Decision decide(Policy policy, Access access) {
        try {
            Decision decision = policy.decide(access);
            return decision == null ? Decision.deny("policy gave no decision") : decision;
        } catch (RuntimeException | Error broken) {
            return Decision.deny("policy failed: " + broken.getClass().getSimpleName());
        }
    }

    /** Whether a principal may use a server at all; otherwise it must not learn that the server exists. */
    public static boolean mayEnter(Policy policy, String server) {
        Target entering = new Target(Target.Kind.METHOD, "initialize");
        return decide(policy, Access.toServer(server, "initialize", entering)).allowed();
    }

    private CompletionStage<Reply> decide(Call call, Policy policy, Chain chain) {
        Optional<String> server = call.server();
        if (server.isEmpty()) {
            throw new IllegalStateException("A call that names no server cannot be decided on");
        }
        Access access = new Access(call.direction(), server.get(), call.method(), call.target());
        Decision decision = decide(policy, access);
        if (!decision.allowed()) {
            Trail.of(call).denied(call, decision.reason());
            return CompletableFuture.completedFuture(refusal(call, policy, server.get()));
        }
        Trail.of(call).allowed(call, decision.reason());
        CompletionStage<Reply> reply = chain.proceed(call);
        if (call.direction() == Direction.TO_CLIENT || call.isNotification()) {
            return reply;
        }
        return Listing.of(call.method())
                .map(listing -> reply.thenApply(complete -> filtered(call, complete, listing, policy, server.get())))
                .orElse(reply);
    }

    private Reply filtered(Call call, Reply reply, Listing listing, Policy policy, String server) {
        if (!(reply instanceof Reply.Complete complete)) {
            return reply;
        }
        Reply cut = filter.filter(complete, listing, policy, server);
        if (cut != reply) {
            onHidden.accept(call);
        }
        return cut;
    }

    private static Reply refusal(Call call, Policy policy, String server) {
        if (call.direction() == Direction.TO_SERVER && !mayEnter(policy, server)) {
            return Reply.failure(ErrorCode.NOT_FOUND, "No such server");
        }
        return call.target().kind() == Target.Kind.METHOD
                ? Reply.failure(ErrorCode.METHOD_NOT_FOUND, "Method not found")
                : Reply.failure(ErrorCode.FORBIDDEN, "Not allowed");
    }
}
