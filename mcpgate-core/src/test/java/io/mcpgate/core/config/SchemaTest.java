package io.mcpgate.core.config;

import static io.mcpgate.core.config.Given.HASH;
import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The schema that editors use, and the parser, must not drift apart. */
class SchemaTest {
    private static final String TEXT = text();
    private static final Schema SCHEMA = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
            .getSchema(TEXT);
    private static final JsonNode DEFINITIONS =
            JsonMapper.builder().build().readTree(TEXT).get("$defs");

    private static String text() {
        try (InputStream in = GateFile.class.getResourceAsStream("gate.schema.json")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException failed) {
            throw new IllegalStateException(failed);
        }
    }

    private static boolean schemaAccepts(String yaml) {
        return SCHEMA.validate(yaml, InputFormat.YAML).isEmpty();
    }

    private static boolean parserAccepts(String yaml) {
        try {
            Given.yaml(yaml);
            return true;
        } catch (ConfigException refused) {
            return false;
        }
    }

    static Stream<Shape> shapes() {
        return Shape.ALL.stream();
    }

    @Nested
    class EachKindOfMapping {
        @ParameterizedTest
        @MethodSource("io.mcpgate.core.config.SchemaTest#shapes")
        void hasTheKeysOfItsDefinition(Shape shape) {
            assertThat(DEFINITIONS.get(shape.definition()).get("properties").propertyNames())
                    .containsExactlyElementsOf(shape.keys());
        }

        @ParameterizedTest
        @MethodSource("io.mcpgate.core.config.SchemaTest#shapes")
        void refusesOtherKeys(Shape shape) {
            assertThat(DEFINITIONS
                            .get(shape.definition())
                            .get("additionalProperties")
                            .booleanValue(true))
                    .isFalse();
        }

        @Test
        void isInTheTable() {
            List<String> mappings = new ArrayList<>();
            DEFINITIONS.forEachEntry((name, definition) -> {
                if (definition.has("properties")) {
                    mappings.add(name);
                }
            });

            assertThat(mappings)
                    .containsExactlyInAnyOrderElementsOf(
                            shapes().map(Shape::definition).toList());
        }

        @ParameterizedTest
        @MethodSource("io.mcpgate.core.config.SchemaTest#shapes")
        void explainsEachKey(Shape shape) {
            DEFINITIONS.get(shape.definition()).get("properties").forEachEntry((key, property) -> {
                JsonNode target = property.has("$ref")
                        ? DEFINITIONS.get(property.get("$ref").stringValue().substring("#/$defs/".length()))
                        : property;
                assertThat(property.has("description") || target.has("description"))
                        .as(shape.definition() + "." + key)
                        .isTrue();
            });
        }
    }

    @Nested
    class TheParser {
        /** A value that no key takes, at every key: whoever forgot to read one does not complain about it. */
        @ParameterizedTest
        @MethodSource("io.mcpgate.core.config.SchemaTest#shapes")
        void readsEachKey(Shape shape) {
            for (String key : shape.keys()) {
                String path = around(shape).formatted("\"" + key + "\": null");

                assertThat(Given.problemsOfYaml(path))
                        .as(shape.definition() + "." + key)
                        .anyMatch(problem -> problem.contains(key.equals("$schema") ? "\"$schema\"" : key)
                                && problem.contains("is empty"));
            }
        }

        private static String around(Shape shape) {
            return switch (shape.definition()) {
                case "gate" -> "{%s}";
                case "server", "principal", "role" -> shape.definition() + "s: {x: {%s}}";
                case "grant" -> "roles: {x: {allow: [{%s}]}}";
                case "limit" -> "limits: [{%s}]";
                default -> shape.definition() + ": {%s}";
            };
        }

        @Test
        void hasTheDefaultsOfTheSchema() {
            GateConfig implicit = Given.yaml("""
                    servers: {p: {command: [x]}, h: {url: "https://x.example"}}
                    stdio: {principal: me, roles: [r]}
                    roles: {r: {allow: [{tools: [a]}]}}
                    anonymous: {}
                    metrics: {}
                    limits: [{name: l, rates: [1/s]}]
                    """);

            assertThat(Given.yaml("{" + defaults("gate", "servers", "roles", "limits") + ","
                            + "\"listen\": {" + defaults("listen") + "},"
                            + "\"audit\": {" + defaults("audit") + "},"
                            + "\"metrics\": {" + defaults("metrics") + "},"
                            + "\"bounds\": {" + defaults("bounds") + "},"
                            + "\"anonymous\": {" + defaults("anonymous") + "},"
                            + "\"stdio\": {\"principal\": \"me\", \"roles\": [\"r\"]},"
                            + "\"servers\": {\"p\": {\"command\": [\"x\"], " + defaults("server", "headers") + "},"
                            + "  \"h\": {\"url\": \"https://x.example\", " + defaults("server", "env", "inheritEnv")
                            + "}},"
                            + "\"roles\": {\"r\": {\"deny\": [], \"allow\": [{" + defaults("grant", "tools")
                            + ", \"tools\": [\"a\"]}]}},"
                            + "\"limits\": [{\"name\": \"l\", \"rates\": [\"1/s\"], " + defaults("limit") + "}]}"))
                    .isEqualTo(implicit);
        }

        private static String defaults(String definition, String... without) {
            List<String> members = new ArrayList<>();
            DEFINITIONS.get(definition).get("properties").forEachEntry((key, property) -> {
                if (property.has("default") && !List.of(without).contains(key)) {
                    members.add("\"" + key + "\": " + property.get("default"));
                }
            });
            return String.join(", ", members);
        }
    }

    @Nested
    class AFile {
        @Test
        void thatSaysEverythingIsAcceptedByBoth() {
            assertThat(SCHEMA.validate(GateFileTest.EVERYTHING, InputFormat.YAML))
                    .isEmpty();
            assertThat(parserAccepts(GateFileTest.EVERYTHING)).isTrue();
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "name: x",
                    "$schema: ./gate.schema.json",
                    "listen: {address: '::1', port: 0, path: /a/b}",
                    "listen: {port: '${env:PORT}'}",
                    "listen: {allowedHosts: ['a.example:80', '[::1]:90']}",
                    "servers: {a-1: {command: [x]}, b: {url: 'http://localhost:1/mcp?x=y'}}",
                    "servers: {a: {url: 'https://x.example/@scope/mcp?to=a@b'}, b: {url: 'https://x.example?to=a@b'}}",
                    "servers: {a: {wrapped: true, timeout: 5s}}",
                    "servers: {a: {command: ['${env:TOKEN}', ''], env: {A: ''}, share: all}}",
                    "servers: {a: {url: 'https://x', headers: {A: '${env:TOKEN}'}, timeout: 1500ms, idle: 2h}}",
                    "principals: {alice@x: {keys: ['" + "sha256:"
                            + "00112233445566778899aabbccddeeff00112233445566778899AABBCCDDEEFF" + "']}}",
                    "roles: {a: {}, b: {deny: [{server: 'a*', methods: ['*']}]}}",
                    "roles: {a: {allow: [{server: [a, b], templates: ['x://{a}'], resources: ['http://x?y']}]}}",
                    "limits: [{name: a, per: global, rates: ['20 / 10s']}]",
                    "limits: [{name: a, rates: [1/s], methods: [tools/list, 'tasks/*', x/roots/list]}]",
                    "audit: {to: memory}",
                    "bounds: {message: 512B, depth: 1000, timeout: 1d}",
                    "bounds: {message: 1MiB, bodies: 1MiB}",
                })
        void thatIsRightIsAcceptedByBoth(String part) {
            String yaml = "anonymous: {exposed: true}\n" + part;
            assertThat(SCHEMA.validate(yaml, InputFormat.YAML)).isEmpty();
            assertThat(parserAccepts(yaml)).isTrue();
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "nmae: x",
                    "name: 7",
                    "name:",
                    "listen: []",
                    "listen: {prot: 1}",
                    "listen: {port: 65536}",
                    "listen: {port: '80'}",
                    "listen: {path: mcp}",
                    "listen: {allowedHosts: ['*']}",
                    "listen: {allowedOrigins: ['https://x.example/']}",
                    "servers: {A: {command: [x]}}",
                    "servers: {s: {}}",
                    "servers: {s: {wrapped: false}}",
                    "servers: {s: {wrapped: 'true'}}",
                    "servers: {s: {wrapped: true, command: [x]}}",
                    "servers: {s: {wrapped: true, url: 'https://x'}}",
                    "servers: {s: {wrapped: true, share: all}}",
                    "servers: {s: {wrapped: true, connections: 3}}",
                    "servers: {s: {wrapped: true, message: 1MiB}}",
                    "servers: {s: {wrapped: true, env: {A: a}}}",
                    "servers: {s: {command: [x], url: 'https://x'}}",
                    "servers: {s: {command: x}}",
                    "servers: {s: {command: []}}",
                    "servers: {s: {command: [1]}}",
                    "servers: {s: {command: [x], headers: {}}}",
                    "servers: {s: {url: 'https://x', cwd: /x}}",
                    "servers: {s: {url: 'ftp://x'}}",
                    "servers: {s: {url: 'https://u:p@x'}}",
                    "servers: {s: {url: 'https://u@x/@y'}}",
                    "servers: {s: {url: 'https:///@y'}}",
                    "servers: {s: {url: 'https://x/@y#z'}}",
                    "servers: {s: {command: [x], share: none}}",
                    "servers: {s: {command: [x], share: all, connections: 3}}",
                    "servers: {s: {command: [x], timeout: 30}}",
                    "servers: {s: {command: [x], timeout: 0s}}",
                    "servers: {s: {command: [x], env: {A: 1}}}",
                    "servers: {s: {command: [x], inheritEnv: ['*']}}",
                    "principals: {a: {roles: []}}",
                    "principals: {a: {keys: [abc]}}",
                    "principals: {a: {keys: []}}",
                    "stdio: {}",
                    "roles: {r: {allow: [{server: a}]}}",
                    "roles: {r: {allow: [{tools: ['a?']}]}}",
                    "roles: {r: {allow: [{tools: ['**']}]}}",
                    "roles: {r: {allow: [{tools: a}]}}",
                    "roles: {r: {alow: []}}",
                    "limits: [{name: a}]",
                    "limits: [{rates: [1/s]}]",
                    "limits: [{name: a, rates: [1/fortnight]}]",
                    "limits: [{name: a, rates: [1/s], per: user}]",
                    "limits: [{name: a, rates: [1/s], methods: [tools/call, sampling/createMessage]}]",
                    "limits: [{name: a, rates: [1/s], methods: [elicitation/create]}]",
                    "limits: [{name: a, rates: [1/s], methods: [roots/list]}]",
                    "limits: [{name: a, rates: [1/s], methods: ['sampling/*']}]",
                    "limits: [{name: a, rates: [1/s], methods: ['notifications/*']}]",
                    "audit: {file: a, to: stderr}",
                    "audit: {to: stdout}",
                    "refusals: hide",
                    "bounds: {depth: 0}",
                    "bounds: {message: 4MB}",
                    "bounds: {bodies: 64}",
                    "bounds: {drain: 10}",
                })
        @MethodSource("io.mcpgate.core.config.Given#listsThatNameNothing")
        void thatIsWrongIsRefusedByBoth(String part) {
            String yaml = "anonymous: {}\n" + part;
            assertThat(schemaAccepts(yaml)).isFalse();
            assertThat(parserAccepts(yaml)).isFalse();
        }
    }

    @Test
    void hashesOfTestsAreHashes() {
        assertThat(schemaAccepts("principals: {a: {keys: ['" + HASH + "']}}")).isTrue();
    }
}
