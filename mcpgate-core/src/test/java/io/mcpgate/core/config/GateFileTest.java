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
            bounds: {message: 1MiB, depth: 32, nameLength: 100, numberLength: 50, objectMembers: 500, timeout: 20s,
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
    class AFileWithManyMistakes {
        @Test
        void isToldAllOfThemInItsOwnOrder() {
            assertThat(problemsOfYaml("""
                            nmae: gate
                            servers:
                              crm:
                                url: "ftp://crm.example"
                                comand: [x]
                              files: {command: npx -y files, url: "https://x.example"}
                              Bad Name: {command: [x]}
                              none: {timeout: 30}
                            principals:
                              alice: {roles: [suport]}
                              bob: {keys: ["mcpgate_abc"], roles: support}
                            roles:
                              support:
                                allow:
                                  - {server: crn, tools: ["search?"]}
                                deny:
                                  - {server: crm}
                            bounds: {message: 4MB, catalog-timeout: 1s, drain: 0s}
                            """))
                    .containsExactly(
                            "nmae (line 1): is no key here; did you mean \"name\"?",
                            "servers.crm.url (line 4): is neither http nor https; write it like"
                                    + " https://crm.example/mcp",
                            "servers.crm.comand (line 5): is no key here; did you mean \"command\"?",
                            "servers.files.command (line 6): is a text; write each word by itself, like"
                                    + " [npx, -y, server]: there is no shell",
                            "servers.files.url (line 6): command and url both say where the server is; remove one of"
                                    + " them",
                            "servers.\"Bad Name\" (line 7): is no name for a server; use 1 to 32 of a-z, 0-9 and -,"
                                    + " beginning with a letter",
                            "servers.none (line 8): has neither command nor url; say where the server is by one of"
                                    + " them",
                            "servers.none.timeout (line 8): is a number; write a duration like 500ms, 30s, 5m, 2h or"
                                    + " 1d",
                            "principals.alice.keys (line 10): there is no key, so nobody can be this principal; add the"
                                    + " hash that \"mcpgate key\" prints, or name a local user in stdio, with roles of"
                                    + " its own",
                            "principals.alice.roles[0] (line 10): there is no such role; define it in roles; did you"
                                    + " mean \"support\"?",
                            "principals.bob.keys[0] (line 11): is no hash of a key; run \"mcpgate key\" and put its hash"
                                    + " (sha256:…) here, never the key itself",
                            "principals.bob.roles (line 11): is a text; write a list here, like [a, b]",
                            "roles.support.allow[0].server (line 15): there is no such server; did you mean \"crm\"?",
                            "roles.support.allow[0].tools[0] (line 15): has a wild card that does not exist; only *"
                                    + " stands for other characters",
                            "roles.support.deny[0] (line 17): names nothing; add tools, prompts, resources, templates"
                                    + " or methods, each a list like [\"search*\"] ([\"*\"] for all)",
                            "bounds.message (line 18): is no size; write a size like 512B, 64KiB, 4MiB or 1GiB",
                            "bounds.catalog-timeout (line 18): is no key here; did you mean \"catalogTimeout\"?",
                            "bounds.drain (line 18): is out of range; write more than 0 and at most 366d");
        }

        @Test
        void isToldTheSameWhereItIsJson() {
            assertThat(problemsOfJson(
                            "{\n \"anonymous\": {\"rolls\": []},\n \"listen\": {\"port\": 65536},\n \"x\": 1}"))
                    .containsExactly(
                            "anonymous.rolls (line 2): is no key here; did you mean \"roles\"?",
                            "listen.port (line 3): is out of range; write a whole number from 0 to 65535",
                            "x (line 4): is no key here; there is $schema, name, listen, servers, principals, anonymous,"
                                    + " stdio, roles, limits, audit, metrics, refusals, bounds");
        }
    }

    @Nested
    class AContradiction {
        @ParameterizedTest
        @ValueSource(strings = {"0.0.0.0", "10.1.2.3", "::", "gate.example"})
        void isAnonymousAccessFromOtherMachines(String address) {
            assertThat(problemsOfYaml("listen: {address: '" + address + "'}\nanonymous: {}"))
                    .containsExactly(
                            "anonymous (line 2): listen.address lets other machines in, and anonymous lets them"
                                    + " call without a credential; listen on 127.0.0.1, or say exposed: true here if that is"
                                    + " meant");
        }

        @ParameterizedTest
        @ValueSource(strings = {"0.0.0.0", "10.1.2.3", "::", "gate.example"})
        void areMetricsForOtherMachines(String address) {
            assertThat(problemsOfYaml("anonymous: {}\nmetrics: {address: '" + address + "'}"))
                    .containsExactly(
                            "metrics (line 2): metrics.address lets other machines in, and whoever connects sees all"
                                    + " metrics; use 127.0.0.1, or say exposed: true here if that is meant");
        }

        @Test
        void areMetricsAtThePortOfTheGate() {
            assertThat(problemsOfYaml("anonymous: {}\nmetrics: {port: 8080}"))
                    .containsExactly(
                            "metrics.port (line 2): is the port of listen; use another one, so that each can be closed"
                                    + " to whom it is not for");
        }

        @ParameterizedTest
        @ValueSource(strings = {"127.0.0.1", "127.1.2.3", "::1", "localhost"})
        void isNotAnonymousAccessFromThisMachine(String address) {
            assertThat(yaml("listen: {address: '" + address + "'}\nanonymous: {}")
                            .anonymous())
                    .isNotNull();
        }

        @Test
        void isAFileThatLetsNobodyIn() {
            assertThat(problemsOfYaml("name: x"))
                    .containsExactly("principals (line 1): nobody may call; name principals with keys, or stdio, or"
                            + " anonymous if that is meant");
        }

        @Test
        void isAKeyOfTwoPrincipals() {
            assertThat(problemsOfYaml("principals:\n  a: {keys: ['" + HASH + "']}\n  b: {keys: ['"
                            + HASH.replace("ab", "AB") + "']}"))
                    .containsExactly("principals.b.keys[0] (line 3): this key is also in principals.a.keys; make one of"
                            + " its own for each");
        }

        @Test
        void isALocalUserWithTwoSetsOfRoles() {
            assertThat(problemsOfYaml("principals: {a: {keys: ['" + HASH
                            + "']}}\nroles: {r: {}}\nstdio: {principal: a, roles: [r]}"))
                    .singleElement()
                    .asString()
                    .startsWith("stdio.roles (line 3): stdio.principal is one of the principals");
        }

        @Test
        void isALocalUserWhomNobodyKnows() {
            assertThat(problemsOfYaml("principals: {alice: {keys: ['" + HASH + "']}}\nstdio: {principal: alcie}"))
                    .containsExactly(
                            "stdio.principal (line 2): there is no such principal; name one that is defined, or"
                                    + " give this one roles here; did you mean \"alice\"?");
        }

        @Test
        void isAnAnonymousClientWhoIsSomebody() {
            assertThat(problemsOfYaml("principals: {a: {keys: ['" + HASH + "']}}\nanonymous: {principal: a}"))
                    .singleElement()
                    .asString()
                    .startsWith("anonymous.principal (line 2): a client without a credential would be one of");
        }

        @Test
        void isALimitOfToolsThatLeavesTheirCallsOut() {
            assertThat(problemsOfYaml("anonymous: {}\nlimits:\n- {name: l, per: tool, rates: [1/s],"
                            + " methods: [prompts/get]}"))
                    .singleElement()
                    .asString()
                    .startsWith("limits[0].methods (line 3): tools or per says that only tool calls count");
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "servers: {s: {url: 'https://x.example', env: {}}}",
                    "servers: {s: {command: [x], headers: {}}}",
                    "servers: {s: {command: [x], share: all, connections: 3}}",
                    "servers: {s: {command: [x], env: {A: a}, inheritEnv: [A]}}",
                    "audit: {file: a.jsonl, to: stderr}"
                })
        void namesBothOptions(String twice) {
            assertThat(problemsOfYaml("anonymous: {}\n" + twice))
                    .singleElement()
                    .asString()
                    .contains("(line 2): ")
                    .containsPattern("; remove (it from )?one");
        }
    }

    @Nested
    class AValueThatIsNone {
        @ParameterizedTest
        @ValueSource(
                strings = {
                    "name: 7",
                    "name:",
                    "name: a b",
                    "listen: []",
                    "listen: {port: 80.5}",
                    "listen: {port: '80'}",
                    "listen: {path: mcp}",
                    "listen: {path: /mcp/}",
                    "listen: {address: 'http://x'}",
                    "listen: {allowedHosts: ['*']}",
                    "listen: {allowedOrigins: ['*']}",
                    "listen: {allowedOrigins: ['https://x.example/']}",
                    "servers: {s: {command: []}}",
                    "servers: {s: {command: [1]}}",
                    "servers: {s: {command: ['']}}",
                    "servers: {s: {command: [x], inheritEnv: ['*']}}",
                    "servers: {s: {command: [x], env: {A: 1}}}",
                    "servers: {s: {command: [x], env: {'A=B': x}}}",
                    "servers: {s: {command: [x], share: none}}",
                    "servers: {s: {command: [x], connections: 0}}",
                    "servers: {s: {command: [x], timeout: 30}}",
                    "servers: {s: {command: [x], timeout: 5 m}}",
                    "servers: {s: {command: [x], timeout: -5m}}",
                    "servers: {s: {url: 'https://user:pw@x.example'}}",
                    "servers: {s: {url: 'https:///mcp'}}",
                    "servers: {s: {url: 'https://x.example/#a'}}",
                    "servers: {s: {url: 'javascript:alert(1)'}}",
                    "servers: {s: {url: 'https://x.example', headers: {'A B': x}}}",
                    "servers: {s: {url: 'https://x.example', headers: {A: \"x\\r\\nB: y\"}}}",
                    "roles: {r: {allow: [{tools: ['**']}]}}",
                    "roles: {r: {allow: [{tools: ['']}]}}",
                    "roles: {r: {allow: [{tools: search}]}}",
                    "roles: {r: {allow: {tools: [a]}}}",
                    "roles: {r: {deny: [{tools: []}]}}",
                    "roles: {r: {deny: [{server: [], tools: ['*']}]}}",
                    "roles: {r: {deny: [{prompts: [a], tools: []}]}}",
                    "roles: {r: {allow: [{prompts: []}]}}",
                    "roles: {r: {allow: [{resources: []}]}}",
                    "roles: {r: {allow: [{templates: []}]}}",
                    "roles: {r: {allow: [{methods: []}]}}",
                    "limits: [{name: a, rates: [1/s], servers: []}]",
                    "limits: [{name: a, rates: [1/s], tools: []}]",
                    "limits: [{name: a, rates: [1/s], methods: []}]",
                    "limits: [{name: a, rates: [fast]}]",
                    "limits: [{name: a, rates: [0/s]}]",
                    "limits: [{name: a, rates: []}]",
                    "limits: [{name: a}]",
                    "limits: [{rates: [1/s]}]",
                    "limits: [{name: a, rates: [1/s]}, {name: a, rates: [2/s]}]",
                    "limits: [{name: a, rates: [1/s], per: user}]",
                    "audit: {to: stdout}",
                    "audit: {file: ''}",
                    "refusals: hide",
                    "bounds: {depth: 0}",
                    "bounds: {depth: 1e3}",
                    "bounds: {message: 0B}",
                    "bounds: {message: 2GiB}",
                    "stdio: {roles: []}",
                    "anonymous: {exposed: yes}",
                })
        void isOneMistakeOnItsLine(String mistake) {
            String anonymous = mistake.startsWith("anonymous") ? "" : "anonymous: {}";
            assertThat(problemsOfYaml(anonymous + "\n" + mistake))
                    .singleElement()
                    .asString()
                    .contains("(line 2): ");
        }
    }

    @Nested
    class AListThatNamesNothing {
        @Test
        void isRefusedWhereItStandsBecauseADenyRuleWithItWouldCloseNothing() {
            assertThat(problemsOfYaml("anonymous: {}\nroles:\n  r:\n    deny:\n    - server: []\n      tools: []"))
                    .containsExactly(
                            "roles.r.deny[0].server (line 5): is an empty list; name at least one server, or leave it"
                                    + " out for all of them",
                            "roles.r.deny[0].tools (line 6): is an empty list; name at least one, or leave it out;"
                                    + " [\"*\"] is for all");
        }

        @Test
        void isRefusedWhereItStandsBecauseALimitWithItWouldCountNothing() {
            assertThat(problemsOfYaml("anonymous: {}\nlimits:\n- {name: a, rates: [1/s], servers: []}"))
                    .containsExactly("limits[0].servers (line 3): is an empty list; name at least one server, or leave"
                            + " it out for all of them");
        }

        @Test
        void isTakenWhereItMeansWhatItSays() {
            GateConfig config = yaml("""
                    listen: {allowedHosts: [], allowedOrigins: []}
                    servers: {a: {command: [x], inheritEnv: []}}
                    anonymous: {roles: []}
                    roles: {r: {allow: [], deny: []}}
                    limits: []
                    """);

            assertThat(config.roles()).containsExactly(new Role("r", List.of(), List.of()));
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
