package io.mcpgate.examples.interop;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.mcpgate.core.config.GateFile;
import io.mcpgate.core.config.ReloadingGate;
import io.mcpgate.core.identity.ApiKeys;
import io.mcpgate.examples.cli.Transports;
import io.mcpgate.examples.tap.WireTap;
import io.mcpgate.http.endpoint.McpEndpoint;
import io.mcpgate.http.vertx.VertxServer;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A gate of a configuration in a text, served on a free port, as {@code mcpgate serve} would. A {@link WireTap} stands before it
 * and before each of its servers; when it is closed it fails if the gate has said anything that is not valid.
 */
public final class GateFixture implements AutoCloseable {
    private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

    private final Map<String, String> keys = new HashMap<>();
    private final WireTap wire = new WireTap();
    private final Transports transports = new Transports();
    private final ReloadingGate gate;
    private final VertxServer server;
    private final URI clients;

    private GateFixture(String yaml, List<String> principals) {
        Map<String, String> environment = new HashMap<>();
        SecureRandom random = new SecureRandom();
        for (String principal : principals) {
            String key = ApiKeys.generate(random);
            keys.put(principal, key);
            environment.put("HASH_" + principal.toUpperCase(Locale.ROOT), ApiKeys.hash(key));
        }
        this.gate = ReloadingGate.open(
                GateFile.parse(tapped(yaml).getBytes(StandardCharsets.UTF_8), Path.of("gate.yaml"), environment),
                transports.factories());
        this.server = VertxServer.of(McpEndpoint.over(gate).build()).port(0).build();
        server.start().toCompletableFuture().join();
        this.clients = wire.clients(URI.create("http://127.0.0.1:" + server.port() + "/"));
    }

    /** With each server behind the tap; what cannot be started stays what it is. */
    private String tapped(String yaml) {
        try {
            JsonNode file = YAML.readTree(yaml);
            file.path("servers").properties().forEach(server -> {
                ObjectNode settings = (ObjectNode) server.getValue();
                if (settings.has("url")) {
                    URI url = URI.create(settings.path("url").asText());
                    settings.put("url", wire.server(server.getKey(), url).toString());
                } else if (Files.isExecutable(Path.of(settings.at("/command/0").asText()))) {
                    List<String> command = YAML.convertValue(settings.path("command"), new TypeReference<>() {});
                    settings.set("command", YAML.valueToTree(wire.child(server.getKey(), command)));
                }
            });
            return YAML.writeValueAsString(file);
        } catch (JsonProcessingException noYaml) {
            throw new IllegalArgumentException(noYaml);
        }
    }

    /** Serves the configuration; it refers to the hash of each principal's key as {@code ${env:HASH_NAME}}. */
    public static GateFixture open(String yaml, String... principals) {
        return new GateFixture(yaml, List.of(principals));
    }

    /** A list as YAML and JSON write it. */
    public static String list(List<String> words) {
        try {
            return new ObjectMapper().writeValueAsString(words);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** The base, without a path. */
    public String base() {
        return "http://127.0.0.1:" + clients.getPort();
    }

    /** Where a governed server is; an empty name stands for the merged catalog. */
    public URI uri(String name) {
        return URI.create(base() + (name.isEmpty() ? "/mcp" : "/mcp/" + name));
    }

    /** The API key of a principal. */
    public String key(String principal) {
        return keys.get(principal);
    }

    /** The gate itself. */
    public ReloadingGate gate() {
        return gate;
    }

    /** What is on the wire before and behind it. */
    public WireTap wire() {
        return wire;
    }

    @Override
    public void close() {
        Closing.all(server, gate, transports, wire);
    }
}
