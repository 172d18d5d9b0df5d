package io.mcpgate.core.policy;

import io.mcpgate.Direction;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * The methods that come with a grant and need not be named, because nothing can be used without them and they show nothing
 * by themselves: which kinds of things each is for. Every other method needs a grant of its own.
 */
record Included(List<Function<Grant, List<String>>> kinds) {
    /** For whatever is granted on the server. */
    private static final Included ANYTHING = new Included(List.of());

    private static final Included TOOLS = new Included(List.of(Grant::tools));
    private static final Included PROMPTS = new Included(List.of(Grant::prompts));
    private static final Included RESOURCES = new Included(List.of(Grant::resources));
    private static final Included TEMPLATES = new Included(List.of(Grant::templates));
    private static final Included RESOURCES_OR_TEMPLATES = new Included(List.of(Grant::resources, Grant::templates));

    /** For what a completion can refer to. */
    private static final Included REFERENCES =
            new Included(List.of(Grant::prompts, Grant::resources, Grant::templates));

    /** For what a server asks of the user: the news that the user has answered elsewhere. */
    private static final Included ELICITATION = new Included(List.of(Included::elicitation));

    private static List<String> elicitation(Grant grant) {
        return new Globs(grant.methods()).matches("elicitation/create") ? List.of("*") : List.of();
    }

    private static final Map<String, Included> TO_SERVER = table(Stream.of(
            ANYTHING.all("initialize", "notifications/initialized", "server/discover", "ping"),
            ANYTHING.all("logging/setLevel", "subscriptions/listen"),
            ANYTHING.all("notifications/progress", "notifications/roots/list_changed"),
            ANYTHING.all("notifications/tasks/status"), // decided by what the task was made for
            ANYTHING.all("mcpgate/stream", "mcpgate/answer", "mcpgate/end"),
            TOOLS.all("tools/list", "tasks/get", "tasks/result", "tasks/list", "tasks/update", "tasks/cancel"),
            PROMPTS.all("prompts/list"),
            RESOURCES.all("resources/list", "resources/subscribe", "resources/unsubscribe"),
            TEMPLATES.all("resources/templates/list"),
            REFERENCES.all("completion/complete")));

    private static final Map<String, Included> TO_CLIENT = table(Stream.of(
            ANYTHING.all("ping", "notifications/message", "notifications/progress"),
            ANYTHING.all("notifications/subscriptions/acknowledged"),
            ANYTHING.all("tasks/get", "tasks/result", "tasks/list", "tasks/cancel"), // decided as above
            TOOLS.all("notifications/tools/list_changed", "notifications/tasks", "notifications/tasks/status"),
            PROMPTS.all("notifications/prompts/list_changed"),
            ELICITATION.all("notifications/elicitation/complete"),
            RESOURCES.all("notifications/resources/updated"),
            RESOURCES_OR_TEMPLATES.all("notifications/resources/list_changed")));

    private Map<String, Included> all(String... methods) {
        Map<String, Included> entries = new TreeMap<>();
        for (String method : methods) {
            entries.put(method, this);
        }
        return entries;
    }

    private static Map<String, Included> table(Stream<Map<String, Included>> rows) {
        Map<String, Included> table = new TreeMap<>();
        rows.forEach(table::putAll);
        return Map.copyOf(table);
    }

    /** What a method is for; empty if it does not come with anything. */
    static Optional<Included> in(Direction direction, String method) {
        return Optional.ofNullable((direction == Direction.TO_SERVER ? TO_SERVER : TO_CLIENT).get(method));
    }

    /** Whether an allow rule opens something of this kind. */
    boolean comesWith(Grant allow) {
        return kinds.isEmpty()
                || kinds.stream().anyMatch(kind -> !kind.apply(allow).isEmpty());
    }

    /** Whether a deny rule closes everything of this kind. */
    boolean goesWith(Grant deny) {
        return !kinds.isEmpty()
                && kinds.stream().allMatch(kind -> kind.apply(deny).contains("*"));
    }
}
