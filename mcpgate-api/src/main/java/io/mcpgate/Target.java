package io.mcpgate;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What policy looks at: the tool, prompt, resource or template that a call names, or the method itself where it names
 * none. The name is always the server's own, never one that a merged catalog advertises.
 *
 * @param kind what sort of thing is named
 * @param name the tool's or prompt's name, the resource's URI, the template, or the method
 */
public record Target(Kind kind, String name) {

    /** What sort of thing a call names. */
    public enum Kind {
        /** A tool, by name. */
        TOOL,
        /** A prompt, by name. */
        PROMPT,
        /** A resource, by URI: exactly the characters that were sent, never normalised. */
        RESOURCE,
        /** A resource template, by its RFC 6570 text. */
        TEMPLATE,
        /** No named thing: the method stands for itself. */
        METHOD
    }

    public Target {
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(name, "name");
    }

    /**
     * What a message names, read from its body alone: headers are never trusted for it.
     *
     * <p>A method that must name something and does not is a {@link Kind#METHOD} target; the server will refuse it and
     * no grant for a named thing covers it.
     */
    public static Target of(String method, Payload params) {
        Target named = switch (method) {
            case "tools/call" -> named(Kind.TOOL, params, "name");
            case "prompts/get" -> named(Kind.PROMPT, params, "name");
            case "resources/read", "resources/subscribe", "resources/unsubscribe", "notifications/resources/updated" ->
                named(Kind.RESOURCE, params, "uri");
            case "completion/complete" -> reference(params);
            default -> null;
        };
        return named == null ? new Target(Kind.METHOD, method) : named;
    }

    /** Whether a message of this method must name something; one that does not can be decided on by nobody. */
    public static boolean isRequiredBy(String method) {
        return switch (method) {
            case "tools/call",
                    "prompts/get",
                    "resources/read",
                    "resources/subscribe",
                    "resources/unsubscribe",
                    "notifications/resources/updated",
                    "completion/complete" -> true;
            default -> false;
        };
    }

    private static @Nullable Target named(Kind kind, Payload params, String... path) {
        String name = params.string(path).orElse(null);
        return name == null ? null : new Target(kind, name);
    }

    private static @Nullable Target reference(Payload params) {
        return switch (params.string("ref", "type").orElse("")) {
            case "ref/prompt" -> named(Kind.PROMPT, params, "ref", "name");
            case "ref/resource" ->
                params.string("ref", "uri")
                        .map(uri -> new Target(uri.indexOf('{') < 0 ? Kind.RESOURCE : Kind.TEMPLATE, uri))
                        .orElse(null);
            default -> null;
        };
    }
}
