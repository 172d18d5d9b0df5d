package io.mcpgate.core.config;

import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Configurations for tests. */
final class Given {
    static final String HASH = "sha256:" + "ab".repeat(32);
    static final Map<String, String> ENVIRONMENT =
            Map.of("TOKEN", "s3cr3t-t0k3n", "PORT", "9090", "EVIL", "${env:TOKEN}", "ROLE", "s3cr3t-r0l3");

    private Given() {}

    /** Parts of a file in which a list means nothing because it is empty. */
    static Stream<String> listsThatNameNothing() {
        return Stream.of(
                "roles: {r: {deny: [{tools: []}]}}",
                "roles: {r: {deny: [{server: [], tools: ['*']}]}}",
                "roles: {r: {deny: [{prompts: [a], tools: []}]}}",
                "roles: {r: {allow: [{prompts: []}]}}",
                "roles: {r: {allow: [{resources: []}]}}",
                "roles: {r: {allow: [{templates: []}]}}",
                "roles: {r: {allow: [{methods: []}]}}",
                "limits: [{name: a, rates: [1/s], servers: []}]",
                "limits: [{name: a, rates: [1/s], tools: []}]",
                "limits: [{name: a, rates: [1/s], methods: []}]");
    }

    static GateConfig yaml(String text) {
        return GateFile.parse(text.getBytes(StandardCharsets.UTF_8), Path.of("/etc/gate/gate.yaml"), ENVIRONMENT);
    }

    static GateConfig json(String text) {
        return GateFile.parse(text.getBytes(StandardCharsets.UTF_8), Path.of("/etc/gate/gate.json"), ENVIRONMENT);
    }

    static List<String> problemsOfYaml(String text) {
        return catchThrowableOfType(ConfigException.class, () -> yaml(text)).problems().stream()
                .map(ConfigProblem::toString)
                .toList();
    }

    static List<String> problemsOfJson(String text) {
        return catchThrowableOfType(ConfigException.class, () -> json(text)).problems().stream()
                .map(ConfigProblem::toString)
                .toList();
    }
}
