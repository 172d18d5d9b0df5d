package io.mcpgate.core.catalog;

import static io.mcpgate.core.json.Rewrite.EACH;

import io.mcpgate.Call;
import io.mcpgate.Payload;
import io.mcpgate.Reply;
import io.mcpgate.core.catalog.CatalogNames.Own;
import io.mcpgate.core.json.JsonReader;
import io.mcpgate.core.json.Rewrite;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One server's words in those of the catalog, and back: every place in the protocol where a name, a URI or a task id
 * stands. All other bytes stay.
 *
 * <p>Left alone on purpose are {@code structuredContent}, texts, and completion values: these are what a server says, and a
 * completed value stands inside a template whose prefix the client keeps. The same goes for what a server asks of the
 * client, be it by a request or by {@code input_required}: the tools in a sampling request are made for that one request
 * and called by the client's model, they are no names of the server, and neither are a request's state and answers.
 */
final class ServerTerms {
    private static final String RELATED_TASK = "io.modelcontextprotocol/related-task";
    private static final Set<String> OF_ONE_TASK = Set.of("tasks/get", "tasks/result", "tasks/update", "tasks/cancel");

    private final String server;
    private final CatalogNames names;
    private final JsonReader reader;
    private final Map<Place, Rewrite> asked = new EnumMap<>(Place.class);
    private final Map<CatalogList, Rewrite> listed = new EnumMap<>(CatalogList.class);
    private final Rewrite toolResult;
    private final Rewrite taskCreated;
    private final Rewrite task;
    private final Rewrite prompt;
    private final Rewrite contents;
    private final Rewrite updated;
    private final Rewrite acknowledged;
    private final Rewrite related;
    private final Rewrite answered;
    private final Rewrite error;

    /** The words of {@code server}. */
    ServerTerms(String server, CatalogNames names, JsonReader reader) {
        this.server = server;
        this.names = names;
        this.reader = reader;
        for (Place place : Place.values()) {
            asked.put(
                    place,
                    ofTheClient()
                            .text(place.isUri() ? this::ownUri : this::ownName, place.path())
                            .build());
        }
        for (CatalogList list : CatalogList.values()) {
            Rewrite.Builder entry =
                    Rewrite.builder().text(list.isOfUris() ? this::uri : this::name, list.member(), EACH, list.key());
            listed.put(list, inMeta(entry, list.member(), EACH).build());
        }
        toolResult = inToolResult(Rewrite.builder()).build();
        taskCreated = inToolResult(Rewrite.builder()).text(this::name, "taskId").build();
        task = inToolResult(ofTheServer().text(this::name, "taskId"), "result").build();
        prompt = inBlock(inBlock(ofTheServer(), "messages", EACH, "content"), "messages", EACH, "content", EACH)
                .build();
        contents = ofTheServer().text(this::uri, "contents", EACH, "uri").build();
        updated = ofTheServer().text(this::uri, "uri").build();
        acknowledged = ofTheServer()
                .text(this::uri, "notifications", "resourceSubscriptions", EACH)
                .text(this::name, "notifications", "taskIds", EACH)
                .build();
        related = ofTheServer().build();
        answered = ofTheClient().build();
        error = Rewrite.builder().text(this::uri, "uri").build();
    }

    /** Where the params of a request name what the request is about. */
    private enum Place {
        NAME("name"),
        URI("uri"),
        REF_NAME("name"),
        REF_URI("uri"),
        TASK("taskId");

        private final String member;

        Place(String member) {
            this.member = member;
        }

        private boolean isUri() {
            return this == URI || this == REF_URI;
        }

        private String[] path() {
            boolean inReference = this == REF_NAME || this == REF_URI;
            return inReference ? new String[] {"ref", member} : new String[] {member};
        }

        private static Place of(Call call) {
            boolean reference = call.method().equals("completion/complete");
            return switch (call.target().kind()) {
                case TOOL, PROMPT -> reference ? REF_NAME : NAME;
                case RESOURCE, TEMPLATE -> reference ? REF_URI : URI;
                case METHOD -> TASK;
            };
        }
    }

    /** What a call of the client names by a catalog name, if it names anything. */
    static Optional<Own> named(Call call, CatalogNames names) {
        return switch (call.target().kind()) {
            case TOOL, PROMPT -> names.ownName(call.target().name());
            case RESOURCE, TEMPLATE -> names.ownUri(call.target().name());
            case METHOD -> task(call).flatMap(names::ownName);
        };
    }

    /** Whether a call of the client is about one task, whether or not it says which. */
    static boolean isAboutATask(Call call) {
        return OF_ONE_TASK.contains(call.method());
    }

    private static Optional<String> task(Call call) {
        return isAboutATask(call) ? call.params().string("taskId") : Optional.empty();
    }

    private Rewrite.Builder ofTheClient() {
        return Rewrite.builder().text(this::ownName, "_meta", RELATED_TASK, "taskId");
    }

    private Rewrite.Builder ofTheServer() {
        return Rewrite.builder().text(this::name, "_meta", RELATED_TASK, "taskId");
    }

    /** Members below {@code at} that a tool's result has, also where it is a task's first or last. */
    private Rewrite.Builder inToolResult(Rewrite.Builder changes, String... at) {
        changes.text(this::name, path(at, "_meta", RELATED_TASK, "taskId"))
                .text(this::name, path(at, "task", "taskId"));
        return inMeta(inBlock(changes, path(at, "content", EACH)), at);
    }

    /** A block of content: a link names what can be read, and so does an embedded resource. */
    private Rewrite.Builder inBlock(Rewrite.Builder changes, String... at) {
        return changes.text(this::uri, path(at, "uri")).text(this::uri, path(at, "resource", "uri"));
    }

    /** The user interface of a tool, by its names of today and of before. */
    private Rewrite.Builder inMeta(Rewrite.Builder changes, String... at) {
        return changes.text(this::uri, path(at, "_meta", "ui", "resourceUri"))
                .text(this::uri, path(at, "_meta", "ui/resourceUri"))
                .text(this::uri, path(at, "_meta", "openai/outputTemplate"));
    }

    private static String[] path(String[] at, String... below) {
        return Stream.concat(Stream.of(at), Stream.of(below)).toArray(String[]::new);
    }

    private String name(String own) {
        return CatalogNames.ofName(server, own);
    }

    private String uri(String own) {
        return CatalogNames.ofUri(server, own);
    }

    private String ownName(String name) {
        return own(names.ownName(name), name);
    }

    private String ownUri(String uri) {
        return own(names.ownUri(uri), uri);
    }

    private String own(Optional<Own> meant, String otherwise) {
        return meant.filter(own -> own.server().equals(server)).map(Own::name).orElse(otherwise);
    }

    /** The params of a call of the client that names something of this server. */
    Payload params(Call call) {
        return changed(asked.get(Place.of(call)), call.params());
    }

    /** The server's reply. */
    Reply reply(Call call, Reply reply) {
        if (reply instanceof Reply.Complete complete) {
            Payload result = result(call.method(), complete.result());
            return result == complete.result() ? reply : Reply.complete(result);
        }
        return reply instanceof Reply.Failure failure && failure.kind() == null ? failure(call, failure) : reply;
    }

    private Payload result(String method, Payload result) {
        return switch (method) {
            case "tools/call" ->
                changed(
                        result.string("resultType").filter("task"::equals).isPresent() ? taskCreated : toolResult,
                        result);
            case "tasks/result" -> changed(toolResult, result);
            case "tasks/get", "tasks/cancel", "tasks/update" -> changed(task, result);
            case "prompts/get" -> changed(prompt, result);
            case "resources/read" -> changed(contents, result);
            default -> result;
        };
    }

    /** One page of a list. */
    Payload page(CatalogList list, Payload result) {
        return changed(listed.get(list), result);
    }

    /** An error of the server's own: it may say the name back, in its message and, for a resource, in its data. */
    private Reply failure(Call call, Reply.Failure failure) {
        Payload data = failure.data();
        Payload changedData = data == null ? null : changed(error, data);
        return Reply.Failure.received(failure.code(), message(call, failure.message()), changedData);
    }

    private String message(Call call, String message) {
        return switch (call.target().kind()) {
            case TOOL, PROMPT ->
                Wording.replace(
                        message, call.target().name(), name(call.target().name()));
            case RESOURCE, TEMPLATE ->
                Wording.replace(message, call.target().name(), uri(call.target().name()));
            case METHOD ->
                task(call)
                        .map(task -> Wording.replace(message, task, name(task)))
                        .orElse(message);
        };
    }

    /** The params of what the server sends by itself. */
    Payload told(String method, Payload params) {
        if (isAboutTheClientsTask(method)) {
            return params;
        }
        return switch (method) {
            case "notifications/resources/updated" -> changed(updated, params);
            case "notifications/tasks", "notifications/tasks/status" -> changed(task, params);
            case "notifications/subscriptions/acknowledged" -> changed(acknowledged, params);
            default -> changed(related, params);
        };
    }

    /** The client's answer to a request of the server. */
    Reply answer(String method, Reply reply) {
        if (!(reply instanceof Reply.Complete complete) || isAboutTheClientsTask(method)) {
            return reply;
        }
        Payload result = changed(answered, complete.result());
        return result == complete.result() ? reply : Reply.complete(result);
    }

    /** On 2025-11-25 a client has tasks too, and there the ids are the client's. */
    private static boolean isAboutTheClientsTask(String method) {
        return method.startsWith("tasks/");
    }

    private Payload changed(@Nullable Rewrite changes, Payload body) {
        return changes == null || body == Payload.empty() ? body : changes.apply(reader, body);
    }
}
