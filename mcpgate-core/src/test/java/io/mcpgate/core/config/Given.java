package io.mcpgate.core.config;

import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Configurations for tests. */
final class Given {
    static final String HASH = "sha256:" + "ab".repeat(32);
    static final Map<String, String> ENVIRONMENT =
            Map.of("TOKEN", "s3cr3t-t0k3n", "PORT", "9090", "EVIL", "${env:TOKEN}", "ROLE", "s3cr3t-r0l3");

    private Given() {}

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
