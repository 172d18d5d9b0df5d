package io.mcpgate.core.bridge;

import static org.assertj.core.api.Assertions.assertThat;

import io.mcpgate.Call;
import io.mcpgate.Payload;
import io.mcpgate.Principal;
import io.mcpgate.Reply;
import io.mcpgate.contract.RecordingSession;
import io.mcpgate.contract.Samples;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class SuspendedTest {
    private final ManualTimer timer = new ManualTimer();
    private final Suspended suspended = new Suspended(timer);
    private final AtomicInteger expired = new AtomicInteger();

    private Optional<String> keep(Principal principal) {
        Call call = Samples.request("tools/call", Map.of("name", "t"), RecordingSession.modern("m"))
                .withPrincipal(principal);
        return suspended.keep(call, new Suspended.Waiting() {
            @Override
            public CompletionStage<Reply> resume(
                    Call back, Map<String, Payload> responses, Function<Call, CompletionStage<Reply>> begin) {
                return CompletableFuture.completedFuture(Reply.accepted());
            }

            @Override
            public void expired() {
                expired.incrementAndGet();
            }
        });
    }

    @Test
    void keepsOnlySoManyCallsOfAllPrincipalsUntilTheirTimeIsOver() {
        for (int i = 0; i < 10_000; i++) {
            assertThat(keep(Principal.of("p" + i / 100))).isPresent();
        }
        assertThat(keep(Principal.of("one more"))).isEmpty();

        timer.advance(Duration.ofMinutes(5));

        assertThat(expired).hasValue(10_000);
        assertThat(keep(Principal.of("one more"))).isPresent();
    }

    @Test
    void keepsNothingOnceItIsClosed() {
        keep(Samples.ALICE);

        suspended.close();

        assertThat(expired).hasValue(1);
        assertThat(keep(Samples.ALICE)).isEmpty();
    }

    @Test
    void keepsNothingWhereNothingCouldExpire() {
        timer.shutdown();

        assertThat(keep(Samples.ALICE)).isEmpty();
    }
}
