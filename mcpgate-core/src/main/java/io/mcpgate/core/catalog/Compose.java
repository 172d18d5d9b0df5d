package io.mcpgate.core.catalog;

import io.mcpgate.Call;
import io.mcpgate.ErrorCode;
import io.mcpgate.Interceptor;
import io.mcpgate.Interceptor.Chain;
import io.mcpgate.Payload;
import io.mcpgate.Reply;
import io.mcpgate.Target;
import io.mcpgate.Traffic;
import io.mcpgate.core.audit.Trail;
import io.mcpgate.core.policy.Authorize;
import io.mcpgate.core.policy.Policies;
import io.mcpgate.core.policy.TaskOwners;
import io.mcpgate.core.protocol.LocalCall;
import java.time.Clock;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;

/**
 * Answers calls to the merged catalog. A call that is already addressed passes, and so does one for the gateway itself; what
 * concerns several servers (handshakes, lists, listens, levels) is asked of all of them that the principal may enter, each
 * under its own rules, and answered as one.
 */
public final class Compose implements Interceptor {
    private final List<String> servers;
    private final Policies policies;
    private final Addressing addressing;
    private final TaskOwners tasks;
    private final Survey survey;
    private final Introduction introduction;
    private final MergedList lists;
    private final MergedListen listens;

    /**
     * A catalog of {@code servers}, in this order.
     *
     * @param patience how long a server may take for its part of an answer
     * @param clock says when a cursor has expired
     */
    public Compose(
            List<String> servers,
            Policies policies,
            Addressing addressing,
            TaskOwners tasks,
            CatalogProfile profile,
            Duration patience,
            ScheduledExecutorService timer,
            Clock clock) {
        this.servers = List.copyOf(servers);
        this.policies = policies;
        this.addressing = addressing;
        this.tasks = tasks;
        this.survey = new Survey(patience, timer);
        this.introduction = new Introduction(profile, addressing, survey);
        this.lists = new MergedList(addressing, survey, new Cursors(clock));
        this.listens = new MergedListen(addressing, survey);
    }

    @Override
    public Set<Traffic> traffic() {
        return EnumSet.of(Traffic.REQUEST_TO_SERVER, Traffic.NOTIFICATION_TO_SERVER);
    }

    @Override
    public CompletionStage<Reply> intercept(Call call, Chain chain) {
        if (Addressing.isFromCatalog(call)) {
            return chain.proceed(call).thenApply(reply -> backFromServer(call, reply));
        }
        return call.server().isPresent() ? chain.proceed(call) : compose(call, chain);
    }

    /** A server that the principal may not see looks like a prefix that no server has. */
    private Reply backFromServer(Call call, Reply reply) {
        return reply instanceof Reply.Failure failure && failure.is(ErrorCode.NOT_FOUND)
                ? unknown(call)
                : addressing.inCatalogTerms(call, reply);
    }

    private static Reply unknown(Call call) {
        String kind = call.target().kind() == Target.Kind.METHOD
                ? "task"
                : call.target().kind().name().toLowerCase(Locale.ROOT);
        return Reply.Failure.received(ErrorCode.INVALID_PARAMS.code(), "Unknown " + kind, null);
    }

    private CompletionStage<Reply> compose(Call call, Chain chain) {
        return policies.of(call).thenCompose(policy -> {
            List<String> visible = servers.stream()
                    .filter(server -> Authorize.mayEnter(policy, server))
                    .toList();
            if (visible.isEmpty()) {
                Trail.of(call).denied(call, "no rule allows any server of the catalog");
                return done(Reply.failure(ErrorCode.NOT_FOUND, "No such server"));
            }
            if (Authorize.isRequestWithoutAnId(call)) {
                Trail.of(call).denied(call, Authorize.WITHOUT_AN_ID);
                return done(Authorize.withoutAnId());
            }
            Trail.of(call).allowed(call, "merged catalog of " + visible.size() + " servers");
            return answer(call, visible, chain);
        });
    }

    private CompletionStage<Reply> answer(Call call, List<String> visible, Chain chain) {
        if (LocalCall.is(call)) {
            return done(Reply.accepted());
        }
        Optional<CatalogList> list = CatalogList.of(call.method(), call.session());
        if (list.isPresent() && !call.isNotification()) {
            return lists.list(call, list.get(), visible, chain);
        }
        return switch (call.method()) {
            case "initialize", "server/discover" -> introduction.introduce(call, visible, chain);
            case "subscriptions/listen" -> listens.listen(call, visible, chain);
            case "ping" -> done(Reply.complete(Payload.empty()));
            case "logging/setLevel" -> tellAll(call, visible, chain).thenApply(told -> Reply.complete(Payload.empty()));
            case "notifications/initialized", "notifications/roots/list_changed" -> tellAll(call, visible, chain);
            case "notifications/tasks/status" -> tellAll(call, concernedByTask(call, visible), chain);
            default -> done(unaddressed(call));
        };
    }

    /** Those that the client's task was made for; only its maker says by a name of its own which task it is. */
    private List<String> concernedByTask(Call call, List<String> visible) {
        String task = call.params().string("taskId").orElse("");
        return visible.stream()
                .filter(server -> tasks.isClientsTask(call.principal(), server, task))
                .toList();
    }

    /** Of a client's other notifications nobody can say which server they are for. */
    private static Reply unaddressed(Call call) {
        if (call.isNotification()) {
            return Reply.accepted();
        }
        Trail.of(call).denied(call, "nothing in the merged catalog has this name");
        if (call.target().kind() != Target.Kind.METHOD || ServerTerms.isAboutATask(call)) {
            return unknown(call);
        }
        return Target.isRequiredBy(call.method())
                ? Reply.failure(ErrorCode.INVALID_PARAMS, "Params name nothing")
                : Reply.failure(ErrorCode.METHOD_NOT_FOUND, "Method not found");
    }

    private CompletionStage<Reply> tellAll(Call call, List<String> visible, Chain chain) {
        List<Call> told =
                visible.stream().map(server -> addressing.branch(call, server)).toList();
        return survey.ask(told, chain).thenApply(answers -> Reply.accepted());
    }

    private static CompletionStage<Reply> done(Reply reply) {
        return CompletableFuture.completedFuture(reply);
    }
}
