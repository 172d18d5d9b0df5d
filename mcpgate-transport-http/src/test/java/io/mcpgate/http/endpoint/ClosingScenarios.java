package io.mcpgate.http.endpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mcpgate.Principal;
import io.mcpgate.core.GatewayBuilder;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What becomes of clients when the endpoint closes. */
abstract class ClosingScenarios extends EndpointFixture {
    private final AtomicInteger asked = new AtomicInteger();
    private volatile CompletableFuture<Void> identifying = CompletableFuture.completedFuture(null);

    @Override
    GatewayBuilder settled(GatewayBuilder builder) {
        Principal alice = Principal.of("alice", "all");
        return super.settled(builder).authenticator(shown -> {
            asked.incrementAndGet();
            return identifying.thenApply(done -> Optional.of(alice));
        });
    }

    @Test
    void opensNoStreamAnyMore() {
        String session = session();
        int before = asked.get();
        identifying = new CompletableFuture<>();
        RawHttp stream = onSession("GET", session).begin();
        await().until(() -> asked.get() > before);

        CompletableFuture<Void> closed = endpoint.close().toCompletableFuture();
        identifying.complete(null);

        assertThat(closed).succeedsWithin(Duration.ofSeconds(5));
        assertThat(stream.answer().status()).isEqualTo(409);
        assertThat(up1.ended).hasSize(1);
    }

    private Sent listening() {
        return modern("subscriptions/listen", "\"notifications\":{\"toolsListChanged\":true}");
    }

    @Test
    void endsListensWithTheResultOfOne() {
        RawHttp listen = listening().begin();
        assertThat(listen.head().status()).isEqualTo(200);
        assertThat(listen.event()).contains("notifications/subscriptions/acknowledged");

        CompletableFuture<Void> closed = endpoint.close().toCompletableFuture();

        assertThat(closed).succeedsWithin(Duration.ofSeconds(10));
        assertThat(listen.event())
                .contains("\"id\":1,\"result\":")
                .contains("\"io.modelcontextprotocol/subscriptionId\":1");
        assertThat(listen.event()).isNull();
        await().until(() ->
                up1.held.stream().anyMatch(held -> held.cancellation().isCancelled()));
    }

    @Test
    void endsListensInTheSameWayWhenTheGateDoes() {
        RawHttp listen = listening().begin();
        assertThat(listen.head().status()).isEqualTo(200);
        assertThat(listen.event()).contains("notifications/subscriptions/acknowledged");

        gateway.endListens();

        assertThat(listen.event())
                .contains("\"id\":1,\"result\":")
                .contains("\"io.modelcontextprotocol/subscriptionId\":1");
        assertThat(listen.event()).isNull();
    }

    @Test
    void doesNotBeginToListenAnyMore() throws Exception {
        restart(EndpointLimits.DEFAULT, Set.of(), Set.of()); // no stream before the caller is known
        int before = asked.get();
        identifying = new CompletableFuture<>();
        RawHttp listen = listening().begin();
        await().until(() -> asked.get() > before);

        CompletableFuture<Void> closed = endpoint.close().toCompletableFuture();
        identifying.complete(null);

        assertThat(closed).succeedsWithin(Duration.ofSeconds(5));
        assertThat(listen.answer().body()).doesNotContain("result");
        assertThat(up1.held).isEmpty();
    }

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
