package io.mcpgate.examples.wire;

import com.fasterxml.jackson.databind.JsonNode;
import io.mcpgate.examples.tap.Json;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A server of one era that does what the name of the called tool says, however wrong that is. One for all sessions, of which a
 * modern one has none; how its bytes get to the gate is the transport's matter.
 */
final class FaultyServer {
    static final String STACK_TRACE = "Traceback (most recent call last): File \"/srv/secret/app.py\"";

    private final Era era;
    private final List<Held> held = new ArrayList<>(); // guarded by itself
    private final List<Held> listening = new CopyOnWriteArrayList<>(); // modern
    private final AtomicInteger cancels = new AtomicInteger(); // of all sessions
    private final AtomicInteger begun = new AtomicInteger(); // calls that last

    FaultyServer(Era era) {
        this.era = era;
    }

    enum Era {
        LEGACY,
        MODERN,
        /** Modern, but says nothing when it is asked what it is. */
        SILENT,
        /** Modern, but says nonsense then. */
        GARBLED
    }

    /** Where the answers to one message go. */
    interface Out {
        /** One message. */
        void send(String message) throws IOException;

        /** Bytes that are no message. */
        void raw(String text) throws IOException;

        /** The end of the connection, or of the process. */
        void die() throws IOException;
    }

    /** One session: what its client has settled, and the way to it outside of calls. */
    static final class Session {
        final Set<String> subscribed = ConcurrentHashMap.newKeySet();
        private final Set<String> cancelled = ConcurrentHashMap.newKeySet(); // ids
        final List<String> heard = new CopyOnWriteArrayList<>(); // methods
        private final Map<String, Asked> asked = new ConcurrentHashMap<>(); // by id
        volatile String level = "none";
        volatile Out general = null;

        @Override
        public String toString() {
            return heard.toString();
        }
    }

    /** What the transport tells of a client that has gone: in the modern era that is a cancellation. */
    void gone(JsonNode call, Session session, Out out) {
        if (!isLegacy()) {
            listening.removeIf(each -> each.out == out);
            cancelled(call.path("id"), session);
        }
    }

    boolean isLegacy() {
        return era == Era.LEGACY;
    }

    /** How many listen. */
    int listening() {
        return listening.size();
    }

    private void cancelled(JsonNode id, Session session) {
        session.cancelled.add(id.asText());
        listening.removeIf(each -> each.call.path("id").equals(id));
        cancels.incrementAndGet();
    }

    private record Asked(JsonNode call, Out out) {}

    private record Held(JsonNode call, Out out) {
        String value() {
            return call.at("/params/arguments/value").asText();
        }
    }

    void receive(JsonNode message, Session session, Out out) throws IOException {
        String method = message.path("method").asText();
        session.heard.add(method);
        if (method.isEmpty()) {
            answered(message, session);
            return;
        }
        switch (method) {
            case "notifications/cancelled" -> cancelled(message.at("/params/requestId"), session);
            case "tools/list" -> result(message, Map.of("tools", List.of(tool("echo"))), out);
            case "tools/call" -> call(message, session, out);
            default -> {
                if (isLegacy()) {
                    legacy(method, message, session, out);
                } else {
                    modern(method, message, out);
                }
            }
        }
    }

    private void modern(String method, JsonNode message, Out out) throws IOException {
        switch (method) {
            case "server/discover" -> discover(message, out);
            case "subscriptions/listen" -> {
                Held listener = new Held(message, out);
                listening.add(listener);
                tell(
                        listener,
                        "notifications/subscriptions/acknowledged",
                        Map.of("notifications", message.at("/params/notifications")));
            }
            default -> {
                if (message.has("id")) {
                    error(message, -32601, "Method not found", out);
                }
            }
        }
    }

    private void discover(JsonNode message, Out out) throws IOException {
        switch (era) {
            case SILENT -> {}
            case GARBLED -> out.send(Json.message(Map.of("id", message.path("id"), "result", STACK_TRACE)));
            default ->
                result(
                        message,
                        Map.of(
                                "supportedVersions",
                                List.of(WireClient.MODERN),
                                "capabilities",
                                Map.of("tools", Map.of("listChanged", true), "resources", Map.of("subscribe", true))),
                        out);
        }
    }

    /** On the stream of one who listens. */
    private static void tell(Held listener, String method, Map<String, ?> params) throws IOException {
        Map<String, Object> tagged = new LinkedHashMap<>(params);
        tagged.put("_meta", Map.of("io.modelcontextprotocol/subscriptionId", listener.call.path("id")));
        listener.out.send(Json.message(Map.of("method", method, "params", tagged)));
    }

    private static void legacy(String method, JsonNode message, Session session, Out out) throws IOException {
        switch (method) {
            case "initialize" -> initialize(message, out);
            case "ping" -> result(message, Map.of(), out);
            case "resources/subscribe" -> {
                session.subscribed.add(message.at("/params/uri").asText());
                result(message, Map.of(), out);
            }
            case "resources/unsubscribe" -> {
                session.subscribed.remove(message.at("/params/uri").asText());
                result(message, Map.of(), out);
            }
            case "logging/setLevel" -> {
                session.level = message.at("/params/level").asText();
                result(message, Map.of(), out);
            }
            default -> {
                if (message.has("id") && !method.startsWith("silent/")) {
                    error(message, -32601, "Method not found", out);
                }
            }
        }
    }

    private static void initialize(JsonNode message, Out out) throws IOException {
        if (message.at("/params/clientInfo/name").asText().equals("garbage")) {
            out.send("{\"jsonrpc\":\"2.0\",\"id\":" + message.path("id") + ",\"result\":" + Json.write(STACK_TRACE)
                    + "}");
            return;
        }
        Map<String, Object> capabilities = new LinkedHashMap<>();
        capabilities.put("tools", Map.of("listChanged", true));
        capabilities.put("resources", Map.of("subscribe", true));
        capabilities.put("logging", Map.of());
        result(
                message,
                Map.of(
                        "protocolVersion",
                        message.at("/params/protocolVersion").asText(),
                        "capabilities",
                        capabilities,
                        "serverInfo",
                        Map.of("name", "faulty", "version", "1")),
                out);
    }

    private static Map<String, Object> tool(String name) {
        return Map.of("name", name, "inputSchema", Map.of("type", "object"));
    }

    private void call(JsonNode message, Session session, Out out) throws IOException {
        JsonNode arguments = message.at("/params/arguments");
        String value = arguments.path("value").asText();
        switch (message.at("/params/name").asText()) {
            case "echo" -> text(message, value, out);
            case "reports" -> {
                for (int i = 1; i <= 3; i++) {
                    progress(message, i, value, out);
                }
                text(message, value, out);
            }
            case "hold" -> {
                begun.incrementAndGet();
                hold(message, arguments.path("of").asInt(), out);
            }
            case "ask" -> ask(message, value, session, out);
            case "die" -> out.die();
            case "dieInTheMiddle" -> {
                progress(message, 1, value, out);
                out.die();
            }
            case "half" -> {
                out.raw("{\"jsonrpc\":\"2.0\",\"id\":" + message.path("id") + ",\"result\":{\"content\":[{\"type\":\n");
                out.die();
            }
            case "unknownId" -> {
                out.send(textMessage(message, "987654", value + " for nobody"));
                out.send(textMessage(message, "\"" + message.path("id").asText() + "-\"", value + " for nobody"));
                text(message, value, out);
            }
            case "twice" -> {
                out.raw(textMessage(message, message.path("id").toString(), value) + "\n");
                text(message, value + " again", out);
            }
            case "never" -> begun.incrementAndGet();
            case "begun" -> text(message, begun.toString(), out);
            case "afterCancel" -> afterCancel(message, value, session, out);
            case "cancelled" ->
                text(message, String.valueOf(isLegacy() ? session.cancelled.size() : cancels.get()), out);
            case "hangUp" -> {
                for (Held listener : listening) {
                    listening.remove(listener);
                    listener.out.die();
                }
                text(message, value, out);
            }
            case "huge" -> text(message, "x".repeat(arguments.path("bytes").asInt()), out);
            case "garbage" -> {
                out.raw("\u0001 not json " + STACK_TRACE + "\n");
                text(message, value, out);
            }
            case "settled" -> text(message, session.level + " " + session.subscribed, out);
            case "touch" -> {
                for (String uri : session.subscribed) {
                    notify(session, "notifications/resources/updated", Map.of("uri", uri));
                }
                text(message, value, out);
            }
            case "change" -> {
                notify(session, "notifications/tools/list_changed", Map.of());
                text(message, value, out);
            }
            default -> error(message, -32602, "Unknown tool", out);
        }
    }

    private void notify(Session session, String method, Map<String, ?> params) throws IOException {
        for (Held listener : listening) {
            quietly(() -> tell(listener, method, params));
        }
        Out general = session.general;
        if (general != null && isLegacy()) {
            general.send(Json.message(Map.of("method", method, "params", params)));
        }
    }

    /** Answers nobody before all have come; then the last first, with progress of one between the replies of others. */
    private void hold(JsonNode message, int of, Out out) {
        List<Held> all;
        synchronized (held) {
            held.add(new Held(message, out));
            if (held.size() < of) {
                return;
            }
            all = new ArrayList<>(held);
            held.clear();
        }
        for (Held one : all) {
            quietly(() -> progress(one.call, 1, one.value(), one.out));
        }
        for (int i = all.size() - 1; i >= 0; i--) {
            Held one = all.get(i);
            Held other = all.get(i / 2);
            int progress = 1 + all.size() - i;
            if (i > 0) {
                quietly(() -> progress(other.call, progress, other.value(), other.out));
            }
            quietly(() -> text(one.call, one.value(), one.out));
        }
    }

    /** Of several, one that has gone is no reason to fail the others. */
    private static void quietly(Writing writing) {
        try {
            writing.write();
        } catch (IOException gone) {
            // it knows
        }
    }

    private interface Writing {
        void write() throws IOException;
    }

    /** Ids of its own are as unlucky as can be: those of the calls. */
    private static void ask(JsonNode message, String value, Session session, Out out) throws IOException {
        session.asked.put(message.path("id").asText(), new Asked(message, out));
        Map<String, ?> params = Map.of(
                "message",
                value,
                "requestedSchema",
                Map.of("type", "object", "properties", Map.of("name", Map.of("type", "string"))));
        out.send("{\"jsonrpc\":\"2.0\",\"id\":" + message.path("id") + ",\"method\":\"elicitation/create\",\"params\":"
                + Json.write(params) + "}");
    }

    private static void answered(JsonNode response, Session session) throws IOException {
        Asked asked = session.asked.remove(response.path("id").asText());
        if (asked != null) {
            String answer = response.at("/result/content/name").asText(response.toString());
            text(asked.call, asked.call.at("/params/arguments/value").asText() + " " + answer, asked.out);
        }
    }

    private static void afterCancel(JsonNode message, String value, Session session, Out out) {
        Thread waiting = new Thread(() -> {
            try {
                while (!session.cancelled.contains(message.path("id").asText())) {
                    Thread.sleep(5);
                }
                text(message, value + " too late", out);
            } catch (IOException | InterruptedException gone) {
                // then nobody hears it
            }
        });
        waiting.setDaemon(true);
        waiting.start();
    }

    private static void progress(JsonNode call, int progress, String value, Out out) throws IOException {
        JsonNode token = call.at("/params/_meta/progressToken");
        if (!token.isMissingNode()) {
            out.send("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/progress\",\"params\":{\"progressToken\":" + token
                    + ",\"progress\":" + progress + ",\"message\":" + Json.write(value) + "}}");
        }
    }

    private static void text(JsonNode call, String text, Out out) throws IOException {
        out.send(textMessage(call, call.path("id").toString(), text));
    }

    private static String textMessage(JsonNode call, String id, String text) {
        return "{\"jsonrpc\":\"2.0\",\"id\":" + id + ",\"result\":"
                + Json.write(ofEra(call, Map.of("content", List.of(Map.of("type", "text", "text", text))))) + "}";
    }

    private static void result(JsonNode request, Map<String, ?> result, Out out) throws IOException {
        out.send("{\"jsonrpc\":\"2.0\",\"id\":" + request.path("id") + ",\"result\":"
                + Json.write(ofEra(request, result)) + "}");
    }

    /** As the era has it in which was asked. */
    private static Map<String, ?> ofEra(JsonNode request, Map<String, ?> result) {
        if (request.at("/params/_meta/io.modelcontextprotocol~1protocolVersion").isMissingNode()) {
            return result;
        }
        Map<String, Object> modern = new LinkedHashMap<>(result);
        modern.put("resultType", "complete");
        if (!request.path("method").asText().equals("tools/call")) {
            modern.put("ttlMs", 0);
            modern.put("cacheScope", "private");
        }
        return modern;
    }

    private static void error(JsonNode request, int code, String message, Out out) throws IOException {
        out.send("{\"jsonrpc\":\"2.0\",\"id\":" + request.path("id") + ",\"error\":{\"code\":" + code + ",\"message\":"
                + Json.write(message) + "}}");
    }
}
