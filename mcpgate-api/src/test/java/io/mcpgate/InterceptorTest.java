package io.mcpgate;

import static org.assertj.core.api.Assertions.assertThat;

import io.mcpgate.contract.InterceptorContract;
import io.mcpgate.contract.RecordingSession;
import io.mcpgate.contract.Samples;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class InterceptorTest {
    private static final Reply REFUSAL = Reply.failure(ErrorCode.FORBIDDEN, "Not allowed");
    private final RecordingSession session = RecordingSession.legacy("s");

    private static Reply join(CompletionStage<Reply> stage) {
        return stage.toCompletableFuture().join();
    }

    @Nested
    class AGuard extends InterceptorContract {
        @Override
        protected Interceptor interceptor() {
            return Interceptor.guard(
                    call -> call.method().startsWith("sampling/") ? Optional.of(REFUSAL) : Optional.empty());
        }

        @Test
        void refusesBeforeTheCallGoesFurther() {
            Reply reply = join(interceptor().intercept(Samples.of(Traffic.REQUEST_TO_CLIENT, session), call -> {
                throw new AssertionError("went further");
            }));

            assertThat(reply).isEqualTo(REFUSAL);
        }

        @Test
        void isShownEachRequestInsideAnInputRequired() {
            Payload asking = Payload.of(Map.of(
                    "resultType",
                    "input_required",
                    "inputRequests",
                    Map.of("k", Map.of("method", "sampling/createMessage", "params", Map.of("maxTokens", 5)))));

            Reply reply = join(interceptor()
                    .intercept(
                            Samples.toolCall("search", session),
                            call -> CompletableFuture.completedFuture(new Reply.InputRequired(asking))));

            assertThat(reply).isEqualTo(REFUSAL);
        }
    }

    @Nested
    class ABlockingStep extends InterceptorContract {
        private final ExecutorService executor = Executors.newCachedThreadPool();

        @AfterEach
        void close() {
            executor.shutdownNow();
        }

        @Override
        protected Interceptor interceptor() {
            return Interceptor.blocking(executor, (call, proceed) -> proceed.apply(call));
        }

        @Test
        void runsOnTheHostsExecutor() {
            String caller = Thread.currentThread().getName();
            String[] seen = new String[1];

            join(Interceptor.blocking(executor, (call, proceed) -> {
                        seen[0] = Thread.currentThread().getName();
                        return proceed.apply(call);
                    })
                    .intercept(
                            Samples.toolCall("search", session),
                            call -> CompletableFuture.completedFuture(Reply.complete(Payload.empty()))));

            assertThat(seen[0]).isNotEqualTo(caller);
        }

        @Test
        void refusesWhenTheExecutorIsFull() {
            executor.shutdownNow();

            Reply reply = join(interceptor().intercept(Samples.toolCall("search", session), call -> null));

            assertThat(((Reply.Failure) reply).kind()).isEqualTo(ErrorCode.UNAVAILABLE);
        }
    }

    @Nested
    class ASelectiveStep extends InterceptorContract {
        @Override
        protected Interceptor interceptor() {
            Interceptor refusing = (call, chain) -> CompletableFuture.completedFuture(REFUSAL);
            return refusing.onlyFor(call -> call.target().name().equals("delete"));
        }

        @Test
        void letsOtherCallsPassBy() {
            Reply passed = Reply.complete(Payload.empty());

            assertThat(join(interceptor()
                            .intercept(
                                    Samples.toolCall("search", session),
                                    call -> CompletableFuture.completedFuture(passed))))
                    .isEqualTo(passed);
            assertThat(join(interceptor()
                            .intercept(
                                    Samples.toolCall("delete", session),
                                    call -> CompletableFuture.completedFuture(passed))))
                    .isEqualTo(REFUSAL);
        }

        @Test
        void keepsTheTrafficThatItWasLimitedTo() {
            Interceptor step = interceptor().onlyFor(Traffic.REQUEST_TO_CLIENT).onlyFor(call -> true);

            assertThat(step.traffic()).isEqualTo(Set.of(Traffic.REQUEST_TO_CLIENT));
        }
    }

    @Test
    void seesAllTrafficUnlessItSaysOtherwise() {
        Interceptor lambda = (call, chain) -> chain.proceed(call);

        assertThat(lambda.traffic()).containsExactlyInAnyOrderElementsOf(List.of(Traffic.values()));
    }
}
