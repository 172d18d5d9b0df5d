package io.mcpgate.examples.tap;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.mcpgate.examples.interop.NodeFixtures;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;

/** The specification's own JSON Schemas, one for each revision, and which definition in them a message must meet. */
public final class Schemas {
    private static final Path DIRECTORY = NodeFixtures.moduleDirectory()
            .resolve("../../shared/data/mcp-schema")
            .normalize();
    private static final Map<String, String> EMPTY_RESULTS = Map.of(
            "ping", "EmptyResult",
            "logging/setLevel", "EmptyResult",
            "resources/subscribe", "EmptyResult",
            "resources/unsubscribe", "EmptyResult");

    private final Map<String, Revision> revisions = new HashMap<>();

    /** Whether they are there. */
    static boolean areThere() {
        return Files.isDirectory(DIRECTORY);
    }

    /** Skips the calling test, and says why, where the schemas are not. */
    public static void assume() {
        Assumptions.assumeTrue(areThere(), () -> "The specification's schemas are not at " + DIRECTORY + "; skipped");
    }

    /** What is wrong with a message, each thing in a line; empty if nothing is, and where there are no schemas. */
    List<String> problems(Spoken spoken) {
        if (!areThere()) {
            return List.of();
        }
        Revision revision = revisions.computeIfAbsent(spoken.revision(), Revision::new);
        List<String> problems = new ArrayList<>();
        for (String definition : revision.definitions(spoken)) {
            JsonNode subject = definition.endsWith("Result") ? spoken.message().path("result") : identified(spoken);
            for (Error error : revision.schema(definition).validate(subject.toString(), InputFormat.JSON)) {
                problems.add(definition + " " + error);
            }
        }
        return problems;
    }

    /**
     * JSON-RPC 2.0 has null for the id of what could not be read, and so has the reference implementation; of the schemas the
     * earlier want an id that nobody knows, and the later none. When null may stand there, {@link HttpRules} says.
     */
    private static JsonNode identified(Spoken spoken) {
        if (!spoken.message().has("error") || !spoken.message().path("id").isNull()) {
            return spoken.message();
        }
        return ((ObjectNode) spoken.message().deepCopy()).put("id", 0);
    }

    /** The definitions of one revision. */
    private static final class Revision {
        private final ObjectNode document;
        private final String definitionsMember;
        private final SchemaRegistry registry;
        private final Map<String, String> byMethod = new HashMap<>(); // requests and notifications
        private final Map<String, Schema> schemas = new HashMap<>(); // by definition

        Revision(String name) {
            Path file = DIRECTORY.resolve(name).resolve("schema.json");
            try {
                document = (ObjectNode) Json.read(Files.readString(file));
            } catch (IOException missing) {
                throw new UncheckedIOException("Not a released revision: " + name, missing);
            }
            boolean draft7 = document.has("definitions");
            definitionsMember = draft7 ? "definitions" : "$defs";
            registry = SchemaRegistry.withDefaultDialect(
                    draft7 ? SpecificationVersion.DRAFT_7 : SpecificationVersion.DRAFT_2020_12);
            document.path(definitionsMember).properties().forEach(each -> {
                String method = each.getValue().at("/properties/method/const").asText();
                if (!method.isEmpty()) {
                    byMethod.put(method, each.getKey());
                }
            });
        }

        /** The envelope's, and the method's own if the revision knows the method. */
        List<String> definitions(Spoken spoken) {
            JsonNode message = spoken.message();
            String own = byMethod.get(spoken.method());
            List<String> definitions = new ArrayList<>();
            if (message.has("method")) {
                definitions.add(message.has("id") ? "JSONRPCRequest" : "JSONRPCNotification");
                if (own != null) {
                    definitions.add(own);
                }
            } else if (message.has("error")) {
                definitions.add(oneOf("JSONRPCErrorResponse", "JSONRPCError"));
                String special = specialError(message.at("/error/code").asInt());
                if (has(special)) {
                    definitions.add(special);
                }
            } else {
                definitions.add(oneOf("JSONRPCResultResponse", "JSONRPCResponse"));
                if (own != null) {
                    definitions.add(result(spoken, own));
                }
            }
            return definitions;
        }

        private String result(Spoken spoken, String request) {
            if (spoken.message().at("/result/resultType").asText().equals("input_required")) {
                return "InputRequiredResult";
            }
            if (spoken.message().path("result").has("task") || isTask(spoken)) {
                return has("CreateTaskResult") ? "CreateTaskResult" : "Result"; // later, they are of an extension
            }
            return EMPTY_RESULTS.getOrDefault(spoken.method(), request.replaceAll("Request$", "Result"));
        }

        private static boolean isTask(Spoken spoken) {
            return spoken.message().at("/result/resultType").asText().equals("task");
        }

        private static String specialError(int code) {
            return switch (code) {
                case -32020 -> "HeaderMismatchError";
                case -32021 -> "MissingRequiredClientCapabilityError";
                case -32022 -> "UnsupportedProtocolVersionError";
                default -> "";
            };
        }

        private String oneOf(String newer, String older) {
            return has(newer) ? newer : older;
        }

        private boolean has(String definition) {
            return document.path(definitionsMember).has(definition);
        }

        Schema schema(String definition) {
            return schemas.computeIfAbsent(definition, name -> {
                Map<String, Object> root = new LinkedHashMap<>();
                root.put("$schema", document.path("$schema"));
                root.put("$ref", "#/" + definitionsMember + "/" + name);
                root.put(definitionsMember, document.path(definitionsMember));
                return registry.getSchema(Json.write(root));
            });
        }
    }
}
