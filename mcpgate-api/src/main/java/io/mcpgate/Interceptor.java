package io.mcpgate;

import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * A step that every call passes on its way in, and every reply on its way out.
 *
 * <p>The contract, which {@code io.mcpgate.contract.InterceptorContract} (test-jar of this module) checks:
 *
 * <ul>
 *   <li>The order of the list is the order of the call; the first step is outermost.
 *   <li>Never {@code null}, neither as stage nor as reply: the call fails and the log names the step.
 *   <li>Never block. Straight-line code that blocks goes into {@link #blocking}.
 *   <li>Not proceeding answers the call; proceeding once is normal; more than once repeats it upstream, and that is
 *       allowed only for calls that are safe to repeat.
 *   <li>Refuse with {@link Reply.Failure}, do not throw. What is thrown reaches the client as an internal error with a
 *       correlation id and nothing else.
 *   <li>Honour {@link Call#cancellation()} if you wait for something.
 *   <li>Safe for use by many threads: one instance serves all calls of a gateway.
 * </ul>
 *
 * <pre>{@code
 * Interceptor noDeletes = Interceptor.guard(call -> call.target().name().startsWith("delete_")
 *         ? Optional.of(Reply.failure(ErrorCode.FORBIDDEN, "Deleting is off today"))
 *         : Optional.empty());
 * }</pre>
 */
@FunctionalInterface
public interface Interceptor {

    /**
     * Handles one traversal.
     *
     * @param call what crosses the gate
     * @param chain the steps further in
     * @return the reply, now or later
     */
    CompletionStage<Reply> intercept(Call call, Chain chain);

    /**
     * The traffic that this step wants to see; asked once, when the gateway is built. All of it by default, so that
     * nothing that a server starts goes round a step that did not say so.
     */
    default Set<Traffic> traffic() {
        return Traffic.ALL;
    }

    /** The steps further in. One method, forever: what is particular to a call lives on the {@link Call}. */
    @FunctionalInterface
    interface Chain {
        /**
         * Passes the call, or a changed copy of it, on. Never throws. Behind the gateway's decision a changed copy is decided on
         * again before it leaves, so a step cannot be talked into making a call that its caller may not make.
         */
        CompletionStage<Reply> proceed(Call call);
    }

    /**
     * A step that only decides: pure, synchronous, before the call goes further. It is also shown each request inside an
     * {@link Reply.InputRequired} or a task's state, as the request to the client that it stands for; refusing one refuses
     * what it came in.
     *
     * @param decide the answer that the call gets instead, or empty to let it pass
     */
    static Interceptor guard(Function<Call, Optional<Reply>> decide) {
        return new Guard(decide);
    }

    /**
     * A step in straight-line code that may block. The call hops to {@code executor} and stays there until it leaves the
     * step; on Java 21 and later, hand in a virtual thread executor.
     *
     * <p>The executor must be able to grow, or deep enough: a thread is held for as long as the call lasts.
     */
    static Interceptor blocking(Executor executor, Blocking body) {
        return new BlockingInterceptor(executor, body);
    }

    /** This step for calls that match; others go straight on. */
    default Interceptor onlyFor(Predicate<Call> selector) {
        return new Selective(this, traffic(), selector);
    }

    /** This step for some kinds of traffic only; the chains for other kinds are built without it. */
    default Interceptor onlyFor(Traffic first, Traffic... more) {
        return new Selective(this, EnumSet.of(first, more), call -> true);
    }

    /** Straight-line code for {@link #blocking}. */
    @FunctionalInterface
    interface Blocking {
        /**
         * Handles one traversal; may block, may throw.
         *
         * @param call what crosses the gate
         * @param proceed the steps further in; returns when the reply is there
         */
        Reply intercept(Call call, Function<Call, Reply> proceed) throws Exception;
    }
}
