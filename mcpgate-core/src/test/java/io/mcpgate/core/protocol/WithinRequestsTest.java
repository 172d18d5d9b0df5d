package io.mcpgate.core.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.mcpgate.Call;
import io.mcpgate.Payload;
import io.mcpgate.Principal;
import io.mcpgate.RequestId;
import io.mcpgate.Session;
import io.mcpgate.contract.RecordingSession;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WithinRequestsTest {
    private static final Payload TAGGED =
            Payload.of(Map.of("_meta", Map.of("io.modelcontextprotocol/subscriptionId", "a")));

    private final Session session = RecordingSession.modern("m");

    private Call during(String request, String notification, Payload params) {
        return Call.request(RequestId.of("a"), request, Payload.empty(), session)
                .notificationToClient(notification, params);
    }

    @ParameterizedTest
    @CsvSource({
        "notifications/progress, true",
        "notifications/message, true",
        "notifications/vendor/done, true",
        "notifications/tools/list_changed, false",
        "notifications/resources/updated, false",
        "notifications/tasks, false",
        "notifications/subscriptions/acknowledged, false"
    })
    void isToldDuringACallUnlessItIsToBeListenedFor(String notification, boolean told) {
        assertThat(WithinRequests.isTold(during("tools/call", notification, Payload.empty())))
                .isEqualTo(told);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "notifications/tools/list_changed",
                "notifications/tasks",
                "notifications/subscriptions/acknowledged"
            })
    void isToldOnAListenIfItSaysWhose(String notification) {
        assertThat(WithinRequests.isTold(during("subscriptions/listen", notification, TAGGED)))
                .isTrue();
        assertThat(WithinRequests.isTold(during("subscriptions/listen", notification, Payload.empty())))
                .isFalse();
    }

    @Test
    void isNotToldOutsideOfRequests() {
        Call unsolicited = Call.unsolicited(
                null, "notifications/message", Payload.empty(), session, Principal.of("ann", "seller"), "crm");

        assertThat(WithinRequests.isTold(unsolicited)).isFalse();
    }
}
