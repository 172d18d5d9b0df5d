package io.mcpgate.http.endpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What becomes of clients when the endpoint closes. */
abstract class ClosingScenarios extends EndpointFixture {
    @Test
    void answersWhatIsInFlightAndEndsStreams() {
        String session = session();
        RawHttp stream = onSession("GET", session).begin();
        stream.head();
        RawHttp call = modernTool("hold").begin();
        await().until(() -> up1.held.size() == 1);
        CompletableFuture<Void> closed = endpoint.close().toCompletableFuture();
        assertThat(stream.event()).isNull();
        assertThat(modernTool("echo").status()).isEqualTo(503);
        assertThat(closed).isNotDone();
        up1.release.complete(null);
        assertThat(call.answer().body()).contains("held");
        assertThat(closed).succeedsWithin(Duration.ofSeconds(5));
        assertThat(up1.ended).hasSize(1);
    }
}
