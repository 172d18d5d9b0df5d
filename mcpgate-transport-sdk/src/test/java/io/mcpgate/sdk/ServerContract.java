package io.mcpgate.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import io.mcpgate.Direction;
import io.mcpgate.audit.AuditEvent;
import io.modelcontextprotocol.spec.McpError;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What holds for a governed server of the SDK, whatever its transport. */
abstract class ServerContract {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** The gateway. */
    abstract SampleGate governed();

    /** The server behind it. */
    abstract SampleServer crm();

    /** A client that has not said anything yet; one is enough for a stdio server. */
    abstract SampleClient client();

    @AfterEach
    void closeGateway() {
        governed().close();
    }

    @Test
    void bringsACallToItsToolAndTellsThatWhoCalls() {
        SampleClient ann = client().initialized();

        assertThat(ann.call("find")).startsWith("found for ann by ");
    }

    @Test
    void identifiesTheHandshakeToo() {
        client().initialized();

        assertThat(governed().outcomes("initialize"))
                .extracting(AuditEvent::principal, AuditEvent::outcome)
                .containsExactly(tuple("ann", AuditEvent.Outcome.OK));
    }

    @Test
    void listsOnlyWhatMayBeCalled() {
        SampleClient ann = client().initialized();

        assertThat(ann.tools()).contains("find", "ask").doesNotContain("delete");
    }

    @Test
    void refusesAToolAsTheServerAnswersUnknownOnes() {
        SampleClient ann = client().initialized();

        Throwable refused = catchThrowable(() -> ann.call("delete"));
        Throwable unknown = catchThrowable(() -> ann.call("find-nothing"));

        assertThat(refused).isInstanceOf(McpError.class);
        assertThat(unknown).isInstanceOf(McpError.class);
        assertThat(((McpError) refused).getJsonRpcError().code())
                .isEqualTo(((McpError) unknown).getJsonRpcError().code());
        assertThat(refused.getMessage().replace("delete", "find-nothing")).isEqualTo(unknown.getMessage());
        assertThat(governed().calls).noneMatch(call -> call.target().name().equals("delete"));
    }

    @Test
    void throttlesAndSaysSo() {
        SampleClient ann = client().initialized();
        ann.call("rare");

        Throwable throttled = catchThrowable(() -> ann.call("rare"));

        assertThat(throttled).isInstanceOf(McpError.class);
        assertThat(((McpError) throttled).getJsonRpcError().code()).isEqualTo(429);
    }

    @Test
    void recordsAttemptAndOutcome() {
        client().initialized().call("find");

        assertThat(governed().audit.events())
                .filteredOn(event -> event.method().equals("tools/call"))
                .extracting(
                        AuditEvent::kind,
                        AuditEvent::principal,
                        event -> event.target().name())
                .containsExactly(
                        tuple(AuditEvent.Kind.ATTEMPT, "ann", "find"), tuple(AuditEvent.Kind.OUTCOME, "ann", "find"));
    }

    @Test
    void letsTheServerAskTheUser() {
        SampleClient ann = client().initialized();

        assertThat(ann.call("ask")).isEqualTo("the user says ACCEPT");
        assertSeen("elicitation/create");
    }

    @Test
    void letsTheServerAskTheModel() {
        SampleClient ann = client().initialized();

        assertThat(ann.call("think")).isEqualTo("the model says onward");
        assertSeen("sampling/createMessage");
    }

    @Test
    void bringsProgressAndLogMessagesOfACall() {
        SampleClient ann = client().initialized();

        assertThat(ann.call("work")).isEqualTo("worked");
        await().atMost(PATIENCE).untilAsserted(() -> {
            assertThat(ann.progress).containsExactly("mine 0.5");
            assertThat(ann.logged).containsExactly("working");
        });
        assertSeen("notifications/progress");
        assertSeen("notifications/message");
    }

    @Test
    void tellsThatTheListHasChanged() {
        SampleClient ann = client().initialized();
        ann.call("find");

        crm().addTool();

        await().atMost(PATIENCE).untilAsserted(() -> assertThat(ann.changes).isNotEmpty());
        assertThat(ann.changes.get(0)).contains("added").doesNotContain("delete");
        assertSeen("notifications/tools/list_changed");
    }

    private void assertSeen(String method) {
        assertThat(governed().calls)
                .filteredOn(call -> call.method().equals(method))
                .isNotEmpty()
                .allMatch(call -> call.direction() == Direction.TO_CLIENT)
                .allMatch(call -> call.principal().equals(SampleGate.ANN));
    }

    /** Either end may be the first to notice. */
    final void assertGivenUp(String method) {
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(governed().outcomes(method))
                        .extracting(AuditEvent::outcome)
                        .hasSize(1)
                        .isSubsetOf(AuditEvent.Outcome.CANCELLED, AuditEvent.Outcome.FAILED));
    }

    @Test
    void stopsAToolWhoseCallIsTakenBack() throws Exception {
        SampleClient ann = client().initialized();
        CompletableFuture<Throwable> outcome = ann.failureOf("wait");
        crm().waiting.get(60, TimeUnit.SECONDS);
        Object id = governed().calls.stream()
                .filter(call -> call.target().name().equals("wait"))
                .map(call -> call.id().orElseThrow().text())
                .findFirst()
                .orElseThrow();

        ann.cancel(id);

        crm().stopped.get(60, TimeUnit.SECONDS);
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(governed().outcomes("tools/call"))
                        .extracting(AuditEvent::outcome)
                        .containsExactly(AuditEvent.Outcome.CANCELLED));
        ann.close();
        outcome.cancel(true);
    }

    /** Nobody is there to be told, and the server is not at fault. */
    @Test
    void takesAnotherToolBeforeItsClientComes() {
        crm().addTool();

        assertThat(client().initialized().tools()).contains("added");
    }
}
