package io.mcpgate.core.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mcpgate.Call;
import io.mcpgate.ErrorCode;
import io.mcpgate.Payload;
import io.mcpgate.Principal;
import io.mcpgate.Reply;
import io.mcpgate.RequestId;
import io.mcpgate.contract.RecordingSession;
import io.mcpgate.core.Gateway;
import io.mcpgate.core.GatewayBuilder;
import io.mcpgate.core.audit.InMemoryAuditSink;
import io.mcpgate.core.identity.ApiKeys;
import io.mcpgate.core.identity.Credential;
import io.mcpgate.core.limit.Limit;
import io.mcpgate.core.limit.Rate;
import io.mcpgate.core.policy.Grant;
import io.mcpgate.core.policy.Role;
import io.mcpgate.core.policy.RolePolicyStore;
import io.mcpgate.core.route.Connector;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GateConfigTest {
    private static final String KEY = "mcpgate_test";
    private static final String YAML = """
            name: same
            servers:
              crm: {url: "https://crm.example/mcp", timeout: 5s}
            principals:
              alice: {keys: ["%s"], roles: [support]}
            roles:
              support: {allow: [{server: crm, tools: [search]}]}
            limits: [{name: few, rates: ["2/h"]}]
            audit: {to: memory}
            refusals: reveal
            """.formatted(ApiKeys.hash(KEY));
    private static final String JSON = """
            {"name": "same",
             "servers": {"crm": {"url": "https://crm.example/mcp", "timeout": "5s"}},
             "principals": {"alice": {"keys": ["%s"], "roles": ["support"]}},
             "roles": {"support": {"allow": [{"server": "crm", "tools": ["search"]}]}},
             "limits": [{"name": "few", "rates": ["2/h"]}],
             "audit": {"to": "memory"},
             "refusals": "reveal"}
            """.formatted(ApiKeys.hash(KEY));

    private final List<InMemoryConnector> opened = new ArrayList<>();

    private Optional<Connector> inMemory(ServerConfig server) {
        InMemoryConnector connector = new InMemoryConnector(server.name());
        opened.add(connector);
        return Optional.of(connector);
    }

    private static Reply call(Gateway gateway, String tool, String key) {
        Call call = Call.request(
                        RequestId.of(1), "tools/call", Payload.of(Map.of("name", tool)), RecordingSession.modern("s"))
                .with(Credential.KEY, new Credential.Secret(key))
                .withServer("crm");
        return gateway.handle(call).toCompletableFuture().join();
    }

    @Nested
    class TheSameThing {
        @Test
        void isTheSameInYamlAndJson() {
            assertThat(Given.json(JSON)).isEqualTo(Given.yaml(YAML));
        }

        @Test
        void isTheSameSaidToABuilder() {
            GatewayBuilder byHand = Gateway.builder()
                    .name("same")
                    .server("crm", new InMemoryConnector("crm"))
                    .timeout("crm", Duration.ofSeconds(5))
                    .authenticator(new ApiKeys(Map.of(ApiKeys.hash(KEY), Principal.of("alice", "support")), null))
                    .policies(new RolePolicyStore(List.of(Role.allowing("support", Grant.tools("crm", "search")))))
                    .limit(Limit.of("few", Limit.Per.PRINCIPAL, Rate.parse("2/h")))
                    .audit(new InMemoryAuditSink(10))
                    .revealRefusals();
            GatewayBuilder byFile = Given.yaml(YAML).applyTo(Gateway.builder(), List.of(GateConfigTest.this::inMemory));

            try (Gateway hand = byHand.build();
                    Gateway file = byFile.build()) {
                assertThat(file).hasToString(hand.toString());
                for (String tool : List.of("search", "delete", "search", "search")) {
                    assertThat(call(file, tool, KEY)).hasSameClassAs(call(hand, tool, KEY));
                }
                assertThat(((Reply.Failure) call(file, "search", "wrong")).is(ErrorCode.UNAUTHENTICATED))
                        .isTrue();
            }
        }
    }

    @Nested
    class AppliedToABuilder {
        @Test
        void handsConnectorsAndSinkToTheGateway() {
            Given.yaml(YAML)
                    .applyTo(Gateway.builder(), List.of(server -> Optional.empty(), GateConfigTest.this::inMemory))
                    .build()
                    .close();

            assertThat(opened)
                    .singleElement()
                    .satisfies(connector -> assertThat(connector.isClosed()).isTrue());
        }

        @Test
        void leavesServersThatTheHostReachesItselfToTheHost() {
            GateConfig config = Given.yaml(YAML.replace(
                    "servers:\n", "servers:\n  own: {wrapped: true, timeout: 2s}\n  other: {wrapped: true}\n"));

            try (Gateway gateway = config.applyTo(Gateway.builder(), List.of(GateConfigTest.this::inMemory))
                    .build()) {
                assertThat(List.of("own", "other")).allMatch(gateway::wraps);
                assertThat(gateway.wraps("crm")).isFalse();
            }

            assertThat(opened).hasSize(1);
        }

        @Test
        void saysThatNobodyReachesAServer() {
            assertThatThrownBy(() -> Given.yaml(YAML).applyTo(Gateway.builder(), List.of()))
                    .isInstanceOf(ConfigException.class)
                    .hasMessage(
                            "servers.crm: is a URL, and nothing here speaks HTTP; add mcpgate-transport-http and its"
                                    + " factory");
        }

        @Test
        void opensNoServerIfTheAuditFileCannotBe(@TempDir Path directory) {
            GateConfig config = Given.yaml(YAML.replace("{to: memory}", "{file: " + directory + "/none/a.jsonl}"));

            assertThatThrownBy(() -> config.applyTo(Gateway.builder(), List.of(GateConfigTest.this::inMemory)))
                    .hasMessage("audit.file: its directory does not exist; make it before the start");
            assertThat(opened).isEmpty();
        }

        @Test
        void writesTheAuditFile(@TempDir Path directory) throws Exception {
            GateConfig config = Given.yaml(YAML.replace("{to: memory}", "{file: " + directory + "/a.jsonl}"));

            try (Gateway gateway = config.applyTo(Gateway.builder(), List.of(GateConfigTest.this::inMemory))
                    .build()) {
                call(gateway, "search", KEY);
            }

            assertThat(Files.readAllLines(directory.resolve("a.jsonl"))).hasSize(2);
        }
    }

    @Nested
    class PutTogetherByHand {
        @Test
        void contradictsItselfNoMoreThanAFile() {
            ServerConfig crm = ServerConfig.of("crm", Destination.Http.of("https://crm.example"));

            assertThatThrownBy(() -> new GateConfig(
                            "twice",
                            Listen.DEFAULT,
                            List.of(crm, crm),
                            List.of(),
                            new AnonymousConfig("guest", List.of("nobody"), false),
                            null,
                            List.of(),
                            List.of(),
                            AuditConfig.DEFAULT,
                            null,
                            Refusals.CONCEAL,
                            Bounds.DEFAULT))
                    .isInstanceOf(ConfigException.class)
                    .hasMessage("servers: two of them have the same name; rename one\n"
                            + "anonymous.roles[0]: there is no such role; define it in roles");
        }

        @Test
        void takesAServerInThePlaceOfItsNamesake() {
            ServerConfig other = ServerConfig.of("crm", Destination.Http.of("https://other.example"));

            assertThat(Given.yaml(YAML).withServer(other).servers()).containsExactly(other);
        }
    }
}
