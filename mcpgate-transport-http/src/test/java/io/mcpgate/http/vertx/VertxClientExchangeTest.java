package io.mcpgate.http.vertx;

import static org.assertj.core.api.Assertions.assertThat;

import io.mcpgate.http.upstream.HttpEngine;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.http.HttpClientRequest;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class VertxClientExchangeTest {
    private final List<String> asked = new ArrayList<>(); // of the connection
    private final AtomicInteger over = new AtomicInteger();
    private final VertxClientExchange exchange =
            new VertxClientExchange(new ByteBuffer[0], new Deaf(), over::incrementAndGet);

    private static final class Deaf implements HttpEngine.Receiver {
        @Override
        public void head(HttpEngine.Head head) {}

        @Override
        public CompletionStage<Void> chunk(ByteBuffer bytes) {
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public void end() {}

        @Override
        public void failed(Throwable cause) {}
    }

    private HttpClientRequest connection() {
        return (HttpClientRequest) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {HttpClientRequest.class}, (proxy, method, arguments) -> {
                    asked.add(method.getName());
                    if (method.getReturnType() == HttpClientRequest.class) {
                        return proxy;
                    }
                    return method.getReturnType() == Future.class
                            ? Promise.promise().future()
                            : null;
                });
    }

    @Test
    void sendsNothingThatWasAbortedWhileItWaitedForAConnection() {
        assertThat(exchange.abortUnsent()).isTrue();

        exchange.connected(connection());

        assertThat(asked).contains("reset").doesNotContain("end");
        assertThat(over).hasValue(1);
    }

    @Test
    void goesOnOnceItHasAConnection() {
        exchange.connected(connection());

        assertThat(exchange.abortUnsent()).isFalse();

        assertThat(asked).contains("end").doesNotContain("reset");
        assertThat(over).hasValue(0);
    }
}
