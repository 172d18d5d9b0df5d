package io.mcpgate.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.mcpgate.core.config.GateConfig;
import io.mcpgate.core.config.GateFile;
import io.mcpgate.core.config.ReloadingGate;
import io.mcpgate.core.identity.ApiKeys;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class CliTest {
    private static final String HASH = "sha256:" + "ab".repeat(32);

    @TempDir
    Path directory;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... args) {
        return Main.commandLine(args)
                .setColorScheme(CommandLine.Help.defaultColorScheme(CommandLine.Help.Ansi.OFF))
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(args);
    }

    private String file(String yaml) throws IOException {
        return Files.writeString(directory.resolve("gate.yaml"), yaml).toString();
    }

    @Nested
    class Help {
        @ParameterizedTest
        @ValueSource(strings = {"serve", "wrap", "check", "tools", "key"})
        void teachesWithAnExampleAndExitCodes(String command) {
            assertThat(run(command, "--help")).isZero();
            assertThat(out.toString())
                    .contains("Usage: mcpgate " + command)
                    .contains("Example", "  mcpgate " + command)
                    .contains("Exit codes:", "  0   ", "  1   ", "  2   ");
        }

        @Test
        void listsTheCommands() {
            assertThat(run("--help")).isZero();
            assertThat(out.toString()).contains("serve", "wrap", "check", "tools", "key", "Exit codes:");
        }

        @Test
        void saysTheVersion() {
            assertThat(run("--version")).isZero();
            assertThat(out.toString()).startsWith("mcpgate ");
        }
    }

    @Nested
    class ACommandLineThatMakesNoSense {
        @ParameterizedTest
        @ValueSource(
                strings = {
                    "",
                    "sevre",
                    "serve",
                    "serve --config nowhere.yaml",
                    "serve --port 1",
                    "check",
                    "tools --config x.yaml",
                    "wrap",
                    "wrap --allow-all",
                    "wrap --allow-all --config x.yaml -- y",
                    "wrap --allow-all --inherit-env A",
                    "wrap --allow-all --server No -- y"
                })
        void endsWithTwoAndAHint(String line) {
            assertThat(run(line.isEmpty() ? new String[0] : line.split(" "))).isEqualTo(2);
            assertThat(err.toString())
                    .startsWith("mcpgate: ")
                    .contains("--help\"")
                    .doesNotContain("Exception", "\tat ");
            assertThat(out.toString()).isEmpty();
        }

        @Test
        void isNeverReadFromAFile() throws IOException {
            Path words = Files.writeString(directory.resolve("words"), "key");

            assertThat(run("@" + words)).isEqualTo(2);
            assertThat(out.toString()).isEmpty();
        }

        @Test
        void namesBothPlacesOfAServer() throws IOException {
            String file = file("stdio: {principal: me, roles: [r]}\nroles: {r: {}}\nservers: {a: {command: [a]}}");

            assertThat(run("wrap", "--config", file, "--", "b")).isEqualTo(2);
            assertThat(err.toString())
                    .contains("The configuration has servers, and there is a command after \"--\"; remove one of them");
        }

        @Test
        void namesTheServersThatThereAre() throws IOException {
            String file = file("stdio: {principal: me, roles: [r]}\nroles: {r: {}}\nservers: {a: {command: [a]}}");

            assertThat(run("wrap", "--config", file, "--server", "b")).isEqualTo(2);
            assertThat(err.toString()).contains("has no server \"b\"; it has a");
        }
    }

    @Nested
    class Checking {
        @Test
        void saysWhatIsWrongInFileOrder() throws IOException {
            assertThat(run("check", "--config", file("nmae: x\nanonymous: {}\nlisten: {port: x}")))
                    .isEqualTo(2);
            assertThat(err.toString().lines())
                    .containsExactly(
                            "mcpgate: nmae (line 1): is no key here; did you mean \"name\"?",
                            "mcpgate: listen.port (line 3): is a text; write a whole number from 0 to 65535");
            assertThat(out.toString()).isEmpty();
        }

        @Test
        void saysWhatItMeans() throws IOException {
            String file = file("""
                    servers:
                      crm: {url: "https://crm.example/mcp", headers: {Authorization: "Bearer ${env:PATH}"}}
                      files: {command: [npx, "--key=${env:PATH}"], env: {A: "${env:PATH}"}}
                    principals: {alice: {keys: ["%s"], roles: [support]}}
                    stdio: {principal: me, roles: [none]}
                    anonymous: {principal: guest, roles: [support]}
                    roles:
                      support: {allow: [{server: crm, tools: ["search*", find]}], deny: [{methods: [x/y]}]}
                      none: {}
                    limits: [{name: few, rates: [1/s]}]
                    """.formatted(HASH));

            assertThat(run("check", "--config", file)).isZero();
            assertThat(out.toString())
                    .contains("gate.yaml is right.")
                    .contains("Gateway[mcpgate: Record → Bound → Identify → ")
                    .contains("crm: https://crm.example/mcp", "files: npx --key=${env:PATH}")
                    .contains("alice (1 key):", "  may      on crm: tools search*, find  (support)")
                    .contains("  must not on any server: methods x/y  (support)")
                    .contains("  limit few: 1 in 1s per principal")
                    .contains("guest (whoever shows no credential):", "me (local user):", "may do nothing")
                    .doesNotContain(System.getenv("PATH"));
            assertThat(err.toString()).isEmpty();
        }

        @Test
        void findsWhatOnlyATransportKnows() throws IOException {
            String file = file("anonymous: {}\nservers: {a: {url: 'http://x.example', headers: {Host: y}}}");

            assertThat(run("check", "--config", file)).isEqualTo(2);
            assertThat(err.toString()).startsWith("mcpgate: servers.a: The header host is the transport's own");
        }

        @Test
        void isAlsoForTheFileOfAnApplication() throws IOException {
            String file = file("anonymous: {}\nservers: {a: {command: [x]}, own: {wrapped: true, timeout: 5s}}");

            assertThat(run("check", "--config", file)).isZero();
            assertThat(out.toString()).contains("gate.yaml is right.", "own: wrapped by the host");
        }

        @Test
        void leavesNoFileBehind() throws IOException {
            String file = file("anonymous: {}\nservers: {a: {command: [x]}}\naudit: {file: audit.jsonl}");

            assertThat(run("check", "--config", file)).isZero();
            assertThat(directory.resolve("audit.jsonl")).doesNotExist();
        }

        @Test
        void missesTheDirectoryOfTheAuditFile() throws IOException {
            assertThat(run("check", "--config", file("anonymous: {}\naudit: {file: none/audit.jsonl}")))
                    .isEqualTo(2);
            assertThat(err.toString()).startsWith("mcpgate: audit.file: its directory does not exist");
        }
    }

    @Nested
    class MakingAKey {
        @Test
        void printsItWithItsHash() {
            assertThat(run("key")).isZero();

            String key = line("key:  ");
            assertThat(line("hash: ")).isEqualTo(ApiKeys.hash(key));
            assertThat(out.toString()).contains("Authorization: Bearer", "principals:");
        }

        private String line(String prefix) {
            return out.toString()
                    .lines()
                    .filter(line -> line.startsWith(prefix))
                    .findFirst()
                    .orElseThrow()
                    .substring(prefix.length());
        }
    }

    @Nested
    class ListingWhatAPrincipalSees {
        @Test
        void connectsAndPrintsATable() throws IOException {
            String file = file("""
                    servers: {tiny: {command: %s}}
                    stdio: {principal: me, roles: [reader]}
                    roles: {reader: {allow: [{tools: [search]}]}}
                    audit: {to: memory}
                    """.formatted(TinyServer.yaml()));

            assertThat(run("tools", "--config", file, "--as", "me")).isZero();
            assertThat(out.toString().lines())
                    .containsExactly(
                            "SERVER  KIND  NAME    DESCRIPTION", "tiny    tool  search  does search [31mred next line");
        }

        @Test
        void goesOnWithTheOtherServersIfOneFails() throws IOException {
            String file = file("""
                    servers: {gone: {command: [/nowhere/at/all]}, tiny: {command: %s}}
                    stdio: {principal: me, roles: [reader]}
                    roles: {reader: {allow: [{tools: [search]}]}}
                    audit: {to: memory}
                    """.formatted(TinyServer.yaml()));

            assertThat(run("tools", "--config", file, "--as", "me")).isEqualTo(1);
            assertThat(err.toString()).startsWith("mcpgate: gone: ");
            assertThat(out.toString()).contains("search");
        }

        @Test
        void takesAsLargeAMessageOfAServerAsTheFileSays() throws IOException {
            String file = file("""
                    servers:
                      usual: {command: %1$s, env: {TINY_PADDING: '2000'}}
                      short: {command: %1$s, env: {TINY_PADDING: '2000'}, message: 2KiB}
                    stdio: {principal: me, roles: [reader]}
                    roles: {reader: {allow: [{tools: [search]}]}}
                    audit: {to: memory}
                    """.formatted(TinyServer.yaml()));

            assertThat(run("tools", "--config", file, "--as", "me")).isEqualTo(1);
            assertThat(err.toString()).startsWith("mcpgate: short: ").contains("longer than the gateway takes");
            assertThat(out.toString()).contains("usual").doesNotContain("short");
        }

        @Test
        void saysWhichServersThePrincipalMayNotUseAtAll() throws IOException {
            String file = file("""
                    servers: {closed: {command: %1$s}, tiny: {command: %1$s}}
                    stdio: {principal: me, roles: [reader]}
                    roles: {reader: {allow: [{server: tiny, tools: [search]}]}}
                    audit: {to: memory}
                    """.formatted(TinyServer.yaml()));

            assertThat(run("tools", "--config", file, "--as", "me")).isZero();
            assertThat(err.toString()).startsWith("mcpgate: closed: me may use nothing here");
            assertThat(out.toString()).contains("search").doesNotContain("closed");
        }

        @Test
        void needsAKnownPrincipal() throws IOException {
            assertThat(run("tools", "--config", file("anonymous: {}\nservers: {a: {command: [x]}}"), "--as", "bob"))
                    .isEqualTo(2);
            assertThat(err.toString()).contains("--as: the configuration knows no \"bob\"");
        }
    }

    @Nested
    class Serving {
        @Test
        void needsSomebodyWhoMayCall() throws IOException {
            String file = file("stdio: {principal: me, roles: [r]}\nroles: {r: {}}\nservers: {a: {command: [x]}}");

            assertThat(run("serve", "--config", file)).isEqualTo(2);
            assertThat(err.toString()).startsWith("mcpgate: principals: nobody may call over HTTP");
        }

        @ParameterizedTest
        @ValueSource(strings = {"serve", "wrap", "tools --as me"})
        void needsServersThatItCanReachItself(String line) throws IOException {
            String file = file("anonymous: {}\nstdio: {principal: me, roles: [r]}\nroles: {r: {}}\n"
                    + "servers: {a: {command: [x]}, own: {wrapped: true}}");

            assertThat(run((line + " --config " + file).split(" "))).isEqualTo(2);
            assertThat(err.toString())
                    .startsWith("mcpgate: servers.own: is for an application that wraps its own transports");
        }

        @Test
        void takesOverNoFileWithServersThatItCannotReachItself() throws IOException {
            String servers = "anonymous: {}\naudit: {to: memory}\nservers: {a: {command: [x]}";
            Path path = Path.of(file(servers + "}"));
            Serve serve = new Serve();
            new CommandLine(serve).parseArgs("--config", path.toString());
            GateConfig config = GateFile.read(path);
            try (Transports transports = new Transports();
                    ReloadingGate gate = ReloadingGate.open(config, transports.factories())) {
                serve.reload((servers + ", own: {wrapped: true}}").getBytes(StandardCharsets.UTF_8), gate);
                assertThat(gate.config()).isEqualTo(config);

                serve.reload((servers + ", b: {command: [x]}}").getBytes(StandardCharsets.UTF_8), gate);
                assertThat(gate.config().server("b")).isPresent();
            }
        }

        @ParameterizedTest
        @ValueSource(strings = {"bodies: 16MiB", "drain: 3s"})
        void takesOverNoOtherBoundThatItsServerKeepsFromTheStart(String bound) throws IOException {
            String rest = "anonymous: {}\naudit: {to: memory}\nservers: {a: {command: [x]}}\n";
            Path path = Path.of(file(rest));
            Serve serve = new Serve();
            new CommandLine(serve).parseArgs("--config", path.toString());
            GateConfig config = GateFile.read(path);
            try (Transports transports = new Transports();
                    ReloadingGate gate = ReloadingGate.open(config, transports.factories())) {
                serve.reload((rest + "bounds: {" + bound + "}").getBytes(StandardCharsets.UTF_8), gate);
                assertThat(gate.config()).isEqualTo(config);
            }
        }

        @Test
        void needsAFreePort() throws IOException {
            try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                String file = file("anonymous: {}\nservers: {a: {command: [x]}}\nlisten: {port: " + taken.getLocalPort()
                        + "}\naudit: {to: memory}");

                assertThat(run("serve", "--config", file)).isEqualTo(1);
                assertThat(err.toString()).startsWith("mcpgate: ").doesNotContain("\tat ");
            }
        }
    }
}
