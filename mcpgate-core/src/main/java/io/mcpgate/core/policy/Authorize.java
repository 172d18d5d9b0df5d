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
import io.mcpgate.core.protocol.LocalCall;
import io.mcpgate.core.protocol.RoundTrips;
import io.mcpgate.core.stage.Ready;
import io.mcpgate.policy.Access;
import io.mcpgate.policy.Decision;
import io.mcpgate.policy.Policy;
import io.mcpgate.policy.PolicyStore;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/**
 * Asks the policy about every message in both directions, and about everything that a message or its answer names beside
 * its own target, with the same question that its use would raise: what is listed is callable, and what is not listed is
 * not. A store or policy that breaks denies.
 *
 * <p>Beside its own target a message may name: capabilities ({@link OfferedCapabilities}, {@link DeclaredCapabilities}),
 * entries of lists ({@link ListFilter}), what is subscribed to ({@link ListenFilter}), values to choose from
 * ({@link CompletionFilter}), tasks ({@link Tasks}), and requests inside a result ({@link InputRequests}).
 */
public final class Authorize implements Interceptor {
    /** Why such a call is refused, for the record. */
    public static final String WITHOUT_AN_ID = "it is a request without an id";

    private final Policies policies;
    private final boolean marks;
    private final Consumer<Call> onHidden;
    private final ListFilter lists;
    private final ListenFilter listens;
    private final CompletionFilter completions;
    private final OfferedCapabilities offered;
    private final DeclaredCapabilities declared;
    private final Tasks tasks;

    /**
     * Decides by {@code policies}.
     *
     * @param owners whose tasks are whose; to be shared by gateways that succeed each other
     * @param marks whether calls are marked as allowed, for {@link DecidedAgain}
     * @param onHidden told of a list call from whose reply something was cut
     */
    public Authorize(Policies policies, JsonReader reader, TaskOwners owners, boolean marks, Consumer<Call> onHidden) {
        this.policies = policies;
        this.marks = marks;
        this.onHidden = onHidden;
        this.tasks = new Tasks(owners);
        this.lists = new ListFilter(reader);
        this.listens = new ListenFilter(reader, tasks);
        this.completions = new CompletionFilter(reader);
        this.offered = new OfferedCapabilities(reader);
        this.declared = new DeclaredCapabilities(reader);
    }

    @Override
    public CompletionStage<Reply> intercept(Call call, Chain chain) {
        Chain allowed = marks ? passed -> chain.proceed(Decided.mark(passed)) : chain;
        return Ready.thenCompose(policies.of(call), policy -> decide(call, policy, allowed));
    }

    /** The policy of a principal; of a store that fails, one that denies. */
    public static CompletionStage<Policy> policyFor(PolicyStore store, Principal principal) {
        try {
            CompletionStage<Policy> stage = store.policyFor(principal);
            if (Ready.is(stage) && stage.toCompletableFuture().join() != null) {
                return stage;
            }
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
        if (call.method().equals("notifications/cancelled")) { // transports take it; its id is of one connection only
            return refuse(call, "it belongs to its connection", methodNotFound());
        }
        Rights rights = new Rights(policy, server.get());
        if (isRequestWithoutAnId(call)) {
            return refuse(call, WITHOUT_AN_ID, isHidden(call, rights) ? noSuchServer() : withoutAnId());
        }
        Decision decision = rights.decide(call);
        if (!decision.allowed()) {
            return refuse(call, decision.reason(), refusal(call, rights));
        }
        if (namesNothing(call)) {
            return refuse(call, "it names nothing", refusal(call, rights));
        }
        if (Tasks.concerns(call)) {
            return aboutATask(call, rights, chain);
        }
        Trail.of(call).allowed(call, decision.reason());
        return proceed(call, rights, chain);
    }

    /** A server might do what it asks, which as a notification would be counted by no limit and answered to nobody. */
    public static boolean isRequestWithoutAnId(Call call) {
        return call.isNotification() && !call.method().startsWith("notifications/") && !LocalCall.is(call);
    }

    /** What becomes of a request without an id. */
    public static Reply withoutAnId() {
        return Reply.failure(ErrorCode.INVALID_REQUEST, "Only notifications/… are sent without an id");
    }

    private static boolean isHidden(Call call, Rights rights) {
        return call.direction() == Direction.TO_SERVER && !rights.mayEnter();
    }

    private static Reply noSuchServer() {
        return Reply.failure(ErrorCode.NOT_FOUND, "No such server");
    }

    private static CompletionStage<Reply> refuse(Call call, String reason, Reply answer) {
        Trail.of(call).denied(call, reason);
        return CompletableFuture.completedFuture(answer);
    }

    private static Reply refusal(Call call, Rights rights) {
        if (isHidden(call, rights)) {
            return noSuchServer();
        }
        if (namesNothing(call)) {
            return Reply.failure(ErrorCode.INVALID_PARAMS, "Params name nothing");
        }
        return call.target().kind() == Target.Kind.METHOD
                ? methodNotFound()
                : Reply.failure(ErrorCode.FORBIDDEN, "Not allowed");
    }

    private static boolean namesNothing(Call call) {
        return call.target().kind() == Target.Kind.METHOD && Target.isRequiredBy(call.method());
    }

    private static Reply methodNotFound() {
        return Reply.failure(ErrorCode.METHOD_NOT_FOUND, "Method not found");
    }

    private CompletionStage<Reply> aboutATask(Call call, Rights rights, Chain chain) {
        Tasks.Admission admission = tasks.admit(call, rights);
        TaskOrigin origin = admission.origin();
        if (origin == null) {
            Reply unknown = Tasks.unknown(call);
            return refuse(call, admission.reason(), unknown);
        }
        Trail.of(call).allowed(call, admission.reason());
        return proceed(call.with(TaskOrigin.KEY, origin), rights, chain);
    }

    private CompletionStage<Reply> proceed(Call call, Rights rights, Chain chain) {
        if (call.direction() == Direction.TO_CLIENT) {
            return call.isNotification()
                    ? tell(call, rights, chain)
                    : Ready.thenApply(chain.proceed(call), reply -> answer(call, reply, rights));
        }
        Call outgoing = declared.cut(call, rights);
        if (call.isNotification()) {
            return chain.proceed(outgoing);
        }
        return Ready.thenApply(
                call.method().equals(ListenFilter.METHOD) ? listen(outgoing, rights, chain) : chain.proceed(outgoing),
                reply -> result(call, reply, rights));
    }

    private CompletionStage<Reply> listen(Call call, Rights rights, Chain chain) {
        return listens.cut(call, rights)
                .map(chain::proceed)
                .orElseGet(() -> refuse(
                        call,
                        "it cannot be read",
                        Reply.failure(ErrorCode.INVALID_PARAMS, "\"notifications\" must be an object")));
    }

    /** News of a server; that of a task may ask for something. */
    private CompletionStage<Reply> tell(Call call, Rights rights, Chain chain) {
        return (Tasks.concerns(call) ? InputRequests.refuse(call.params(), rights) : Optional.<String>empty())
                .map(reason -> refuse(call, reason, inputRefused()))
                .orElseGet(() -> chain.proceed(call));
    }

    /** What a client answers to a request of a server. */
    private Reply answer(Call call, Reply reply, Rights rights) {
        if (!(reply instanceof Reply.Complete complete)) {
            return reply;
        }
        if (call.method().equals("tasks/list")) {
            return ownTasks(call, complete, rights);
        }
        tasks.note(call, rights, complete);
        return reply;
    }

    /** What a server answers to a request of a client. */
    private Reply result(Call call, Reply reply, Rights rights) {
        if (reply instanceof Reply.InputRequired asking) {
            return RoundTrips.mayAsk(call)
                    ? asked(call, reply, InputRequests.refuse(asking.result(), rights))
                    : Reply.failure(ErrorCode.BAD_UPSTREAM, "The server asks for input where nothing can be asked");
        }
        if (!(reply instanceof Reply.Complete complete)) {
            return reply;
        }
        return switch (call.method()) {
            case "tools/call" -> {
                tasks.note(call, rights, complete);
                yield reply;
            }
            case "initialize", "server/discover" -> offered.cut(call.method(), complete, rights);
            case "completion/complete" -> completions.cut(call, complete, rights);
            case "tasks/get" -> asked(call, reply, InputRequests.refuse(complete.result(), rights));
            case "tasks/list" -> ownTasks(call, complete, rights);
            default ->
                Listing.of(call.method())
                        .map(listing -> listed(call, complete, listing, rights))
                        .orElse(reply);
        };
    }

    private static Reply asked(Call call, Reply reply, Optional<String> refused) {
        refused.ifPresent(reason -> Trail.of(call).denied(call, reason));
        return refused.isPresent() ? inputRefused() : reply;
    }

    private static Reply inputRefused() {
        return Reply.failure(ErrorCode.INPUT_REFUSED, "The server asks the client for something that is not allowed");
    }

    private Reply ownTasks(Call call, Reply.Complete complete, Rights rights) {
        return lists.filter(complete, call.method(), "tasks", "taskId", id -> tasks.isOwn(call, rights, id));
    }

    private Reply listed(Call call, Reply.Complete complete, Listing listing, Rights rights) {
        return lists.filter(complete, listing, rights, () -> onHidden.accept(call));
    }
}
