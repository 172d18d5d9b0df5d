package io.mcpgate.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.mcpgate.Call;
import io.mcpgate.ErrorCode;
import io.mcpgate.Interceptor;
import io.mcpgate.Payload;
import io.mcpgate.Reply;
import io.mcpgate.Session;
import io.mcpgate.Traffic;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What every {@link Interceptor} must do. A test that hangs means a step that blocks. */
public abstract class InterceptorContract {
    private static final long PATIENCE_SECONDS = 10;

    /** The step under test; a new one for each test, or the same. */
    protected abstract Interceptor interceptor();

    /** A call that the step may or may not let pass; override it if the samples make no sense to the step. */
    protected Call sample(Traffic traffic, Session session) {
        return Samples.of(traffic, session);
    }

    static Stream<Traffic> everyTraffic() {
        return Stream.of(Traffic.values());
    }

    @ParameterizedTest
    @MethodSource("everyTraffic")
    void givesAReplyInBothEras(Traffic traffic) throws Exception {
        for (Session session : List.of(RecordingSession.legacy("s"), RecordingSession.modern("s"))) {
            Reply reply = await(intercept(sample(traffic, session), InterceptorContract::succeed));

            assertThat(reply).isNotNull();
        }
    }

    @ParameterizedTest
    @MethodSource("everyTraffic")
    void proceedsAtMostOnceWithACallThatMayHaveEffects(Traffic traffic) throws Exception {
        AtomicInteger proceeded = new AtomicInteger();

        await(intercept(sample(traffic, RecordingSession.legacy("s")), call -> {
            proceeded.incrementAndGet();
            return succeed(call);
        }));

        assertThat(proceeded).hasValueLessThanOrEqualTo(1);
    }

    @ParameterizedTest
    @MethodSource("everyTraffic")
    void returnsAtOnceWhileFurtherStepsAreStillWorking(Traffic traffic) throws Exception {
        Call call = sample(traffic, RecordingSession.legacy("s"));
        ExecutorService caller = Executors.newSingleThreadExecutor();
        try {
            CompletionStage<Reply> stage = caller.submit(() -> intercept(call, further -> new CompletableFuture<>()))
                    .get(PATIENCE_SECONDS, TimeUnit.SECONDS);

            assertThat(stage).isNotNull();
        } finally {
            caller.shutdownNow();
        }
    }

    @ParameterizedTest
    @MethodSource("everyTraffic")
    void endsWhenItsCallIsCancelledAndFurtherStepsEndForThat(Traffic traffic) throws Exception {
        Call call = sample(traffic, RecordingSession.legacy("s"));
        CompletionStage<Reply> stage = intercept(call, further -> {
            CompletableFuture<Reply> cancelled = new CompletableFuture<>();
            further.cancellation().onCancel(() -> cancelled.complete(Reply.failure(ErrorCode.CANCELLED, "cancelled")));
            return cancelled;
        });

        call.cancellation().cancel();

        assertThat(await(stage)).isNotNull();
    }

    @ParameterizedTest
    @MethodSource("everyTraffic")
    void failsItsStageAndDoesNotThrowWhenAFurtherStepFails(Traffic traffic) {
        Call call = sample(traffic, RecordingSession.legacy("s"));

        assertThatCode(() -> {
                    try {
                        await(intercept(
                                call, further -> CompletableFuture.failedFuture(new IllegalStateException("broken"))));
                    } catch (ExecutionException failedStage) {
                        assertThat(failedStage).hasRootCauseMessage("broken");
                    }
                })
                .doesNotThrowAnyException();
    }

    @Test
    void answersANotificationWithAcceptedOrAFailure() throws Exception {
        Reply reply = await(intercept(
                sample(Traffic.NOTIFICATION_TO_SERVER, RecordingSession.legacy("s")), InterceptorContract::succeed));

        assertThat(reply).isInstanceOfAny(Reply.Accepted.class, Reply.Failure.class);
    }

    @Test
    void servesManyThreadsAtOnce() throws Exception {
        Interceptor step = interceptor();
        ExecutorService callers = Executors.newFixedThreadPool(8);
        try {
            List<CompletableFuture<Reply>> replies = IntStream.range(0, 400)
                    .mapToObj(n -> CompletableFuture.supplyAsync(
                                    () -> step.intercept(
                                            sample(Traffic.REQUEST_TO_SERVER, RecordingSession.legacy("s" + n)),
                                            InterceptorContract::succeed),
                                    callers)
                            .thenCompose(stage -> stage))
                    .toList();
            for (CompletableFuture<Reply> reply : replies) {
                assertThat(await(reply)).isNotNull();
            }
        } finally {
            callers.shutdownNow();
        }
    }

    private CompletionStage<Reply> intercept(Call call, Interceptor.Chain chain) {
        Interceptor step = interceptor();
        return step.traffic().contains(call.traffic()) ? step.intercept(call, chain) : chain.proceed(call);
    }

    private static CompletionStage<Reply> succeed(Call call) {
        return CompletableFuture.completedFuture(
                call.isNotification() ? Reply.accepted() : Reply.complete(Payload.empty()));
    }

    private static Reply await(CompletionStage<Reply> stage)
            throws ExecutionException, InterruptedException, TimeoutException {
        assertThat(stage).as("the stage").isNotNull();
        return stage.toCompletableFuture().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }
}
