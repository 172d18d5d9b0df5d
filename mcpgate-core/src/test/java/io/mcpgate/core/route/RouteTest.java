package io.mcpgate.core.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mcpgate.Call;
import io.mcpgate.ErrorCode;
import io.mcpgate.Payload;
import io.mcpgate.Reply;
import io.mcpgate.RequestId;
import io.mcpgate.contract.RecordingSession;
import io.mcpgate.core.ScriptedUpstream;
import io.mcpgate.core.protocol.EdgeCheck;
import io.mcpgate.route.Router;
import io.mcpgate.route.Upstream;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class RouteTest {
    private static final Reply.Failure MISMATCH = Reply.Failure.of(ErrorCode.INVALID_REQUEST, "They disagree");

    private final ScriptedUpstream crm = new ScriptedUpstream("crm", "search");
    private final RecordingSession session = RecordingSession.legacy("s-1");
    private final AtomicInteger asked = new AtomicInteger();

    private Call call() {
        return Call.request(RequestId.of(1), "tools/call", Payload.of(Map.of("name", "search")), session)
                .withServer("crm");
    }

    private Call checked(Optional<Reply.Failure> verdict) {
        return call().with(EdgeCheck.KEY, () -> {
            asked.incrementAndGet();
            return verdict;
        });
    }

    private static Reply route(Call call, Optional<Upstream> upstream) {
        return route(call, any -> CompletableFuture.completedFuture(upstream));
    }

    private static Reply route(Call call, Router router) {
        ScheduledExecutorService timer = Timeouts.newTimer("route-test");
        try {
            Route route = new Route(router, new HostPatience(Duration.ofMillis(20), timer), UnaryOperator.identity());
            return join(route, call);
        } finally {
            timer.shutdownNow();
        }
    }

    private static Reply join(Route route, Call call) {
        return route.proceed(call)
                .toCompletableFuture()
                .orTimeout(10, TimeUnit.SECONDS)
                .join();
    }

    /** A request has its own deadline; see {@code FailClosedTest}. */
    @Test
    void doesNotWaitForEverForARouterOfWhichNobodyElseKnowsHowLongItMayTake() {
        Call told = Call.notification("notifications/roots/list_changed", Payload.empty(), session)
                .withServer("crm");

        assertThatThrownBy(() -> route(told, any -> new CompletableFuture<>()))
                .hasRootCauseInstanceOf(TimeoutException.class)
                .hasRootCauseMessage("No answer in time");
    }

    @Test
    void forwardsWhatItsEdgeFindsNothingWrongWith() {
        assertThat(route(checked(Optional.empty()), Optional.of(crm))).isInstanceOf(Reply.Complete.class);

        assertThat(asked).hasValue(1);
        assertThat(crm.calledTools()).containsExactly("search");
    }

    @Test
    void keepsFromTheServerWhatItsEdgeRefuses() {
        assertThat(route(checked(Optional.of(MISMATCH)), Optional.of(crm))).isEqualTo(MISMATCH);

        assertThat(asked).hasValue(1);
        assertThat(crm.received()).isEmpty();
    }

    @Test
    void forwardsWhatNoEdgeChecks() {
        assertThat(route(call(), Optional.of(crm))).isInstanceOf(Reply.Complete.class);
    }

    @Test
    void asksNoEdgeAboutACallThatGoesNowhere() {
        Call cancelled = checked(Optional.of(MISMATCH));
        cancelled.cancellation().cancel();

        Reply nowhere = route(checked(Optional.of(MISMATCH)), Optional.empty());
        Reply late = route(cancelled, Optional.of(crm));

        assertThat(((Reply.Failure) nowhere).is(ErrorCode.NOT_FOUND)).isTrue();
        assertThat(((Reply.Failure) late).is(ErrorCode.CANCELLED)).isTrue();
        assertThat(asked).hasValue(0);
        assertThat(crm.received()).isEmpty();
    }
}
