package io.mcpgate.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.mcpgate.ErrorCode;
import io.mcpgate.Interceptor;
import io.mcpgate.Principal;
import io.mcpgate.Reply;
import io.mcpgate.core.Gateway;
import io.mcpgate.core.audit.JsonLinesAuditSink;
import io.mcpgate.core.identity.ApiKeys;
import io.mcpgate.core.limit.Limit;
import io.mcpgate.core.limit.Rate;
import io.mcpgate.core.policy.Grant;
import io.mcpgate.core.policy.Role;
import io.mcpgate.core.policy.RolePolicyStore;
import io.mcpgate.http.endpoint.McpEndpoint;
import io.mcpgate.http.upstream.HttpConnector;
import io.mcpgate.http.vertx.VertxServer;
import io.mcpgate.stdio.StdioCommand;
import io.mcpgate.stdio.StdioConnector;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the README says, compiled and run. */
class ReadmeTest {
    private static final Path README = Path.of("../README.md");
    private static final Path THIS = Path.of("src/test/java/io/mcpgate/examples/ReadmeTest.java");

    @TempDir
    Path directory;

    @Test
    void showsJavaThatCompilesAndRuns() throws IOException {
        String keyHash = ApiKeys.hash("mcpgate_test");
        // README begin
        Gateway gateway = Gateway.builder()
                .server(
                        "files",
                        new StdioConnector(
                                "files",
                                StdioCommand.of("npx", "-y", "@modelcontextprotocol/server-filesystem", "/srv")))
                .server(
                        "crm",
                        HttpConnector.builder(URI.create("https://crm.example/mcp"))
                                .build())
                .authenticator(new ApiKeys(Map.of(keyHash, Principal.of("support-agent", "support")), null))
                .policies(new RolePolicyStore(List.of(Role.allowing(
                        "support", Grant.tools("crm", "search_*"), Grant.tools("files", "read_*", "list_*")))))
                .limit(Limit.of("burst", Limit.Per.PRINCIPAL, Rate.parse("10/s"), Rate.parse("500/h")))
                .intercept(
                        "NoSecrets",
                        Interceptor.guard(call -> call.target().name().contains("secret")
                                ? Optional.of(Reply.failure(ErrorCode.FORBIDDEN, "Not today"))
                                : Optional.empty()))
                .audit(JsonLinesAuditSink.appendingTo(directory.resolve("audit.jsonl")))
                .build();
        VertxServer server =
                VertxServer.of(McpEndpoint.over(gateway).build()).port(0).build();
        // README end
        try (gateway;
                server) {
            server.start().toCompletableFuture().join();

            assertThat(server.port()).isPositive();
            assertThat(gateway.toString()).contains("NoSecrets");
        }
    }

    @Test
    void showsTheJavaThatIsCompiledHere() throws IOException {
        String shown = block("java", Files.readString(README));
        String source = Files.readString(THIS);
        String compiled = source.substring(source.indexOf("// README begin"), source.indexOf("// README end"));

        assertThat(tokens(compiled)).containsSubsequence(tokens(shown.substring(0, shown.indexOf(".audit("))));
    }

    @Test
    void givesExactlyOneCommandToTryItAndOneToTestIt() throws IOException {
        String readme = Files.readString(README);

        assertThat(block("sh", section(readme, "## Try it")).strip()).isEqualTo("./mvnw -q -Pdemo package");
        assertThat(block("sh", section(readme, "## Test it")).strip()).isEqualTo("./mvnw verify");
        assertThat(Files.readAllLines(Path.of("../.ci/run"))).endsWith("exec ./mvnw verify");
    }

    private static String section(String readme, String title) {
        return readme.substring(readme.indexOf("\n" + title + "\n"));
    }

    private static String block(String language, String text) {
        Matcher block =
                Pattern.compile("```" + language + "\n(.*?)```", Pattern.DOTALL).matcher(text);
        assertThat(block.find()).isTrue();
        return block.group(1);
    }

    private static List<String> tokens(String java) {
        List<String> tokens = new ArrayList<>();
        Matcher word = Pattern.compile("\"[^\"]*\"|\\w+|\\S").matcher(java);
        while (word.find()) {
            tokens.add(word.group());
        }
        return tokens;
    }
}
