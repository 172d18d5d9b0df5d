package io.mcpgate.core.config;

import static io.mcpgate.core.config.Given.HASH;
import static io.mcpgate.core.config.Given.problemsOfJson;
import static io.mcpgate.core.config.Given.problemsOfYaml;
import static io.mcpgate.core.config.Given.yaml;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mcpgate.core.policy.Role;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is wrong in a file, and what is said about it: all at once, each with its place and what to do. */
class GateFileMistakesTest {
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
        @ValueSource(
                strings = {
                    "gate.example",
                    "gate.example:8443",
                    "localhost.example",
                    "10.1.2.3",
                    "[2001:db8::1]",
                    "[2001:db8::1]:443"
                })
        void isAnonymousAccessFromOtherMachinesByAProxy(String host) {
            assertThat(problemsOfYaml("listen: {allowedHosts: [localhost, '" + host + "']}\nanonymous: {}"))
                    .containsExactly(
                            "anonymous (line 2): listen.allowedHosts has a name by which other machines come in, e.g. by a"
                                    + " proxy, and anonymous lets them call without a credential; remove that name, or say"
                                    + " exposed: true here if that is meant");
        }

        @Test
        void isNotAnonymousAccessByAProxyThatIsMeant() {
            assertThat(yaml("listen: {allowedHosts: [gate.example]}\nanonymous: {exposed: true}")
                            .anonymous())
                    .isNotNull();
        }

        @ParameterizedTest
        @ValueSource(strings = {"localhost", "LocalHost:8080", "127.0.0.1", "127.0.0.1:80", "[::1]", "[::1]:90"})
        void isNotAnonymousAccessByANameOfThisMachine(String host) {
            assertThat(yaml("listen: {allowedHosts: ['" + host + "']}\nanonymous: {}")
                            .anonymous())
                    .isNotNull();
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
        void isAMessageInWhichAServerCanSayNothing() {
            assertThat(problemsOfYaml("anonymous: {}\nservers: {s: {command: [x], message: 1023B}}"))
                    .containsExactly(
                            "servers.s.message (line 2): is less than a server needs to say anything; write at least 1KiB");
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
    class AServerThatIsNotThere {
        @ParameterizedTest
        @ValueSource(strings = {"crn", "crn*", "*crn"})
        void isNoticedInRulesAndLimitsAsTheyWouldMeetNoCall(String pattern) {
            assertThat(problemsOfYaml("""
                            anonymous: {}
                            servers: {crm: {command: [x]}}
                            roles:
                              r:
                                allow: [{server: '%1$s', tools: [a]}]
                                deny: [{server: [crm, '%1$s'], tools: [b]}]
                            limits: [{name: l, rates: [1/s], servers: ['%1$s']}]
                            """.formatted(pattern)))
                    .containsExactly(
                            "roles.r.allow[0].server (line 5): there is no such server; did you mean \"crm\"?",
                            "roles.r.deny[0].server (line 6): there is no such server; did you mean \"crm\"?",
                            "limits[0].servers (line 7): there is no such server; did you mean \"crm\"?");
        }

        @Test
        void isNoticedWhereTheOnlyServerComesFromTheCommandLine() {
            GateConfig config = yaml("anonymous: {}\nroles: {r: {deny: [{server: 'files*', tools: ['*']}]}}");
            ServerConfig wrapped = ServerConfig.of("server", Destination.Process.of("x"));

            assertThatThrownBy(() -> config.withServer(wrapped))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining("roles.r.deny[0].server: there is no such server; there is server");
        }

        @ParameterizedTest
        @ValueSource(strings = {"*", "c*", "*m", "c*m", "crm*"})
        void isNotOneThatAPatternMatches(String pattern) {
            assertThat(yaml("anonymous: {}\nservers: {crm: {command: [x]}}\n" + "roles: {r: {deny: [{server: '"
                                    + pattern + "', tools: [b]}]}}")
                            .roles())
                    .hasSize(1);
        }
    }

    @Nested
    class ANameOfTheCatalog {
        private static final String SERVERS = "anonymous: {}\nservers: {crm: {command: [x]}, git: {command: [x]}}\n";

        @Test
        void isRefusedBecauseRulesUseTheServersOwn() {
            assertThat(problemsOfYaml(SERVERS + "roles: {r: {deny: [{tools: [a, 'crm__delete_*']}]}}"))
                    .containsExactly(
                            "roles.r.deny[0].tools[1] (line 3): has \"crm__\" in front, as in the merged catalog,"
                                    + " and rules use a server's own names; leave \"crm__\" out and say server: [crm], or write *"
                                    + " before it if the server's own names begin so");
        }

        @Test
        void isRefusedInALimit() {
            assertThat(problemsOfYaml(SERVERS + "limits: [{name: l, rates: [1/s], tools: [crm__search]}]"))
                    .containsExactly(
                            "limits[0].tools[0] (line 3): has \"crm__\" in front, as in the merged catalog, and"
                                    + " rules use a server's own names; leave \"crm__\" out and say servers: [crm], or write *"
                                    + " before it if the server's own names begin so");
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "tools: ['crm__*']",
                    "prompts: [crm__greet]",
                    "resources: ['crm+file:///*']",
                    "resources: ['ui://crm+view']",
                    "templates: ['crm+file:///{path}']",
                    "server: crm, tools: ['crm__*']",
                    "server: git, resources: ['git+https://*']"
                })
        void isRefusedWhateverItNamesAndWhateverServerTheRuleIsFor(String names) {
            for (String list : List.of("allow", "deny")) {
                assertThat(problemsOfYaml(SERVERS + "roles: {r: {" + list + ": [{" + names + "}]}}"))
                        .singleElement()
                        .asString()
                        .startsWith("roles.r." + list + "[0].")
                        .contains("(line 3): has \"", "in front, as in the merged catalog");
            }
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "tools: ['*crm__delete', crm_delete, crm, 'crm*', other__delete]",
                    "prompts: ['crm+greet']",
                    "server: git, resources: ['*git+https://*', 'svn+ssh://*', 'crm://*', 'ui://*crm+view', crm__x]",
                    "methods: [crm__extension]"
                })
        void isNotWhatOnlyLooksLikeOne(String names) {
            assertThat(yaml(SERVERS + "roles: {r: {deny: [{" + names + "}]}}").roles())
                    .hasSize(1);
        }
    }

    @Nested
    class ALimitOfWhatIsNoRequestOfAClient {
        @ParameterizedTest
        @ValueSource(
                strings = {
                    "sampling/createMessage",
                    "sampling/*",
                    "elicitation/create",
                    "roots/list",
                    "notifications/progress",
                    "notifications/*"
                })
        void isRefusedBecauseItWouldNeverCount(String method) {
            assertThat(problemsOfYaml("anonymous: {}\nlimits:\n- {name: l, rates: [5/h], methods: [tools/call, '"
                            + method + "']}"))
                    .containsExactly(
                            "limits[0].methods[1] (line 3): never counts: limits count requests of clients, not what"
                                    + " servers ask of them, nor notifications; remove it, and close it by a deny rule with"
                                    + " methods if nobody may do it");
        }

        @Test
        void isNotOneOfOtherMethodsNorOneOfAll() {
            assertThat(yaml("anonymous: {}\nlimits: [{name: l, rates: [5/h], methods: [tools/list, x/y, '*']}]")
                            .limits())
                    .hasSize(1);
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
                    "bounds: {bodies: 0B}",
                    "bounds: {bodies: 3MiB}",
                    "bounds: {message: 2MiB, bodies: 1MiB}",
                    "stdio: {roles: []}",
                    "anonymous: {exposed: yes}",
                })
        @MethodSource("io.mcpgate.core.config.Given#listsThatNameNothing")
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
}
