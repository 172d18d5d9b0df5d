package io.mcpgate.http.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class JdkEngineTest {
    @Nested
    class LegacyCalls extends LegacyCallsScenarios implements OnJdk {}

    @Nested
    class LegacySessions extends LegacySessionsScenarios implements OnJdk {}

    @Nested
    class GeneralStream extends GeneralStreamScenarios implements OnJdk {}

    @Nested
    class Resumption extends ResumptionScenarios implements OnJdk {}

    @Nested
    class OldTransport extends OldTransportScenarios implements OnJdk {}

    @Nested
    class ModernServers extends ModernServersScenarios implements OnJdk {}

    @Nested
    class Answers extends AnswersScenarios implements OnJdk {}

    @Nested
    class BrokenServers extends BrokenServersScenarios implements OnJdk {}

    /** Mixed with scenarios, makes them tests of this engine. */
    private interface OnJdk extends OnEngine {
        @Override
        default HttpEngine engine() {
            return HttpEngine.jdk();
        }
    }

    @Test
    void leavesNoThreadBehindAndTakesNoMoreRequests() {
        JdkEngine engine = new JdkEngine(HttpEngine.CONNECT_TIMEOUT);
        String name = engine.name();
        engine.after(Duration.ofHours(1), () -> {});
        assertThat(threads(name)).isNotZero();

        engine.close();

        await().untilAsserted(() -> assertThat(threads(name)).isZero());
        assertThatThrownBy(() -> engine.send(
                        new HttpEngine.Request("GET", URI.create("http://127.0.0.1:1/"), List.of(), null), null))
                .isInstanceOf(IllegalStateException.class);
    }

    private static long threads(String name) {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith(name + "-"))
                .count();
    }
}
