package io.mcpgate.core.bridge;

import io.mcpgate.Call;
import io.mcpgate.Payload;
import io.mcpgate.Reply;
import io.mcpgate.core.json.JsonReader;
import io.mcpgate.core.json.Rewrite;
import io.mcpgate.core.protocol.OwnImplementation;
import io.mcpgate.core.protocol.ProtocolVersions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What bodies of one era are called in the other (2026-07-28, "Changelog"). */
final class Terms {
    static final String VERSION = "io.modelcontextprotocol/protocolVersion";
    static final String CLIENT_INFO = "io.modelcontextprotocol/clientInfo";
    static final String CLIENT_CAPABILITIES = "io.modelcontextprotocol/clientCapabilities";
    static final String LOG_LEVEL = "io.modelcontextprotocol/logLevel";
    static final String SERVER_INFO = "io.modelcontextprotocol/serverInfo";
    static final String SUBSCRIPTION_ID = "io.modelcontextprotocol/subscriptionId";
    static final String TASKS_EXTENSION = "io.modelcontextprotocol/tasks";
    static final String LISTEN = "subscriptions/listen";
    static final String ACKNOWLEDGED = "notifications/subscriptions/acknowledged";

    /** From least to most severe (RFC 5424, as the specification's LoggingLevel has it). */
    static final List<String> LOG_LEVELS =
            List.of("debug", "info", "notice", "warning", "error", "critical", "alert", "emergency");

    private static final List<String> SERVER_CAPABILITIES =
            List.of("experimental", "extensions", "logging", "completions", "prompts", "resources", "tools");
    private static final List<String> CLIENT_CAPABILITIES_OF_BOTH =
            List.of("experimental", "extensions", "sampling", "elicitation");

    /** Results that carry caching hints. */
    private static final Set<String> CACHEABLE =
            Set.of("tools/list", "prompts/list", "resources/list", "resources/templates/list", "resources/read");

    private static final Rewrite LEGACY_RESULT = Rewrite.builder()
            .remove("resultType")
            .remove("ttlMs")
            .remove("cacheScope")
            .remove("_meta", SERVER_INFO)
            .removeIfEmpty("_meta")
            .build();
    private static final Rewrite MODERN_RESULT =
            Rewrite.builder().putText("complete", "resultType").build();
    /** What a server that knows no caching says may have changed with the next call. */
    private static final Rewrite MODERN_CACHEABLE_RESULT = Rewrite.builder()
            .putText("complete", "resultType")
            .put("0", "ttlMs")
            .putText("private", "cacheScope")
            .build();

    private static final Rewrite LEGACY_PARAMS = Rewrite.builder()
            .remove("inputResponses")
            .remove("requestState")
            .remove("_meta", VERSION)
            .remove("_meta", CLIENT_INFO)
            .remove("_meta", CLIENT_CAPABILITIES)
            .remove("_meta", LOG_LEVEL)
            .removeIfEmpty("_meta")
            .build();
    /** What only a request of its own has: within a result nobody tells progress, and the retry tells that a page was visited. */
    private static final Rewrite INPUT_REQUEST = Rewrite.builder()
            .remove("elicitationId")
            .remove("task")
            .remove("_meta", "progressToken")
            .removeIfEmpty("_meta")
            .build();

    private static final Rewrite NO_SUBSCRIPTION = Rewrite.builder()
            .remove("_meta", SUBSCRIPTION_ID)
            .removeIfEmpty("_meta")
            .build();

    private Terms() {}

    /** A modern result for a legacy client. */
    static Reply legacyResult(Payload result, JsonReader reader) {
        return Reply.complete(LEGACY_RESULT.apply(reader, result));
    }

    /** A legacy result for a modern client. */
    static Reply modernResult(String method, Payload result, JsonReader reader) {
        Rewrite terms = CACHEABLE.contains(method) ? MODERN_CACHEABLE_RESULT : MODERN_RESULT;
        return Reply.complete(terms.apply(reader, result));
    }

    /** The params of a modern request for a legacy server. */
    static Payload legacyParams(Payload params, JsonReader reader) {
        return LEGACY_PARAMS.apply(reader, params);
    }

    /** The params of a notification without the subscription that it came for. */
    static Payload unsubscribed(Payload params, JsonReader reader) {
        return NO_SUBSCRIPTION.apply(reader, params);
    }

    /** What a legacy client declared in its handshake, for the modern requests in its name. */
    static Payload modernCapabilities(Payload handshake) {
        Map<String, @Nullable Object> capabilities = new LinkedHashMap<>();
        if (handshake.members().get("capabilities") instanceof Map<?, ?> declared) {
            copy(CLIENT_CAPABILITIES_OF_BOTH, declared, capabilities);
            if (declared.get("roots") instanceof Map) {
                capabilities.put("roots", Map.of()); // listChanged is gone
            }
        }
        return Payload.of(capabilities);
    }

    /** The answer to {@code initialize}, from what the server says of itself in the answer to {@code server/discover}. */
    static Payload initializeResult(String asked, Payload discovered, String serverName) {
        Map<String, @Nullable Object> result = new LinkedHashMap<>();
        String agreed = ProtocolVersions.LEGACY.contains(asked) ? asked : ProtocolVersions.LEGACY.get(0);
        result.put("protocolVersion", agreed);
        Map<String, @Nullable Object> capabilities = serverCapabilities(discovered);
        if (discovered.member("capabilities", "extensions", TASKS_EXTENSION) != null && knowsTasks(agreed)) {
            capabilities.put("tasks", LegacyTasks.capability());
        }
        result.put("capabilities", capabilities);
        Object info = discovered.member("_meta", SERVER_INFO);
        result.put("serverInfo", info instanceof Map ? info : Map.of("name", serverName, "version", "unknown"));
        discovered.string("instructions").ifPresent(text -> result.put("instructions", text));
        return Payload.of(result);
    }

    private static boolean knowsTasks(String version) {
        return version.equals("2025-11-25");
    }

    /** The answer to {@code server/discover}, from what the server said in its handshake. */
    static Payload discoverResult(Payload greeting) {
        Map<String, @Nullable Object> result = new LinkedHashMap<>();
        result.put("resultType", "complete");
        result.put("supportedVersions", List.of(ProtocolVersions.MODERN));
        result.put("capabilities", serverCapabilities(greeting));
        greeting.string("instructions").ifPresent(text -> result.put("instructions", text));
        result.put("ttlMs", 0);
        result.put("cacheScope", "private");
        if (greeting.members().get("serverInfo") instanceof Map<?, ?> info) {
            result.put("_meta", Map.of(SERVER_INFO, info));
        }
        return Payload.of(result);
    }

    /** Those that mean the same in both eras; tasks are another protocol in each. */
    private static Map<String, @Nullable Object> serverCapabilities(Payload result) {
        Map<String, @Nullable Object> capabilities = new LinkedHashMap<>();
        if (result.members().get("capabilities") instanceof Map<?, ?> declared) {
            copy(SERVER_CAPABILITIES, declared, capabilities);
        }
        return capabilities;
    }

    private static void copy(List<String> names, Map<?, ?> from, Map<String, @Nullable Object> to) {
        for (String name : names) {
            if (from.get(name) instanceof Map<?, ?> capability) {
                Map<Object, Object> kept = new LinkedHashMap<>(capability);
                kept.remove(TASKS_EXTENSION);
                to.put(name, kept);
            }
        }
    }

    /** A part of a body as a body of its own. */
    @SuppressWarnings("unchecked") // names of JSON members are strings
    static Payload payload(Map<?, ?> members) {
        return Payload.of((Map<String, ?>) members);
    }

    /** What a modern request declares that its client can be asked, as a handshake says it. */
    static Map<String, @Nullable Object> legacyCapabilities(Payload params) {
        Map<String, @Nullable Object> capabilities = new LinkedHashMap<>();
        if (params.member("_meta", CLIENT_CAPABILITIES) instanceof Map<?, ?> declared) {
            copy(CLIENT_CAPABILITIES_OF_BOTH, declared, capabilities);
            copy(List.of("roots"), declared, capabilities);
        }
        return capabilities;
    }

    /** Whether a client can be asked anything at all. */
    static boolean canBeAsked(Map<String, ?> capabilities) {
        return capabilities.containsKey("sampling")
                || capabilities.containsKey("elicitation")
                || capabilities.containsKey("roots");
    }

    /** Whether a client can be asked this. */
    static boolean canBeAsked(String method, Map<String, ?> capabilities) {
        return switch (method) {
            case "sampling/createMessage" -> capabilities.containsKey("sampling");
            case "elicitation/create" -> capabilities.containsKey("elicitation");
            case "roots/list" -> capabilities.containsKey("roots");
            default -> false; // nothing else can be asked within a result
        };
    }

    /** The handshake in the name of a client that makes none. */
    static Payload handshake(Payload params, Map<String, ?> capabilities) {
        Object info = params.member("_meta", CLIENT_INFO);
        return Payload.of(Map.of(
                "protocolVersion",
                ProtocolVersions.LEGACY.get(0),
                "capabilities",
                capabilities,
                "clientInfo",
                info instanceof Map ? info : OwnImplementation.members()));
    }

    /** A server's request as one of those within a result. */
    static Map<String, Object> inputRequest(Call request, JsonReader reader) {
        Map<String, @Nullable Object> params =
                INPUT_REQUEST.apply(reader, request.params()).members();
        return params.isEmpty() && request.method().equals("roots/list")
                ? Map.of("method", request.method())
                : Map.of("method", request.method(), "params", params);
    }

    /** The pages that the error −32042 of 2025-11-25 wants visited, as requests within a result. */
    static Map<String, Object> visits(@Nullable Payload data) {
        Map<String, Object> requests = new LinkedHashMap<>();
        if (data != null && data.members().get("elicitations") instanceof List<?> pages) {
            for (Object page : pages) {
                if (page instanceof Map<?, ?> params) {
                    Map<Object, Object> kept = new LinkedHashMap<>(params);
                    kept.remove("elicitationId");
                    kept.put("mode", "url");
                    requests.put(
                            "visit-" + (requests.size() + 1), Map.of("method", "elicitation/create", "params", kept));
                }
            }
        }
        return requests;
    }

    /** The answers that a request brings, by key. */
    static Map<String, Payload> responses(Payload params) {
        Map<String, Payload> responses = new LinkedHashMap<>();
        if (params.members().get("inputResponses") instanceof Map<?, ?> answers) {
            answers.forEach((key, answer) -> {
                if (answer instanceof Map<?, ?> members) {
                    responses.put(String.valueOf(key), payload(members));
                }
            });
        }
        return responses;
    }

    /** Whether a modern client can be told this on the stream of its request: nothing is told that only sessions know. */
    static boolean isToldWithinRequests(String method) {
        return !method.equals("notifications/elicitation/complete") && !method.equals("notifications/tasks/status");
    }

    /** From which level on a modern request wants to be told what the server logs; −1 for not at all. */
    static int logLevel(Payload params) {
        return params.string("_meta", LOG_LEVEL).map(LOG_LEVELS::indexOf).orElse(-1);
    }

    /** Whether a log message is for the client of a modern request. */
    static boolean isLogged(Payload message, Payload params) {
        int wanted = logLevel(params);
        int level = message.string("level").map(LOG_LEVELS::indexOf).orElse(-1);
        return wanted >= 0 && level >= wanted;
    }
}
