package io.mcpgate.core.config;

import static io.mcpgate.core.config.Given.HASH;
import static io.mcpgate.core.config.Given.json;
import static io.mcpgate.core.config.Given.problemsOfJson;
import static io.mcpgate.core.config.Given.problemsOfYaml;
import static io.mcpgate.core.config.Given.yaml;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mcpgate.core.json.JsonLimits;
import io.mcpgate.core.limit.Limit;
import io.mcpgate.core.limit.Rate;
import io.mcpgate.core.policy.Grant;
import io.mcpgate.core.policy.Role;
import io.mcpgate.core.route.Sharing;
import java.io.File;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GateFileTest {
    static final String EVERYTHING = """
            name: my-gate
            listen: {address: 0.0.0.0, port: 8081, path: /gate, allowedHosts: ["gate.example:8081"],
              allowedOrigins: ["https://app.example"]}
            servers:
              files:
                command: [npx, -y, "@modelcontextprotocol/server-filesystem", /srv]
                env: {A: "a ${env:TOKEN}"}
                inheritEnv: [NODE_PATH]
                cwd: data
                share: all
                timeout: 30s
                idle: 10m
                connectTimeout: 1m
                message: 64MiB
              crm:
                url: "https://crm.example/mcp"
                headers: {Authorization: "Bearer ${env:TOKEN}"}
                connections: 20
            principals:
              alice: {keys: ["%s"], roles: [support]}
            anonymous: {principal: guest, roles: [public], exposed: true}
            stdio: {principal: me, roles: [support, public]}
            roles:
              support:
                allow: [{server: crm, tools: ["search*"], prompts: [greet], resources: ["file:///*"],
                  templates: ["x://{id}"], methods: [sampling/createMessage]}]
                deny: [{tools: ["delete_*"]}]
              public:
                allow: [{server: [crm, files], tools: [ping]}]
            limits:
              - {name: burst, per: principal-tool, rates: ["10/s", "500/h"], servers: [crm], tools: ["s*"],
                methods: [tools/call]}
              - {name: all, rates: ["5/s"]}
            audit: {file: audit.jsonl, whenUnavailable: continue}
            metrics: {address: 10.0.0.1, port: 9000, exposed: true}
            refusals: reveal
            bounds: {message: 1MiB, bodies: 32MiB, depth: 32, nameLength: 100, numberLength: 50, objectMembers: 500, timeout: 20s,
              catalogTimeout: 5s, drain: 3s}
            """.formatted(HASH);

    @Nested
    class AWholeFile {
        private final GateConfig config = yaml(EVERYTHING);

        @Test
        void saysWhereClientsFindTheGate() {
            assertThat(config.name()).isEqualTo("my-gate");
            assertThat(config.listen())
                    .isEqualTo(new Listen(
                            "0.0.0.0", 8081, "/gate", List.of("gate.example:8081"), List.of("https://app.example")));
        }

        @Test
        void saysWhereMetricsAreShown() {
            assertThat(config.metrics()).isEqualTo(new MetricsConfig("10.0.0.1", 9000, true));
            assertThat(yaml("{anonymous: {}, metrics: {}}").metrics()).isEqualTo(MetricsConfig.DEFAULT);
            assertThat(yaml("anonymous: {}").metrics()).isNull();
        }

        @Test
        void saysWhichServersTheHostReachesItself() {
            ServerConfig own = yaml("""
                    servers: {own: {wrapped: true, timeout: 5s}}
                    anonymous: {roles: [user]}
                    roles: {user: {allow: [{tools: [find]}]}}
                    """).server("own").orElseThrow();

            assertThat(own.destination()).isEqualTo(new Destination.Wrapped());
            assertThat(own.timeout()).isEqualTo(Duration.ofSeconds(5));
        }

        @Test
        void saysHowAServerIsStarted() {
            ServerConfig files = config.server("files").orElseThrow();

            assertThat(files.destination()).isInstanceOfSatisfying(Destination.Process.class, process -> {
                assertThat(process.words())
                        .containsExactly("npx", "-y", "@modelcontextprotocol/server-filesystem", "/srv");
                assertThat(process.variables()).isEqualTo(Map.of("A", "a s3cr3t-t0k3n"));
                assertThat(process.inheritEnv()).containsExactly("NODE_PATH");
                assertThat(process.cwd()).isEqualTo(Path.of("/etc/gate/data"));
            });
            assertThat(files.sharing()).isEqualTo(Sharing.ALL);
            assertThat(files.timeout()).isEqualTo(Duration.ofSeconds(30));
            assertThat(files.pool().idle()).isEqualTo(Duration.ofMinutes(10));
            assertThat(files.pool().connectTimeout()).isEqualTo(Duration.ofMinutes(1));
            assertThat(files.messageBytes()).isEqualTo(64 << 20);
        }

        @Test
        void saysWhereARemoteServerIs() {
            ServerConfig crm = config.server("crm").orElseThrow();

            assertThat(crm.destination()).isInstanceOfSatisfying(Destination.Http.class, http -> {
                assertThat(http.uri()).isEqualTo(URI.create("https://crm.example/mcp"));
                assertThat(http.headerValues()).isEqualTo(Map.of("Authorization", "Bearer s3cr3t-t0k3n"));
            });
            assertThat(crm.pool().connectionsMax()).isEqualTo(20);
            assertThat(crm.timeout()).isNull();
        }

        @Test
        void saysWhoMayCall() {
            assertThat(config.principals())
                    .containsExactly(new PrincipalConfig("alice", List.of(HASH), List.of("support")));
            assertThat(config.anonymous()).isEqualTo(new AnonymousConfig("guest", List.of("public"), true));
            assertThat(config.localUser().orElseThrow().roles()).containsExactlyInAnyOrder("support", "public");
        }

        @Test
        void saysWhatRolesAllowAndDeny() {
            List<String> none = List.of();
            assertThat(config.roles())
                    .containsExactly(
                            new Role(
                                    "support",
                                    List.of(new Grant(
                                            List.of("crm"),
                                            List.of("search*"),
                                            List.of("greet"),
                                            List.of("file:///*"),
                                            List.of("x://{id}"),
                                            List.of("sampling/createMessage"))),
                                    List.of(new Grant(List.of("*"), List.of("delete_*"), none, none, none, none))),
                            Role.allowing(
                                    "public",
                                    new Grant(List.of("crm", "files"), List.of("ping"), none, none, none, none)));
        }

        @Test
        void saysWhatIsLimited() {
            assertThat(config.limits())
                    .containsExactly(
                            new Limit(
                                    "burst",
                                    Limit.Per.PRINCIPAL_TOOL,
                                    List.of(Rate.parse("10/s"), Rate.parse("500/h")),
                                    List.of("crm"),
                                    List.of("s*"),
                                    List.of("tools/call")),
                            Limit.of("all", Limit.Per.PRINCIPAL, Rate.parse("5/s")));
        }

        @Test
        void saysTheRest() {
            assertThat(config.audit())
                    .isEqualTo(new AuditConfig(
                            AuditConfig.To.FILE,
                            Path.of("/etc/gate/audit.jsonl"),
                            AuditConfig.WhenUnavailable.CONTINUE));
            assertThat(config.refusals()).isEqualTo(Refusals.REVEAL);
            assertThat(config.bounds())
                    .isEqualTo(new Bounds(
                            new JsonLimits(1 << 20, 32, 100, 50, 500),
                            32 << 20,
                            Duration.ofSeconds(20),
                            Duration.ofSeconds(5),
                            Duration.ofSeconds(3)));
        }
    }

    @Nested
    class AShortFile {
        @Test
        void hasTheDefaultsOfTheParts() {
            GateConfig config = yaml("stdio: {principal: me, roles: [r]}\nroles: {r: {allow: [{tools: ['*']}]}}");

            assertThat(config.name()).isEqualTo("mcpgate");
            assertThat(config.listen()).isEqualTo(Listen.DEFAULT);
            assertThat(config.servers()).isEmpty();
            assertThat(config.audit()).isEqualTo(AuditConfig.DEFAULT);
            assertThat(config.refusals()).isEqualTo(Refusals.CONCEAL);
            assertThat(config.bounds()).isEqualTo(Bounds.DEFAULT);
        }
    }

    @Nested
    class AReferenceToTheEnvironment {
        @Test
        void isReplacedAlsoInsideATextAndForANumber() {
            GateConfig config = yaml("""
                    listen: {port: "${env:PORT}"}
                    servers: {crm: {url: "https://crm.example/${env:PORT}/mcp"}}
                    anonymous: {}
                    """);

            assertThat(config.listen().port()).isEqualTo(9090);
            assertThat(((Destination.Http) config.servers().get(0).destination()).uri())
                    .isEqualTo(URI.create("https://crm.example/9090/mcp"));
        }

        @Test
        void isNotLookedForInWhatAVariableHolds() {
            assertThat(variable("\"${env:EVIL}\"")).isEqualTo("${env:TOKEN}");
        }

        @Test
        void isEscapedByADoubledDollar() {
            assertThat(variable("\"$${env:TOKEN} $x $$ $$${env:PORT}\"")).isEqualTo("${env:TOKEN} $x $$ $${env:PORT}");
        }

        @Test
        void toNothingNamesPathAndVariable() {
            assertThat(problemsOfYaml(
                            "anonymous: {}\nservers:\n  s:\n    command: [s]\n    env:\n      A: x${env:NOPE}"))
                    .containsExactly("servers.s.env.A (line 6): needs the environment variable NOPE, which is not set;"
                            + " set it before the start");
        }

        @Test
        void thatIsNoneIsRefused() {
            assertThat(problemsOfYaml("anonymous: {}\nservers: {s: {command: [s, '${TOKEN}']}}"))
                    .containsExactly("servers.s.command[1] (line 2): has ${ but no reference; write ${env:NAME}, or $${"
                            + " for the characters themselves");
        }

        @Test
        void isNeverShownResolved() {
            GateConfig config = yaml("""
                    servers:
                      crm: {url: "https://${env:TOKEN}.example/mcp", headers: {A: "${env:TOKEN}"}}
                      files: {command: [x, "--token=${env:TOKEN}"], env: {T: "${env:TOKEN}"}, cwd: "/${env:TOKEN}"}
                    anonymous: {}
                    audit: {file: "/tmp/${env:TOKEN}"}
                    """);

            assertThat(config + " " + config.servers() + config.audit()).doesNotContain("s3cr3t");
            assertThat(config.servers().toString()).contains("--token=${env:TOKEN}");
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "roles: ['${env:TOKEN}']",
                    "principal: '${env:TOKEN} x'",
                    "principal: a, exposed: '${env:TOKEN}'"
                })
        void isNotInMessagesEither(String anonymous) {
            assertThat(problemsOfYaml("anonymous: {" + anonymous + "}"))
                    .hasSize(1)
                    .noneMatch(problem -> problem.contains("s3cr3t"));
        }

        private String variable(String text) {
            GateConfig config = yaml("anonymous: {}\nservers: {s: {command: [s], env: {A: " + text + "}}}");
            return String.valueOf(((Destination.Process) config.servers().get(0).destination())
                    .variables()
                    .get("A"));
        }
    }

    @Nested
    class YamlThatIsMoreThanJson {
        @ParameterizedTest
        @ValueSource(
                strings = {
                    "name: !!str x",
                    "name: !<tag:yaml.org,2002:javax.script.ScriptEngineManager> x",
                    "anonymous: !!java.util.Date {}",
                    "anonymous: &a {}"
                })
        void isRefused(String odd) {
            assertThat(problemsOfYaml(odd)).first().asString().contains("not supported");
        }

        @Test
        void isNoAlias() {
            assertThat(problemsOfYaml("anonymous: {}\nname: &a x\naudit: {file: *a}"))
                    .singleElement()
                    .asString()
                    .startsWith("audit.file (line 3): has an anchor or alias");
        }

        @Test
        void isNotASecondDocument() {
            assertThat(problemsOfYaml("anonymous: {}\n---\nanonymous: {}"))
                    .singleElement()
                    .asString()
                    .contains("one document");
        }
    }

    @Nested
    class AFileThatIsMalformed {
        @Test
        void isToldWhereWithoutAnExcerpt() {
            assertThat(problemsOfYaml("anonymous: {}\nname: \"Bearer abc\ndef: x"))
                    .singleElement()
                    .asString()
                    .contains("(line ")
                    .doesNotContain("Bearer");
            assertThat(problemsOfJson("{\n \"name\": Bearer }"))
                    .containsExactly(
                            "the file (line 2): cannot be read; a value here is neither in quotes nor a number,"
                                    + " true or false");
        }

        @ParameterizedTest
        @ValueSource(
                strings = {"{} {}", "{,}", "{\"name\": 'x'}", "// c\n{}", "{\"name\": \"x\",}", "[", "", "{\"a\":"})
        void isNotTakenAsJson(String text) {
            assertThatThrownBy(() -> json(text)).isInstanceOf(ConfigException.class);
        }

        @Test
        void saysAKeyTwice() {
            assertThat(problemsOfYaml("anonymous: {}\nname: x\nname: y"))
                    .containsExactly("name (line 3): stands twice; remove one of them");
            assertThat(problemsOfJson("{\"anonymous\": {},\n\"name\": \"x\",\n\"na\\u006de\": \"y\"}"))
                    .containsExactly("name (line 3): stands twice; remove one of them");
        }

        @Test
        void isDeeperThanAnyConfiguration() {
            assertThat(problemsOfYaml("a: " + "[".repeat(5_000))).hasSize(1);
            assertThat(problemsOfJson("{\"a\": " + "[".repeat(5_000))).hasSize(1);
        }

        @Test
        void isNotUtf8() {
            assertThatThrownBy(() -> GateFile.parse(new byte[] {'a', (byte) 0xff}, Path.of("gate.yaml"), Map.of()))
                    .hasMessage("the file: is not UTF-8; save it in that encoding");
        }

        @Test
        void isTooLarge() {
            assertThatThrownBy(() -> GateFile.parse(new byte[(1 << 20) + 1], Path.of("gate.yaml"), Map.of()))
                    .hasMessage("the file: is larger than 1 MiB; is it the right one?");
        }

        @Test
        void hasNeitherName() {
            assertThatThrownBy(() -> GateFile.parse(new byte[0], Path.of("gate.toml"), Map.of()))
                    .hasMessage("the file: is neither YAML nor JSON by its name; call it gate.yaml or gate.json");
        }
    }

    @Nested
    class WithoutTheYamlLibrary {
        @TempDir
        Path directory;

        @Test
        void jsonIsReadAndYamlSaysWhatIsMissing() throws Exception {
            URL[] others = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                    .filter(entry -> !entry.contains("yaml"))
                    .map(WithoutTheYamlLibrary::url)
                    .toArray(URL[]::new);
            Path json = Files.writeString(directory.resolve("gate.json"), "{\"anonymous\": {}}");
            Path yaml = Files.writeString(directory.resolve("gate.yaml"), "anonymous: {}");
            try (URLClassLoader without = new URLClassLoader(others, ClassLoader.getPlatformClassLoader())) {
                var read = without.loadClass(GateFile.class.getName()).getMethod("read", Path.class);

                assertThat(read.invoke(null, json))
                        .hasToString(yaml("anonymous: {}").toString());
                assertThatThrownBy(() -> read.invoke(null, yaml))
                        .cause()
                        .hasMessageContaining("add com.fasterxml.jackson.dataformat:jackson-dataformat-yaml, or write");
            }
        }

        private static URL url(String entry) {
            try {
                return Path.of(entry).toUri().toURL();
            } catch (MalformedURLException impossible) {
                throw new IllegalStateException(impossible);
            }
        }
    }

    @Test
    void readsAFile(@TempDir Path directory) throws Exception {
        Path file = Files.writeString(directory.resolve("gate.yml"), EVERYTHING, StandardCharsets.UTF_8);

        assertThat(GateFile.read(file, Given.ENVIRONMENT).audit().file()).isEqualTo(directory.resolve("audit.jsonl"));
    }
}
