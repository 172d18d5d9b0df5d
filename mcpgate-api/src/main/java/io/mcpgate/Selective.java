package io.mcpgate;

import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;

/** A step that some calls pass by. */
record Selective(Interceptor step, Set<Traffic> traffic, Predicate<Call> selector) implements Interceptor {

    Selective {
        traffic = Set.copyOf(traffic);
    }

    @Override
    public CompletionStage<Reply> intercept(Call call, Chain chain) {
        return selector.test(call) ? step.intercept(call, chain) : chain.proceed(call);
    }
}
