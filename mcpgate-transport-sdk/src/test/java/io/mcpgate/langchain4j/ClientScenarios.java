package io.mcpgate.langchain4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.exception.ToolExecutionException;
import dev.langchain4j.invocation.InvocationContext;
import dev.langchain4j.invocation.InvocationParameters;
import dev.langchain4j.mcp.client.DefaultMcpClient;
import dev.langchain4j.mcp.client.McpCallContext;
import dev.langchain4j.mcp.client.McpClientListener;
import dev.langchain4j.mcp.client.McpException;
import dev.langchain4j.mcp.client.McpPrompt;
import dev.langchain4j.mcp.client.McpResource;
import dev.langchain4j.mcp.client.McpRoot;
import dev.langchain4j.mcp.client.logging.McpLogMessage;
import dev.langchain4j.mcp.client.progress.McpProgressNotification;
import dev.langchain4j.mcp.client.transport.McpTransport;
import io.mcpgate.Call;
import io.mcpgate.ErrorCode;
import io.mcpgate.Interceptor;
import io.mcpgate.Principal;
import io.mcpgate.Reply;
import io.mcpgate.Traffic;
import io.mcpgate.audit.AuditEvent;
import io.mcpgate.core.Gateway;
import io.mcpgate.core.GatewayBuilder;
import io.mcpgate.core.audit.InMemoryAuditSink;
import io.mcpgate.core.identity.ApiKeys;
import io.mcpgate.core.limit.Limit;
import io.mcpgate.core.limit.Rate;
import io.mcpgate.core.policy.Grant;
import io.mcpgate.core.policy.Role;
import io.mcpgate.core.policy.RolePolicyStore;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** LangChain4j's own client on one of its own transports, with the gateway between them, and a real server. */
abstract class ClientScenarios {
    static final Principal ANN = Principal.of("ann", "seller");
    static final Principal EVE = Principal.of("eve", "nobody");

    final InMemoryAuditSink audit = new InMemoryAuditSink(1_000);
    final List<String> seen = new CopyOnWriteArrayList<>();
    private final List<McpProgressNotification> progress = new CopyOnWriteArrayList<>();
    private final List<McpLogMessage> logs = new CopyOnWriteArrayList<>();
    private final List<String> told = new CopyOnWriteArrayList<>();
    private final List<AutoCloseable> opened = new CopyOnWriteArrayList<>();
    final Gateway gateway = gateway(builder -> builder);

    /** A new transport to the server. */
    abstract McpTransport transport();

    /** One on which the server can speak outside of calls. */
    McpTransport listening() {
        return transport();
    }

    /** Waits until what the server says on such a one is heard: before that it is lost. */
    void awaitListening() {}

    Gateway gateway(Function<GatewayBuilder, GatewayBuilder> more) {
        GatewayBuilder builder = Gateway.builder()
                .wrapped("desk")
                .authenticator(new ApiKeys(Map.of(), null))
                .policies(new RolePolicyStore(List.of(Role.allowing(
                        "seller",
                        new Grant(
                                List.of("desk"),
                                List.of("find*", "work", "roots", "ping", "slow", "grow", "die"),
                                List.of("greet"),
                                List.of("desk://open"),
                                List.of(),
                                List.of("roots/list"))))))
                .revealRefusals()
                .audit(audit)
                .intercept("see", new Seeing());
        Gateway built = more.apply(builder).build();
        opened.add(built);
        return built;
    }

    /** Notes every message in either direction. */
    private final class Seeing implements Interceptor {
        @Override
        public Set<Traffic> traffic() {
            return EnumSet.allOf(Traffic.class);
        }

        @Override
        public CompletionStage<Reply> intercept(Call call, Chain chain) {
            seen.add(call.method());
            return chain.proceed(call);
        }
    }

    /** Notes what the server says on its own. */
    private final class Listening implements McpClientListener {
        @Override
        public void onNotificationToolsListChanged() {
            told.add("tools/list_changed");
        }

        @Override
        public void onServerPing() {
            told.add("ping");
        }
    }

    @AfterEach
    void close() throws Exception {
        for (int i = opened.size() - 1; i >= 0; i--) {
            opened.get(i).close();
        }
    }

    DefaultMcpClient client(McpTransport transport, Function<DefaultMcpClient.Builder, DefaultMcpClient.Builder> more) {
        DefaultMcpClient client = more.apply(new DefaultMcpClient.Builder()
                        .transport(transport)
                        .autoHealthCheck(false)
                        .initializationTimeout(Duration.ofSeconds(60))
                        .progressHandler(progress::add)
                        .logHandler(logs::add)
                        .addListener(new Listening())
                        .roots(List.of(new McpRoot("here", "file:///here"))))
                .build();
        opened.add(client);
        return client;
    }

    private DefaultMcpClient annsClient() {
        return client(McpLangChain4j.wrap(gateway, "desk", ANN, transport()), builder -> builder);
    }

    static String call(DefaultMcpClient client, String tool) {
        return client.executeTool(request(tool)).resultText();
    }

    private static ToolExecutionRequest request(String tool) {
        return ToolExecutionRequest.builder()
                .name(tool)
                .arguments("{\"q\":\"x\"}")
                .build();
    }

    @Test
    void letsAnAllowedCallThroughAndRecordsIt() {
        assertThat(call(annsClient(), "find")).isEqualTo("found x");
        assertThat(seen).contains("initialize", "tools/call");
        assertThat(audit.events())
                .filteredOn(event -> event.method().equals("tools/call"))
                .extracting(
                        AuditEvent::kind,
                        AuditEvent::principal,
                        event -> event.target().name())
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple(AuditEvent.Kind.ATTEMPT, "ann", "find"),
                        org.assertj.core.groups.Tuple.tuple(AuditEvent.Kind.OUTCOME, "ann", "find"));
    }

    @Test
    void refusesACallThatIsNotAllowed() {
        DefaultMcpClient client = annsClient();

        assertThatThrownBy(() -> call(client, "delete"))
                .isInstanceOfSatisfying(
                        ToolExecutionException.class,
                        error -> assertThat(error.errorCode()).isEqualTo(ErrorCode.FORBIDDEN.code()));
        assertThat(audit.events()).last().extracting(AuditEvent::verdict).isEqualTo(AuditEvent.Verdict.REFUSED);
    }

    @Test
    void showsOnlyWhatMayBeUsed() {
        DefaultMcpClient client = annsClient();

        assertThat(client.listTools())
                .extracting(ToolSpecification::name)
                .contains("find", "work")
                .doesNotContain("delete");
        assertThat(client.listResources()).extracting(McpResource::uri).containsExactly("desk://open");
        assertThat(client.listPrompts()).extracting(McpPrompt::name).containsExactly("greet");
    }

    @Test
    void readsResourcesAndPromptsThatMayBeRead() {
        DefaultMcpClient client = annsClient();

        assertThat(client.readResource("desk://open").contents().toString()).contains("read desk://open");
        assertThat(client.getPrompt("greet", Map.of()).messages().toString()).contains("Please greet");
        assertThatThrownBy(() -> client.readResource("desk://secret")).isInstanceOf(McpException.class);
        assertThatThrownBy(() -> client.getPrompt("insult", Map.of())).isInstanceOf(McpException.class);
    }

    @Test
    void throttles() {
        Gateway slow = gateway(
                builder -> builder.limit(Limit.of("few", Limit.Per.PRINCIPAL, new Rate(2, Duration.ofHours(1)))));
        DefaultMcpClient client = client(McpLangChain4j.wrap(slow, "desk", ANN, transport()), builder -> builder);

        assertThatThrownBy(() -> {
                    for (int i = 0; i < 3; i++) {
                        call(client, "find");
                    }
                })
                .isInstanceOfSatisfying(
                        ToolExecutionException.class,
                        error -> assertThat(error.errorCode()).isEqualTo(ErrorCode.RATE_LIMITED.code()));
    }

    @Test
    void bringsProgressAndLogs() {
        assertThat(call(annsClient(), "work")).isEqualTo("done");
        await().until(() -> progress.size() == 3 && logs.size() == 1);
        assertThat(progress)
                .extracting(McpProgressNotification::message)
                .containsExactlyInAnyOrder("step 1", "step 2", "step 3");
        assertThat(seen).contains("notifications/progress", "notifications/message");
    }

    @Test
    void bringsNewsOfLists() {
        DefaultMcpClient client = client(McpLangChain4j.wrap(gateway, "desk", ANN, listening()), builder -> builder);
        client.listTools(); // LangChain4j keeps it until it is told
        awaitListening();
        call(client, "grow");

        await().until(() -> told.contains("tools/list_changed"));
        assertThat(client.listTools()).extracting(ToolSpecification::name).contains("find-more");
        assertThat(seen).contains("notifications/tools/list_changed");
    }

    @Test
    void answersTheServersQuestions() {
        DefaultMcpClient client = annsClient();

        assertThat(call(client, "roots")).isEqualTo("roots [file:///here]");
        assertThat(call(client, "ping")).isEqualTo("pong true");
        assertThat(told).contains("ping");
        assertThat(seen).contains("roots/list", "ping");
    }

    @Test
    void refusesWhatTheServerMayNotAsk() {
        Gateway closed = gateway(builder -> builder.policies(new RolePolicyStore(List.of(Role.allowing(
                "seller", new Grant(List.of("desk"), List.of("*"), List.of(), List.of(), List.of(), List.of()))))));
        DefaultMcpClient client = client(McpLangChain4j.wrap(closed, "desk", ANN, transport()), builder -> builder);

        assertThat(call(client, "roots")).isEqualTo("no roots");
    }

    @Test
    void goesOnAfterACallThatNobodyWaitsForAnyMore() {
        DefaultMcpClient client = client(
                McpLangChain4j.wrap(gateway, "desk", ANN, transport()),
                builder -> builder.toolExecutionTimeout(Duration.ofSeconds(1))
                        .toolExecutionTimeoutErrorMessage("too late"));

        assertThat(call(client, "slow")).isEqualTo("too late");
        await().untilAsserted(() -> assertThat(audit.events())
                .filteredOn(event -> event.kind() == AuditEvent.Kind.OUTCOME)
                .last()
                .extracting(event -> event.target().name(), AuditEvent::errorCode)
                .containsExactly("slow", ErrorCode.CANCELLED.code()));
    }

    @Test
    void asksForEachCallWhoCalls() {
        DefaultMcpClient client =
                client(McpLangChain4j.wrap(gateway, "desk", ClientScenarios::user, transport()), builder -> builder);

        assertThat(client.executeTool(request("find"), as(ANN)).resultText()).isEqualTo("found x");
        assertThatThrownBy(() -> client.executeTool(request("find"), as(EVE)))
                .isInstanceOf(ToolExecutionException.class);
        assertThat(audit.events()).last().extracting(AuditEvent::principal).isEqualTo("eve");
    }

    /** LangChain4j's own messages, as initialize, come without an invocation. */
    private static Principal user(McpCallContext context) {
        return context.invocationContext() == null
                ? ANN
                : context.invocationContext().invocationParameters().get("user");
    }

    private static InvocationContext as(Principal user) {
        return InvocationContext.builder()
                .invocationParameters(InvocationParameters.from("user", user))
                .build();
    }

    @Test
    void refusesAPrincipalThatMayNotEvenBegin() {
        McpTransport governed = McpLangChain4j.wrap(gateway, "desk", Principal.UNIDENTIFIED, transport());
        opened.add(governed);

        assertThatThrownBy(() -> client(governed, builder -> builder)).hasRootCauseInstanceOf(McpException.class);
    }

    @Test
    void saysThatTheServerIsWell() {
        annsClient().checkHealth();

        assertThat(seen).contains("ping");
    }
}
