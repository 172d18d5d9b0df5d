package io.mcpgate.core.policy;

import io.mcpgate.Call;
import io.mcpgate.Interceptor;
import io.mcpgate.Interceptor.Chain;
import io.mcpgate.Reply;
import io.mcpgate.Traffic;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/**
 * What was decided on is what goes out: a call that a host's step has changed behind the decision is decided on again, in its
 * new form, before it is recorded and leaves. Where no host has steps there, nothing can have changed and this is not needed.
 */
public final class DecidedAgain {
    private final Authorize authorize;
    private final Interceptor attempt;

    /**
     * Decides by {@code authorize}, which has to mark what it allows.
     *
     * @param attempt the record of a call that is about to be made
     */
    public DecidedAgain(Authorize authorize, Interceptor attempt) {
        this.authorize = authorize;
        this.attempt = attempt;
    }

    /** The record of an attempt, of the call as it was decided on at last. */
    public Interceptor attempt() {
        return new Attempted();
    }

    private final class Attempted implements Interceptor {
        @Override
        public Set<Traffic> traffic() {
            return attempt.traffic();
        }

        @Override
        public CompletionStage<Reply> intercept(Call call, Chain chain) {
            return Decided.isAsDecided(call) ? attempt.intercept(call, chain) : again(call, chain);
        }
    }

    /** The end of a chain; what was changed behind the record of the attempt has another record. */
    public Chain before(Chain end) {
        return call -> Decided.isAsDecided(call) ? end.proceed(call) : again(call, end);
    }

    private CompletionStage<Reply> again(Call call, Chain chain) {
        boolean recorded = attempt.traffic().contains(call.traffic());
        return authorize.intercept(call, recorded ? allowed -> attempt.intercept(allowed, chain) : chain);
    }
}
