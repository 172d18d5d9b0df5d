package io.mcpgate.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.mcpgate.core.Gateway;
import io.modelcontextprotocol.client.McpClient;
import io.modelcontextprotocol.common.McpTransportContext;
import io.modelcontextprotocol.spec.McpError;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.TextContent;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class InProcessServerTest extends ServerContract {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final InProcessServer transport = new InProcessServer(SdkServers.mapper());
    private final SampleServer crm = new SampleServer(transport);
    private final SampleGate governed = new SampleGate(builder -> builder.server("crm", transport));

    @Override
    SampleGate governed() {
        return governed;
    }

    @Override
    SampleServer crm() {
        return crm;
    }

    @Override
    SampleClient client() {
        return client(governed.gateway, SampleGate.ANN);
    }

    private static SampleClient client(Gateway gateway, io.mcpgate.Principal principal) {
        return new SampleClient(McpSdk.clientTransport(gateway, "crm", principal, SdkServers.mapper()));
    }

    private SampleClient direct() {
        return new SampleClient(transport.clientTransport());
    }

    @AfterEach
    void closeServer() {
        crm.close();
    }

    @Test
    void servesAClientWithoutAGatewayToo() {
        SampleClient client = direct().initialized();

        assertThat(client.tools()).contains("find", "delete");
        assertThat(client.call("find")).isEqualTo("found for null by null");
        assertThat(client.call("ask")).isEqualTo("the user says ACCEPT");
        assertThat(client.call("think")).isEqualTo("the model says onward");
        assertThat(client.call("work")).isEqualTo("worked");
        await().atMost(PATIENCE).untilAsserted(() -> {
            assertThat(client.progress).containsExactly("mine 0.5");
            assertThat(client.logged).containsExactly("working");
        });
    }

    @Test
    void handsTheContextOfAClientOnToTheServer() {
        var client = McpClient.sync(transport.clientTransport())
                .transportContextProvider(() -> McpTransportContext.create(Map.of("host", "this test")))
                .build();
        client.initialize();

        var result = client.callTool(new CallToolRequest("find", Map.of(), null));

        assertThat(((TextContent) result.content().get(0)).text()).isEqualTo("found for null by this test");
    }

    @Test
    void tellsEachClientApart() {
        SampleClient ann = client().initialized();
        SampleClient bob = client(governed.gateway, SampleGate.BOB).initialized();
        SampleClient nobody = direct().initialized();

        assertThat(bob.call("find")).isEqualTo("found for bob by null");
        assertThat(ann.call("find")).isEqualTo("found for ann by null");
        assertThat(nobody.call("find")).isEqualTo("found for null by null");
        assertThat(transport).hasToString("InProcessServer[3 sessions]");
    }

    @Test
    void tellsAllClientsThatTheListHasChanged() {
        SampleClient ann = client().initialized();
        ann.call("find");
        SampleClient nobody = direct().initialized();

        crm.addTool();

        await().atMost(PATIENCE).untilAsserted(() -> {
            assertThat(ann.changes).isNotEmpty();
            assertThat(nobody.changes).isNotEmpty();
        });
        assertThat(nobody.changes.get(0)).contains("added", "delete");
    }

    @Test
    void tellsOneClientAlone() {
        SampleClient one = direct().initialized();
        SampleClient other = direct().initialized();
        String session = one.call("session");

        transport
                .notifyClient(session, "notifications/message", SdkServers.log("for you"))
                .block();

        await().atMost(PATIENCE).untilAsserted(() -> assertThat(one.logged).containsExactly("for you"));
        assertThat(other.logged).as("what another is told").isEmpty();
    }

    @Test
    void stopsWhatAClientWaitsForThatGoesAway() throws Exception {
        SampleClient ann = client().initialized();
        CompletableFuture<Throwable> call = ann.failureOf("wait");
        crm.waiting.get(60, TimeUnit.SECONDS);

        ann.close();

        crm.stopped.get(60, TimeUnit.SECONDS);
        assertThat(call.get(60, TimeUnit.SECONDS)).isNotNull();
        assertGivenUp("tools/call");
    }

    @Test
    void stopsWhatADirectClientWaitsForThatGoesAway() throws Exception {
        SampleClient client = direct().initialized();
        CompletableFuture<Throwable> call = client.failureOf("wait");
        crm.waiting.get(60, TimeUnit.SECONDS);

        client.close();

        crm.stopped.get(60, TimeUnit.SECONDS);
        assertThat(call.get(60, TimeUnit.SECONDS)).isNotNull();
        assertThat(transport).hasToString("InProcessServer[0 sessions]");
    }

    @Test
    void failsWhatWaitsWhenTheServerCloses() throws Exception {
        SampleClient ann = client().initialized();
        SampleClient nobody = direct().initialized();
        CompletableFuture<Throwable> governedCall = ann.failureOf("wait");
        CompletableFuture<Throwable> directCall = nobody.failureOf("wait");
        await().atMost(PATIENCE).until(() -> crm.begun.get() == 2);

        crm.close();

        assertThat(governedCall.get(60, TimeUnit.SECONDS))
                .isInstanceOfSatisfying(
                        McpError.class,
                        error -> assertThat(error.getJsonRpcError().code()).isEqualTo(503));
        assertThat(directCall.get(60, TimeUnit.SECONDS)).hasStackTraceContaining("ended the session");
        assertThat(transport).hasToString("InProcessServer[0 sessions]");
    }

    /** A gateway that is replaced closes its connectors; its successor has the same ones. */
    @Test
    void servesAnotherGatewayAfterOneHasClosed() {
        SampleGate other = new SampleGate(builder -> builder.server("crm", transport));
        SampleClient bob = client(other.gateway, SampleGate.BOB).initialized();
        client().initialized().call("find");

        governed.close();

        assertThat(bob.call("find")).isEqualTo("found for bob by null");
        other.close();
    }

    @Test
    void saysThatThereIsNoServerYet() {
        InProcessServer empty = new InProcessServer(SdkServers.mapper());
        SampleGate early = new SampleGate(builder -> builder.server("crm", empty));

        assertThatThrownBy(() -> client(early.gateway, SampleGate.ANN).initialized())
                .hasStackTraceContaining("no server has been built on its transport yet");
        assertThatThrownBy(() -> new SampleClient(empty.clientTransport()).initialized())
                .hasStackTraceContaining("not connected");
        early.close();
    }
}
