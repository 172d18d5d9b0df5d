package io.mcpgate.examples.conformance;

import io.modelcontextprotocol.server.McpServer.SyncSpecification;
import io.modelcontextprotocol.server.McpServerFeatures.SyncCompletionSpecification;
import io.modelcontextprotocol.server.McpServerFeatures.SyncPromptSpecification;
import io.modelcontextprotocol.server.McpServerFeatures.SyncResourceSpecification;
import io.modelcontextprotocol.server.McpServerFeatures.SyncResourceTemplateSpecification;
import io.modelcontextprotocol.server.McpSyncServer;
import io.modelcontextprotocol.server.McpSyncServerExchange;
import io.modelcontextprotocol.spec.McpSchema.AudioContent;
import io.modelcontextprotocol.spec.McpSchema.BlobResourceContents;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.CompleteResult;
import io.modelcontextprotocol.spec.McpSchema.CompleteResult.CompleteCompletion;
import io.modelcontextprotocol.spec.McpSchema.Content;
import io.modelcontextprotocol.spec.McpSchema.CreateMessageRequest;
import io.modelcontextprotocol.spec.McpSchema.ElicitFormRequest;
import io.modelcontextprotocol.spec.McpSchema.EmbeddedResource;
import io.modelcontextprotocol.spec.McpSchema.GetPromptRequest;
import io.modelcontextprotocol.spec.McpSchema.GetPromptResult;
import io.modelcontextprotocol.spec.McpSchema.ImageContent;
import io.modelcontextprotocol.spec.McpSchema.LoggingLevel;
import io.modelcontextprotocol.spec.McpSchema.LoggingMessageNotification;
import io.modelcontextprotocol.spec.McpSchema.ProgressNotification;
import io.modelcontextprotocol.spec.McpSchema.Prompt;
import io.modelcontextprotocol.spec.McpSchema.PromptArgument;
import io.modelcontextprotocol.spec.McpSchema.PromptMessage;
import io.modelcontextprotocol.spec.McpSchema.PromptReference;
import io.modelcontextprotocol.spec.McpSchema.ReadResourceResult;
import io.modelcontextprotocol.spec.McpSchema.Resource;
import io.modelcontextprotocol.spec.McpSchema.ResourceContents;
import io.modelcontextprotocol.spec.McpSchema.ResourceTemplate;
import io.modelcontextprotocol.spec.McpSchema.Role;
import io.modelcontextprotocol.spec.McpSchema.SamplingMessage;
import io.modelcontextprotocol.spec.McpSchema.ServerCapabilities;
import io.modelcontextprotocol.spec.McpSchema.TextContent;
import io.modelcontextprotocol.spec.McpSchema.TextResourceContents;
import io.modelcontextprotocol.spec.McpSchema.Tool;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Stream;

/** What the server scenarios of 2025-11-25 ask for, by the official Java SDK, on whatever transport. */
final class SdkConformanceServer {
    private static final String PNG =
            "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==";
    private static final String WAV = "UklGRiQAAABXQVZFZm10IBAAAAABAAEAQB8AAEAfAAABAAgAZGF0YQAAAAA=";
    private static final List<String> PLACES = List.of("paris", "park", "party");

    private SdkConformanceServer() {}

    static McpSyncServer build(SyncSpecification<?> specification) {
        specification
                .serverInfo("sdk-conformance-server", "1")
                .capabilities(ServerCapabilities.builder()
                        .tools(true)
                        .prompts(true)
                        .resources(true, true)
                        .completions()
                        .logging()
                        .build());
        addTools(specification);
        addAskingTools(specification);
        addPrompts(specification);
        addResources(specification);
        return specification.build();
    }

    // --- tools

    private static void addTools(SyncSpecification<?> specification) {
        specification
                .toolCall(tool("test_simple_text"), always(text("This is a simple text response for testing.")))
                .toolCall(tool("test_image_content"), always(image()))
                .toolCall(
                        tool("test_audio_content"),
                        always(AudioContent.builder(WAV, "audio/wav").build()))
                .toolCall(
                        tool("test_embedded_resource"),
                        always(embedded(
                                "test://embedded-resource", "text/plain", "This is an embedded resource content.")))
                .toolCall(
                        tool("test_multiple_content_types"),
                        always(
                                text("Multiple content types test:"),
                                image(),
                                embedded(
                                        "test://mixed-content-resource",
                                        "application/json",
                                        "{\"test\":\"data\",\"value\":123}")))
                .toolCall(
                        tool("test_error_handling"),
                        (exchange, call) -> CallToolResult.builder(
                                        List.of(text("This tool intentionally returns an error for testing")))
                                .isError(true)
                                .build())
                .toolCall(tool("test_tool_with_logging"), SdkConformanceServer::logging)
                .toolCall(tool("test_tool_with_progress"), SdkConformanceServer::progressing)
                .toolCall(tool("test_reconnection"), (exchange, call) -> {
                    pause(100);
                    return result(text("Reconnected."));
                })
                .toolCall(
                        Tool.builder("json_schema_2020_12_tool", schemaOf2020())
                                .description("Tool with JSON Schema 2020-12 features")
                                .build(),
                        (exchange, call) -> result(text(String.valueOf(call.arguments()))));
    }

    private static CallToolResult logging(McpSyncServerExchange exchange, CallToolRequest call) {
        for (String line : List.of("Tool execution started", "Tool processing data", "Tool execution completed")) {
            exchange.loggingNotification(
                    LoggingMessageNotification.builder(LoggingLevel.INFO, line).build());
            pause(50);
        }
        return result(text("Logged three times."));
    }

    private static CallToolResult progressing(McpSyncServerExchange exchange, CallToolRequest call) {
        Object token = call.progressToken();
        for (int progress = 0; token != null && progress <= 100; progress += 50) {
            exchange.progressNotification(
                    ProgressNotification.builder(token, progress).total(100.0).build());
            pause(50);
        }
        return result(text("Progressed."));
    }

    private static void pause(int millis) {
        try {
            TimeUnit.MILLISECONDS.sleep(millis);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupted);
        }
    }

    /** As the scenario has it. */
    private static Map<String, Object> schemaOf2020() {
        Map<String, Object> string = Map.of("type", "string");
        return Map.of(
                "$schema",
                "https://json-schema.org/draft/2020-12/schema",
                "type",
                "object",
                "$defs",
                Map.of(
                        "address",
                        Map.of(
                                "$anchor",
                                "addressDef",
                                "type",
                                "object",
                                "properties",
                                Map.of("street", string, "city", string))),
                "properties",
                Map.of(
                        "name",
                        string,
                        "address",
                        Map.of("$ref", "#/$defs/address"),
                        "contactMethod",
                        Map.of("type", "string", "enum", List.of("phone", "email")),
                        "phone",
                        string,
                        "email",
                        string),
                "allOf",
                List.of(Map.of("anyOf", List.of(required("phone"), required("email")))),
                "if",
                Map.of(
                        "properties",
                        Map.of("contactMethod", Map.of("const", "phone")),
                        "required",
                        List.of("contactMethod")),
                "then",
                required("phone"),
                "else",
                required("email"),
                "additionalProperties",
                false);
    }

    private static Map<String, Object> required(String name) {
        return Map.of("required", List.of(name));
    }

    // --- tools that ask

    private static void addAskingTools(SyncSpecification<?> specification) {
        specification
                .toolCall(tool("test_sampling"), SdkConformanceServer::sampling)
                .toolCall(
                        tool("test_elicitation"),
                        asking(Map.of(
                                "username",
                                Map.of("type", "string", "description", "User's response"),
                                "email",
                                Map.of("type", "string", "description", "User's email address"))))
                .toolCall(
                        tool("test_elicitation_sep1034_defaults"),
                        asking(Map.of(
                                "name",
                                Map.of("type", "string", "default", "John Doe"),
                                "age",
                                Map.of("type", "integer", "default", 30),
                                "score",
                                Map.of("type", "number", "default", 95.5),
                                "status",
                                Map.of(
                                        "type",
                                        "string",
                                        "enum",
                                        List.of("active", "inactive", "pending"),
                                        "default",
                                        "active"),
                                "verified",
                                Map.of("type", "boolean", "default", true))))
                .toolCall(tool("test_elicitation_sep1330_enums"), asking(choices()));
    }

    private static Map<String, Object> choices() {
        List<String> options = List.of("option1", "option2", "option3");
        return Map.of(
                "untitledSingle",
                Map.of("type", "string", "enum", options),
                "titledSingle",
                Map.of("type", "string", "oneOf", titled("Option")),
                "legacyEnum",
                Map.of(
                        "type",
                        "string",
                        "enum",
                        List.of("opt1", "opt2", "opt3"),
                        "enumNames",
                        List.of("Option One", "Option Two", "Option Three")),
                "untitledMulti",
                Map.of("type", "array", "items", Map.of("type", "string", "enum", options)),
                "titledMulti",
                Map.of("type", "array", "items", Map.of("anyOf", titled("Choice"))));
    }

    private static List<Map<String, String>> titled(String name) {
        return Stream.of("First", "Second", "Third")
                .map(ordinal -> Map.of(
                        "const",
                        "value" + (List.of("First", "Second", "Third").indexOf(ordinal) + 1),
                        "title",
                        ordinal + " " + name))
                .toList();
    }

    private static CallToolResult sampling(McpSyncServerExchange exchange, CallToolRequest call) {
        String prompt = String.valueOf(call.arguments().get("prompt"));
        Content answer = exchange.createMessage(
                        CreateMessageRequest.builder(List.of(new SamplingMessage(Role.USER, text(prompt))), 100)
                                .build())
                .content();
        return result(text("LLM response: " + (answer instanceof TextContent said ? said.text() : "")));
    }

    private static BiFunction<McpSyncServerExchange, CallToolRequest, CallToolResult> asking(
            Map<String, Object> properties) {
        Map<String, Object> schema = Map.of("type", "object", "properties", properties, "required", List.of());
        return (exchange, call) -> {
            Object message = call.arguments().getOrDefault("message", "Please tell");
            var answer = exchange.createElicitation(
                    ElicitFormRequest.builder(String.valueOf(message), schema).build());
            return result(text("Elicitation completed: action="
                    + answer.action().name().toLowerCase(Locale.ROOT) + ", content=" + answer.content()));
        };
    }

    // --- prompts

    private static void addPrompts(SyncSpecification<?> specification) {
        specification
                .prompts(
                        prompt(
                                "test_simple_prompt",
                                List.of(),
                                get -> List.of(text("This is a simple prompt for testing."))),
                        prompt(
                                "test_prompt_with_arguments",
                                List.of("arg1", "arg2"),
                                get -> List.of(text("Prompt with arguments: arg1='%s', arg2='%s'"
                                        .formatted(
                                                get.arguments().get("arg1"),
                                                get.arguments().get("arg2"))))),
                        prompt(
                                "test_prompt_with_embedded_resource",
                                List.of("resourceUri"),
                                get -> List.of(
                                        embedded(
                                                String.valueOf(get.arguments().get("resourceUri")),
                                                "text/plain",
                                                "Embedded resource content for testing."),
                                        text("Please process the embedded resource above."))),
                        prompt(
                                "test_prompt_with_image",
                                List.of(),
                                get -> List.of(image(), text("Please analyze the image above."))))
                .completions(new SyncCompletionSpecification(
                        new PromptReference("test_prompt_with_arguments"),
                        (exchange, asked) -> new CompleteResult(new CompleteCompletion(PLACES.stream()
                                .filter(place ->
                                        place.startsWith(asked.argument().value()))
                                .toList()))));
    }

    private static SyncPromptSpecification prompt(
            String name, List<String> arguments, Function<GetPromptRequest, List<Content>> says) {
        return new SyncPromptSpecification(
                Prompt.builder(name)
                        .description("To be got by the suite.")
                        .arguments(arguments.stream()
                                .map(argument -> PromptArgument.builder(argument)
                                        .description("A test argument")
                                        .required(true)
                                        .build())
                                .toList())
                        .build(),
                (exchange, get) -> GetPromptResult.builder(says.apply(get).stream()
                                .map(content -> PromptMessage.builder(Role.USER, content)
                                        .build())
                                .toList())
                        .build());
    }

    // --- resources

    private static void addResources(SyncSpecification<?> specification) {
        specification
                .resources(
                        resource(
                                "test://static-text",
                                "text/plain",
                                TextResourceContents.builder(
                                                "test://static-text",
                                                "This is the content of the static text resource.")
                                        .mimeType("text/plain")
                                        .build()),
                        resource(
                                "test://static-binary",
                                "image/png",
                                BlobResourceContents.builder("test://static-binary", PNG)
                                        .mimeType("image/png")
                                        .build()),
                        resource(
                                "test://watched-resource",
                                "text/plain",
                                TextResourceContents.builder("test://watched-resource", "Watched.")
                                        .mimeType("text/plain")
                                        .build()))
                .resourceTemplates(new SyncResourceTemplateSpecification(
                        ResourceTemplate.builder("test://template/{id}/data", "template")
                                .description("By id")
                                .mimeType("application/json")
                                .build(),
                        (exchange, read) -> {
                            String id = read.uri().split("/")[3];
                            return ReadResourceResult.builder(List.of(TextResourceContents.builder(
                                                    read.uri(),
                                                    "{\"id\":\"%s\",\"templateTest\":true,\"data\":\"Data for ID: %1$s\"}"
                                                            .formatted(id))
                                            .mimeType("application/json")
                                            .build()))
                                    .build();
                        }));
    }

    private static SyncResourceSpecification resource(String uri, String mimeType, ResourceContents contents) {
        return new SyncResourceSpecification(
                Resource.builder(uri, uri.replace("test://", ""))
                        .description("To be read by the suite.")
                        .mimeType(mimeType)
                        .build(),
                (exchange, read) ->
                        ReadResourceResult.builder(List.of(contents)).build());
    }

    // --- contents

    private static Tool tool(String name) {
        return Tool.builder(name, Map.of("type", "object"))
                .description("To be called by the suite.")
                .build();
    }

    private static BiFunction<McpSyncServerExchange, CallToolRequest, CallToolResult> always(Content... content) {
        return (exchange, call) -> result(content);
    }

    private static CallToolResult result(Content... content) {
        return CallToolResult.builder(List.of(content)).build();
    }

    private static TextContent text(String text) {
        return TextContent.builder(text).build();
    }

    private static ImageContent image() {
        return ImageContent.builder(PNG, "image/png").build();
    }

    private static EmbeddedResource embedded(String uri, String mimeType, String text) {
        return EmbeddedResource.builder(TextResourceContents.builder(uri, text)
                        .mimeType(mimeType)
                        .build())
                .build();
    }
}
