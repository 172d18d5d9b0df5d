package io.mcpgate.core.policy;

import java.util.List;

/**
 * One rule of a role: glob patterns over names, on some servers. As an allow rule it opens what it names; as a deny rule
 * it closes what it names, whatever else allows it.
 *
 * @param servers names of governed servers
 * @param tools tools, by the server's own names
 * @param prompts prompts
 * @param resources resources, by URI
 * @param templates resource templates, by their text
 * @param methods methods that do not come with any of the above: {@code sampling/createMessage}, {@code roots/list},
 *     extensions. A deny rule's methods also close those that do
 */
public record Grant(
        List<String> servers,
        List<String> tools,
        List<String> prompts,
        List<String> resources,
        List<String> templates,
        List<String> methods) {

    private static final List<String> NONE = List.of();
    private static final List<String> ANY = List.of("*");

    public Grant {
        servers = List.copyOf(servers);
        tools = List.copyOf(tools);
        prompts = List.copyOf(prompts);
        resources = List.copyOf(resources);
        templates = List.copyOf(templates);
        methods = List.copyOf(methods);
    }

    /** Tools on one server. */
    public static Grant tools(String server, String... tools) {
        return new Grant(List.of(server), List.of(tools), NONE, NONE, NONE, NONE);
    }

    /** Everything on one server, what the server asks of the client included. */
    public static Grant everything(String server) {
        return new Grant(List.of(server), ANY, ANY, ANY, ANY, ANY);
    }
}
