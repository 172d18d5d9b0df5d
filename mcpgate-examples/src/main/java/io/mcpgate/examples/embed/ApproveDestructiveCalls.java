package io.mcpgate.examples.embed;

import io.mcpgate.Call;
import io.mcpgate.Cancellation.Registration;
import io.mcpgate.ErrorCode;
import io.mcpgate.Interceptor;
import io.mcpgate.Reply;
import io.mcpgate.Target;
import io.mcpgate.Traffic;
import io.mcpgate.core.policy.Globs;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * A step of your own: before a tool is called that its server calls destructive, or whose name matches one of your globs,
 * somebody is asked. Nothing waits but the call itself, which ends at its deadline; only a yes lets it go on. As with all that
 * is forbidden, the agent is told what it is told of an unknown tool, unless the gateway reveals refusals. A client of
 * 2026-07-28 makes a call anew with what the server has asked for; that is asked about anew, too.
 *
 * <pre>{@code
 * Gateway.builder()….intercept("Approve", new ApproveDestructiveCalls(approver, List.of("delete_*", "pay"))).build();
 * }</pre>
 */
public final class ApproveDestructiveCalls implements Interceptor {
    private final Approver approver;
    private final Globs always;
    private final HarmlessTools harmless = new HarmlessTools();

    /**
     * Asks {@code approver}.
     *
     * @param always globs of tools that need a yes whatever their server says of them
     */
    public ApproveDestructiveCalls(Approver approver, List<String> always) {
        this.approver = approver;
        this.always = new Globs(always);
    }

    /** What servers say of themselves calls no tool. */
    @Override
    public Set<Traffic> traffic() {
        return EnumSet.of(Traffic.REQUEST_TO_SERVER, Traffic.NOTIFICATION_TO_SERVER);
    }

    @Override
    public CompletionStage<Reply> intercept(Call call, Chain chain) {
        if (call.method().equals("tools/list")) {
            return chain.proceed(call).thenApply(reply -> harmless.learn(call, reply));
        }
        boolean tool = call.target().kind() == Target.Kind.TOOL;
        boolean ask = tool && (always.matches(call.target().name()) || !harmless.has(call));
        return ask ? ask(call).thenCompose(yes -> yes ? chain.proceed(call) : refused()) : chain.proceed(call);
    }

    private CompletionStage<Boolean> ask(Call call) {
        CompletableFuture<Boolean> answer = new CompletableFuture<>();
        Registration nobodyWaits = call.cancellation().onCancel(() -> answer.complete(false));
        approver.approve(call).whenComplete((yes, error) -> answer.complete(error == null && Boolean.TRUE.equals(yes)));
        return answer.whenComplete((yes, error) -> nobodyWaits.close());
    }

    private static CompletionStage<Reply> refused() {
        return CompletableFuture.completedFuture(Reply.failure(ErrorCode.FORBIDDEN, "Nobody has approved this call"));
    }
}
