package io.mcpgate.examples.wire;

import com.fasterxml.jackson.databind.JsonNode;
import io.mcpgate.examples.tap.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

/** A client of few lines, which shows every byte that it gets. Calls block; any number of threads may call. */
final class WireClient {
    static final String MODERN = "2026-07-28";

    private final HttpClient http;
    private final URI uri;
    private final String key;
    private final String revision;
    private final List<String> bytes = new CopyOnWriteArrayList<>();
    private final List<JsonNode> general = new CopyOnWriteArrayList<>();
    private final List<InputStream> listening = new CopyOnWriteArrayList<>();
    private volatile Function<JsonNode, Map<String, ?>> answers = request -> Map.of("action", "decline");
    private volatile Map<String, ?> capabilities = Map.of();
    private volatile String name = "wire";
    private volatile String session = "";

    WireClient(HttpClient http, URI uri, String key, String revision) {
        this.http = http;
        this.uri = uri;
        this.key = key;
        this.revision = revision;
    }

    /** What it declares, and how it answers what it is asked: by a result. */
    WireClient offering(Map<String, ?> declared, Function<JsonNode, Map<String, ?>> how) {
        capabilities = declared;
        answers = how;
        return this;
    }

    WireClient named(String clientName) {
        name = clientName;
        return this;
    }

    boolean isModern() {
        return revision.equals(MODERN);
    }

    String session() {
        return session;
    }

    /** All that came, as it came. */
    List<String> bytes() {
        return bytes;
    }

    /** What came on the general stream. */
    List<JsonNode> general() {
        return general;
    }

    /** An answer: the messages in order. */
    record Answer(int status, HttpResponse<?> head, List<JsonNode> messages) {
        JsonNode last() {
            return messages.isEmpty() ? Json.read("null") : messages.get(messages.size() - 1);
        }

        /** The text of a tool's result. */
        String text() {
            JsonNode text = last().at("/result/content/0/text");
            if (text.isMissingNode()) {
                throw new AssertionError("No text: " + status + " " + messages);
            }
            return text.asText();
        }
    }

    /** The handshake, if there is one. */
    WireClient open() {
        if (!isModern()) {
            Answer answer = initialize();
            if (!answer.last().has("result")) {
                throw new AssertionError("Not opened: " + answer);
            }
            notify("notifications/initialized", Map.of());
        }
        return this;
    }

    Answer initialize() {
        Answer answer = request(
                0,
                "initialize",
                Map.of(
                        "protocolVersion",
                        revision,
                        "capabilities",
                        capabilities,
                        "clientInfo",
                        Map.of("name", name, "version", "1")));
        session = answer.head().headers().firstValue("Mcp-Session-Id").orElse("");
        return answer;
    }

    Answer tool(Object id, String tool, Map<String, ?> arguments) {
        return request(id, "tools/call", Map.of("name", tool, "arguments", arguments));
    }

    Answer toolWithProgress(Object id, String tool, Map<String, ?> arguments, Object token) {
        return request(
                id,
                "tools/call",
                Map.of("name", tool, "arguments", arguments, "_meta", Map.of("progressToken", token)));
    }

    Answer request(Object id, String method, Map<String, ?> params) {
        return read(send(post(method, params, body(id, method, params))).join());
    }

    /** The same, and it can be given up: cancelling closes the connection. */
    CompletableFuture<HttpResponse<InputStream>> start(Object id, String method, Map<String, ?> params) {
        return send(post(method, params, body(id, method, params)));
    }

    int notify(String method, Map<String, ?> params) {
        return post(Json.message(Map.of("method", method, "params", params)));
    }

    /** Any text as a message; the status. */
    int post(String body) {
        return read(send(post("", Map.of(), body)).join()).status();
    }

    /** Listens as modern clients do: what comes, as it comes. */
    List<JsonNode> listen(Object id, Map<String, ?> params) {
        List<JsonNode> told = new CopyOnWriteArrayList<>();
        start(id, "subscriptions/listen", params)
                .thenAccept(response -> daemon(() -> {
                    listening.add(response.body());
                    try {
                        read(response, told);
                    } catch (UncheckedIOException ended) {
                        // with the test
                    }
                }));
        return told;
    }

    /** Reads the general stream until it ends. Returns when it is open. */
    List<JsonNode> listen() {
        HttpResponse<InputStream> response = send(headers()
                        .header("Accept", "text/event-stream")
                        .GET()
                        .build())
                .join();
        if (response.statusCode() != 200) {
            throw new AssertionError("No general stream: " + response.statusCode());
        }
        daemon(() -> read(response, general));
        return general;
    }

    /** Its session, or what it listens to. */
    void end() {
        if (!session.isEmpty()) {
            read(send(headers().DELETE().build()).join());
        }
        try {
            for (InputStream stream : listening) {
                stream.close();
            }
        } catch (IOException ended) {
            throw new UncheckedIOException(ended);
        }
    }

    private CompletableFuture<HttpResponse<InputStream>> send(HttpRequest request) {
        return http.sendAsync(request, BodyHandlers.ofInputStream());
    }

    private String body(Object id, String method, Map<String, ?> params) {
        Map<String, Object> described = new LinkedHashMap<>(params);
        if (isModern()) {
            Map<String, Object> meta = new LinkedHashMap<>();
            if (params.get("_meta") instanceof Map<?, ?> own) {
                own.forEach((member, value) -> meta.put(String.valueOf(member), value));
            }
            meta.put("io.modelcontextprotocol/protocolVersion", revision);
            meta.put("io.modelcontextprotocol/clientInfo", Map.of("name", name, "version", "1"));
            meta.put("io.modelcontextprotocol/clientCapabilities", capabilities);
            described.put("_meta", meta);
        }
        Map<String, Object> message = new LinkedHashMap<>();
        message.put("id", id);
        message.put("method", method);
        message.put("params", described);
        return Json.message(message);
    }

    private HttpRequest.Builder headers() {
        HttpRequest.Builder builder = HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(60));
        if (!key.isEmpty()) {
            builder.header("Authorization", "Bearer " + key);
        }
        if (!session.isEmpty()) {
            builder.header("Mcp-Session-Id", session);
        }
        return session.isEmpty() && !isModern() ? builder : builder.header("MCP-Protocol-Version", revision);
    }

    private HttpRequest post(String method, Map<String, ?> params, String body) {
        HttpRequest.Builder builder = headers()
                .header("Content-Type", "application/json")
                .header("Accept", "application/json, text/event-stream");
        if (isModern() && !method.isEmpty()) {
            builder.header("Mcp-Method", method);
            Object named = params.containsKey("name") ? params.get("name") : params.get("uri");
            if (named != null && !method.equals("completion/complete")) {
                builder.header("Mcp-Name", named.toString());
            }
        }
        return builder.POST(BodyPublishers.ofString(body)).build();
    }

    private Answer read(HttpResponse<InputStream> response) {
        List<JsonNode> messages = new ArrayList<>();
        read(response, messages);
        return new Answer(response.statusCode(), response, messages);
    }

    private void read(HttpResponse<InputStream> response, List<JsonNode> into) {
        boolean stream =
                response.headers().firstValue("Content-Type").orElse("").startsWith("text/event-stream");
        try (InputStream body = response.body()) {
            if (stream) {
                events(body, into);
                return;
            }
            String text = new String(body.readAllBytes(), StandardCharsets.UTF_8);
            bytes.add(text);
            if (text.startsWith("{")) {
                take(text, into);
            }
        } catch (IOException broken) {
            if (into != general) {
                throw new UncheckedIOException(broken);
            }
        }
    }

    private void events(InputStream body, List<JsonNode> into) throws IOException {
        BufferedReader lines = new BufferedReader(new InputStreamReader(body, StandardCharsets.UTF_8));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            bytes.add(line);
            if (line.startsWith("data:") && line.length() > 6) {
                take(line.substring(5).strip(), into);
            }
        }
    }

    private void take(String text, List<JsonNode> into) {
        JsonNode message = Json.read(text);
        into.add(message);
        if (message.has("method") && message.has("id")) {
            post("{\"jsonrpc\":\"2.0\",\"id\":" + message.path("id") + ",\"result\":"
                    + Json.write(answers.apply(message)) + "}");
        }
    }

    private static void daemon(Runnable task) {
        Thread thread = new Thread(task, "wire-client");
        thread.setDaemon(true);
        thread.start();
    }
}
