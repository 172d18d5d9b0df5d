package io.mcpgate.core.catalog;

import io.mcpgate.Call;
import io.mcpgate.ErrorCode;
import io.mcpgate.Interceptor;
import io.mcpgate.Payload;
import io.mcpgate.Reply;
import io.mcpgate.Target;
import io.mcpgate.Traffic;
import io.mcpgate.core.audit.Trail;
import io.mcpgate.core.policy.Authorize;
import io.mcpgate.core.protocol.Listing;
import io.mcpgate.core.protocol.LocalCall;
import io.mcpgate.policy.PolicyStore;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Answers calls to the merged catalog. A call that is already addressed passes, and so does one for the gateway itself; a
 * list is asked of all servers that the principal may enter; the handshake and what else concerns no single server is
 * answered here.
 */
public final class Compose implements Interceptor {
    private final List<String> servers;
    private final PolicyStore policies;
    private final CatalogProfile profile;
    private final MergedList lists;

    /** A catalog of {@code servers}, in this order. */
    public Compose(List<String> servers, PolicyStore policies, CatalogProfile profile, MergedList lists) {
        this.servers = List.copyOf(servers);
        this.policies = policies;
        this.profile = profile;
        this.lists = lists;
    }

    @Override
    public Set<Traffic> traffic() {
        return EnumSet.of(Traffic.REQUEST_TO_SERVER, Traffic.NOTIFICATION_TO_SERVER);
    }

    @Override
    public CompletionStage<Reply> intercept(Call call, Chain chain) {
        if (call.attribute(Addressing.FROM_CATALOG).isPresent()) {
            return chain.proceed(call).thenApply(reply -> backFromServer(call, reply));
        }
        return call.server().isPresent() ? chain.proceed(call) : compose(call, chain);
    }

    /** A server that the principal may not see looks like a prefix that no server has. */
    private static Reply backFromServer(Call call, Reply reply) {
        return reply instanceof Reply.Failure failure && failure.is(ErrorCode.NOT_FOUND)
                ? unknown(call)
                : Addressing.inCatalogTerms(call, reply);
    }

    private static Reply unknown(Call call) {
        return Reply.Failure.received(
                ErrorCode.INVALID_PARAMS.code(),
                "Unknown " + call.target().kind().name().toLowerCase(Locale.ROOT),
                null);
    }

    private CompletionStage<Reply> compose(Call call, Chain chain) {
        return Authorize.policyFor(policies, call.principal()).thenCompose(policy -> {
            List<String> visible = servers.stream()
                    .filter(server -> Authorize.mayEnter(policy, server))
                    .toList();
            if (visible.isEmpty()) {
                Trail.of(call).denied(call, "no rule allows any server of the catalog");
                return done(Reply.failure(ErrorCode.NOT_FOUND, "No such server"));
            }
            Trail.of(call).allowed(call, "merged catalog of " + visible.size() + " servers");
            return Listing.of(call.method())
                    .map(listing -> lists.list(call, listing, visible, chain))
                    .orElseGet(() -> answer(call, visible, chain));
        });
    }

    private CompletionStage<Reply> answer(Call call, List<String> visible, Chain chain) {
        if (LocalCall.is(call)) {
            return done(Reply.accepted());
        }
        return switch (call.method()) {
            case "initialize" -> done(Reply.complete(profile.initializeResult(call)));
            case "server/discover" -> done(Reply.complete(profile.discoverResult()));
            case "ping" -> done(Reply.complete(Payload.empty()));
            case "logging/setLevel" -> tellAll(call, visible, chain).thenApply(told -> Reply.complete(Payload.empty()));
            case "notifications/roots/list_changed" -> tellAll(call, visible, chain);
            case "notifications/initialized" -> done(Reply.accepted());
            default -> done(unaddressed(call));
        };
    }

    private static Reply unaddressed(Call call) {
        if (call.isNotification()) {
            return Reply.accepted();
        }
        Trail.of(call).denied(call, "nothing in the merged catalog has this name");
        return call.target().kind() == Target.Kind.METHOD
                ? Reply.failure(ErrorCode.METHOD_NOT_FOUND, "Method not found")
                : unknown(call);
    }

    private static CompletionStage<Reply> tellAll(Call call, List<String> visible, Chain chain) {
        CompletableFuture<?>[] told = visible.stream()
                .map(server -> chain.proceed(Trail.branch(Addressing.merged(call, server)))
                        .toCompletableFuture())
                .toArray(CompletableFuture<?>[]::new);
        return CompletableFuture.allOf(told).handle((all, error) -> Reply.accepted());
    }

    private static CompletionStage<Reply> done(Reply reply) {
        return CompletableFuture.completedFuture(reply);
    }
}
