package io.mcpgate.core;

import io.mcpgate.Call;
import io.mcpgate.Payload;
import io.mcpgate.Reply;
import io.mcpgate.Session;
import io.mcpgate.route.Upstream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.stream.Stream;

/** A server in memory with some tools, prompts and resources, which keeps what reaches it. */
public final class ScriptedUpstream implements Upstream {
    private final String name;
    private final List<String> tools;
    private final List<Call> received = new CopyOnWriteArrayList<>();
    private final List<String> endedSessions = new CopyOnWriteArrayList<>();
    private volatile Function<Call, CompletionStage<Reply>> special = call -> null;
    private volatile boolean closed;

    public ScriptedUpstream(String name, String... tools) {
        this.name = name;
        this.tools = List.of(tools);
    }

    /** How some calls are answered; {@code null} from the function means as usual. */
    public ScriptedUpstream when(Function<Call, CompletionStage<Reply>> how) {
        special = how;
        return this;
    }

    public List<Call> received() {
        return received;
    }

    public List<String> receivedMethods() {
        return received.stream().map(Call::method).toList();
    }

    /** The tools that were called, probes of the gateway left out. */
    public List<String> calledTools() {
        return received.stream()
                .filter(call -> call.method().equals("tools/call"))
                .map(call -> call.target().name())
                .filter(tool -> !tool.startsWith("mcpgate-unknown-"))
                .toList();
    }

    public List<String> endedSessions() {
        return endedSessions;
    }

    public boolean isClosed() {
        return closed;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public CompletionStage<Reply> forward(Call call) {
        received.add(call);
        CompletionStage<Reply> scripted = special.apply(call);
        return scripted != null ? scripted : CompletableFuture.completedFuture(answer(call));
    }

    private Reply answer(Call call) {
        if (call.isNotification()) {
            return Reply.accepted();
        }
        return switch (call.method()) {
            case "initialize" ->
                result("protocolVersion", "2025-11-25", "capabilities", Map.of(), "serverInfo", Map.of("name", name));
            case "tools/list" -> result("tools", entries("name", tools.stream()));
            case "prompts/list" -> result("prompts", entries("name", Stream.of("greet", "plan")));
            case "resources/list" -> result("resources", entries("uri", Stream.of("mem://a", "mem://secret")));
            case "resources/templates/list" ->
                result("resourceTemplates", entries("uriTemplate", Stream.of("mem://{id}")));
            case "resources/read" ->
                result(
                        "contents",
                        List.of(Map.of(
                                "uri",
                                call.target().name(),
                                "text",
                                "text of " + call.target().name())));
            case "tools/call" -> tool(call.target().name());
            default -> Reply.complete(Payload.empty());
        };
    }

    private Reply tool(String tool) {
        return tools.contains(tool)
                ? result("content", List.of(Map.of("type", "text", "text", name + " did " + tool)))
                : Reply.Failure.received(-32602, "Tool " + tool + " not found", Payload.of(Map.of("asked", tool)));
    }

    private static List<Map<String, Object>> entries(String key, Stream<String> names) {
        List<Map<String, Object>> entries = new ArrayList<>();
        names.forEach(entry -> entries.add(Map.of(key, entry, "description", "the " + entry)));
        return entries;
    }

    private static Reply result(Object... members) {
        Map<String, Object> result = new LinkedHashMap<>();
        for (int i = 0; i < members.length; i += 2) {
            result.put((String) members[i], members[i + 1]);
        }
        return Reply.complete(Payload.of(result));
    }

    @Override
    public void ended(Session session) {
        endedSessions.add(session.key());
    }

    @Override
    public void close() {
        closed = true;
    }
}
