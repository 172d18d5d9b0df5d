package io.mcpgate.langchain4j;

import static org.assertj.core.api.Assertions.assertThat;

import dev.langchain4j.mcp.client.transport.McpTransport;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The adapter as it was compiled, beside an interface that has grown: with what LangChain4j's main branch (1.20) adds for
 * 2026-07-28, and with a method that nobody has thought of yet.
 */
class NewerLangChain4jTest {
    private static final String INTERFACE = """
            package dev.langchain4j.mcp.client.transport;

            import com.fasterxml.jackson.databind.JsonNode;
            import dev.langchain4j.mcp.client.McpCallContext;
            import dev.langchain4j.mcp.protocol.McpClientMessage;
            import dev.langchain4j.mcp.protocol.McpInitializeRequest;
            import java.util.concurrent.CompletableFuture;

            public interface McpTransport extends java.io.Closeable {
                void start(McpOperationHandler handler);
                CompletableFuture<JsonNode> initialize(McpInitializeRequest request);
                CompletableFuture<JsonNode> executeOperationWithResponse(McpClientMessage request);
                CompletableFuture<JsonNode> executeOperationWithResponse(McpCallContext context);
                void executeOperationWithoutResponse(McpClientMessage request);
                void executeOperationWithoutResponse(McpCallContext context);
                void checkHealth();
                void onFailure(Runnable action);
                default void setModernProtocol(boolean modern) {}
                default void setProtocolVersion(String version) {}
                default boolean requiresCancellationNotification() { return true; }
                default String unheardOf(int a, String b) { return "lost"; }
                default void shortcut(String server, McpClientMessage message) {}
            }
            """;

    private static final String HOST = """
            package newer;

            import com.fasterxml.jackson.databind.JsonNode;
            import dev.langchain4j.mcp.client.McpCallContext;
            import dev.langchain4j.mcp.client.transport.*;
            import dev.langchain4j.mcp.protocol.*;
            import io.mcpgate.Principal;
            import io.mcpgate.core.Gateway;
            import io.mcpgate.core.identity.ApiKeys;
            import io.mcpgate.core.policy.*;
            import io.mcpgate.langchain4j.McpLangChain4j;
            import java.util.*;
            import java.util.concurrent.*;

            public final class Host implements Callable<List<String>>, McpTransport {
                private final List<String> heard = new ArrayList<>();
                private McpOperationHandler handler;

                public void start(McpOperationHandler handler) { this.handler = handler; }
                public CompletableFuture<JsonNode> initialize(McpInitializeRequest request) { return null; }
                public CompletableFuture<JsonNode> executeOperationWithResponse(McpCallContext context) { return null; }
                public CompletableFuture<JsonNode> executeOperationWithResponse(McpClientMessage request) {
                    heard.add(request.method.name());
                    return new CompletableFuture<>();
                }
                public void executeOperationWithoutResponse(McpClientMessage request) { heard.add(request.method.name()); }
                public void executeOperationWithoutResponse(McpCallContext context) {}
                public void checkHealth() {}
                public void onFailure(Runnable action) {}
                public void close() {}
                public void setModernProtocol(boolean modern) { heard.add("modern " + modern); }
                public void setProtocolVersion(String version) { heard.add("version " + version); }
                public boolean requiresCancellationNotification() { return false; }
                public String unheardOf(int a, String b) { return a + b; }
                public void shortcut(String server, McpClientMessage message) { heard.add("past the gateway"); }

                public List<String> call() {
                    try (Gateway gateway = Gateway.builder()
                            .wrapped("crm")
                            .authenticator(new ApiKeys(Map.of(), null))
                            .policies(new RolePolicyStore(List.of(Role.allowing("seller", new Grant(
                                    List.of("*"), List.of("*"), List.of(), List.of(), List.of(), List.of())))))
                            .build()) {
                        McpTransport governed =
                                McpLangChain4j.wrap(gateway, "crm", Principal.of("ann", "seller"), this);
                        governed.setModernProtocol(true);
                        governed.setProtocolVersion("2026-07-28");
                        heard.add("cancellation " + governed.requiresCancellationNotification());
                        heard.add(governed.unheardOf(1, "b"));
                        try {
                            governed.shortcut("crm", new McpPingRequest(1L));
                        } catch (UnsupportedOperationException refused) {
                            heard.add("refused");
                        }
                        governed.start(new McpOperationHandler(new HashMap<>(), List::of, governed, log -> {},
                                () -> {}, () -> {}, () -> {}, uri -> {}, progress -> {}, () -> {}, () -> {}, (id, why) -> {}));
                        for (String version : List.of("2025-11-25", "2026-07-28")) {
                            McpCallToolRequest call = new McpCallToolRequest((long) version.hashCode(), "find", null);
                            call.getParams().setMeta(Map.of(
                                    "io.modelcontextprotocol/protocolVersion", version,
                                    "io.modelcontextprotocol/clientInfo", Map.of("name", "x", "version", "1"),
                                    "io.modelcontextprotocol/clientCapabilities", Map.of()));
                            governed.executeOperationWithResponse(call).cancel(true);
                        }
                    }
                    return heard;
                }
            }
            """;

    @Test
    void hasNoMethodThatIsLostAndNoneThatLeadsPastTheGateway(@TempDir Path classes) throws Exception {
        compile(classes, INTERFACE, "McpTransport");
        compile(classes, HOST, "Host");

        try (Newer newer = new Newer(classes)) {
            Callable<?> host =
                    (Callable<?>) newer.loadClass("newer.Host").getConstructor().newInstance();

            assertThat((List<?>) host.call())
                    .asString()
                    .isEqualTo(List.of(
                                    "modern true",
                                    "version 2026-07-28",
                                    "cancellation false",
                                    "1b",
                                    "refused",
                                    "TOOLS_CALL",
                                    "NOTIFICATION_CANCELLED",
                                    "TOOLS_CALL") // whose stream is closed instead
                            .toString());
        }
    }

    private static void compile(Path classes, String source, String name) throws IOException {
        Path file = classes.resolve(name + ".java");
        Files.writeString(file, source);
        String path = classes + System.getProperty("path.separator") + System.getProperty("java.class.path");
        int result = ToolProvider.getSystemJavaCompiler()
                .run(null, null, null, "-proc:none", "-nowarn", "-cp", path, "-d", classes.toString(), file.toString());
        assertThat(result).isZero();
    }

    /** Another version of LangChain4j, and the adapter beside it. */
    private static final class Newer extends URLClassLoader {
        Newer(Path classes) throws IOException {
            super(
                    new URL[] {classes.toUri().toURL(), home(McpTransport.class), home(McpLangChain4j.class)},
                    NewerLangChain4jTest.class.getClassLoader());
        }

        private static URL home(Class<?> type) {
            return type.getProtectionDomain().getCodeSource().getLocation();
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            boolean own = Stream.of("newer.", "dev.langchain4j.mcp.", "io.mcpgate.langchain4j.")
                    .anyMatch(name::startsWith);
            if (!own) {
                return super.loadClass(name, resolve);
            }
            synchronized (getClassLoadingLock(name)) {
                Class<?> known = findLoadedClass(name);
                return known == null ? findClass(name) : known;
            }
        }
    }
}
