package io.mcpgate.http.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpResponse.ResponseInfo;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import org.junit.jupiter.api.Test;

/**
 * To cancel a body is to close the connection on which it came. When the whole body has come that connection may carry another
 * request already, and an abort can be late: that of an answer which was refused by its head, before its start had returned.
 */
class JdkExchangeTest {
    private final Subscribed subscribed = new Subscribed();
    private final JdkExchange exchange = new JdkExchange(new Taking());

    @Test
    void cutsOffABodyThatHasNotComeToItsEnd() {
        answered(Map.of("Content-Length", List.of("10")));
        exchange.onNext(List.of(ByteBuffer.allocate(4)));

        exchange.abort();

        assertThat(subscribed.cancelled).isTrue();
    }

    @Test
    void cutsOffABodyThatIsAbortedBeforeItBegins() {
        exchange.abort();

        answered(Map.of("Content-Length", List.of("10")));

        assertThat(subscribed.cancelled).isTrue();
    }

    @Test
    void cutsOffNothingWhenAllThatWasAnnouncedHasCome() {
        answered(Map.of("Content-Length", List.of("10")));
        exchange.onNext(List.of(ByteBuffer.allocate(4), ByteBuffer.allocate(6)));

        exchange.abort();

        assertThat(subscribed.cancelled).isFalse();
    }

    @Test
    void cutsOffNothingWhenABodyOfUnknownLengthHasEnded() {
        answered(Map.of());
        exchange.onNext(List.of(ByteBuffer.allocate(4)));
        exchange.onComplete();

        exchange.abort();

        assertThat(subscribed.cancelled).isFalse();
    }

    @Test
    void cutsOffNothingWhereThereIsNoBody() {
        exchange.abort();

        answered(Map.of("Content-Length", List.of("0")));

        assertThat(subscribed.cancelled).isFalse();
    }

    private void answered(Map<String, List<String>> headers) {
        HttpHeaders parsed = HttpHeaders.of(headers, (name, value) -> true);
        exchange.answered(new ResponseInfo() {
            @Override
            public int statusCode() {
                return 200;
            }

            @Override
            public HttpHeaders headers() {
                return parsed;
            }

            @Override
            public HttpClient.Version version() {
                return HttpClient.Version.HTTP_1_1;
            }
        });
        exchange.onSubscribe(subscribed);
    }

    private static final class Subscribed implements Flow.Subscription {
        private boolean cancelled;

        @Override
        public void request(long more) {}

        @Override
        public void cancel() {
            cancelled = true;
        }
    }

    private static final class Taking implements HttpEngine.Receiver {
        @Override
        public void head(HttpEngine.Head head) {}

        @Override
        public CompletionStage<Void> chunk(ByteBuffer bytes) {
            bytes.position(bytes.limit());
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public void end() {}

        @Override
        public void failed(Throwable cause) {}
    }
}
