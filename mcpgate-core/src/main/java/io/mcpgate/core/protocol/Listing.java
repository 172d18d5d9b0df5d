package io.mcpgate.core.protocol;

import io.mcpgate.Target;
import java.util.Optional;

/** The methods that list things, what their entries are, and which method would use an entry. */
public enum Listing {
    /** {@code tools/list}. */
    TOOLS("tools/list", "tools", "name", "tools/call", Target.Kind.TOOL),
    /** {@code prompts/list}. */
    PROMPTS("prompts/list", "prompts", "name", "prompts/get", Target.Kind.PROMPT),
    /** {@code resources/list}. */
    RESOURCES("resources/list", "resources", "uri", "resources/read", Target.Kind.RESOURCE),
    /** {@code resources/templates/list}. */
    TEMPLATES("resources/templates/list", "resourceTemplates", "uriTemplate", "resources/read", Target.Kind.TEMPLATE);

    private final String method;
    private final String member;
    private final String key;
    private final String use;
    private final Target.Kind kind;

    Listing(String method, String member, String key, String use, Target.Kind kind) {
        this.method = method;
        this.member = member;
        this.key = key;
        this.use = use;
        this.kind = kind;
    }

    /** The listing that a method asks for. */
    public static Optional<Listing> of(String method) {
        return switch (method) {
            case "tools/list" -> Optional.of(TOOLS);
            case "prompts/list" -> Optional.of(PROMPTS);
            case "resources/list" -> Optional.of(RESOURCES);
            case "resources/templates/list" -> Optional.of(TEMPLATES);
            default -> Optional.empty();
        };
    }

    /** The method that lists. */
    public String method() {
        return method;
    }

    /** The member of the result that holds the entries. */
    public String member() {
        return member;
    }

    /** The member of an entry that names it. */
    public String key() {
        return key;
    }

    /** The method with which a client uses an entry; policy is asked about that one. */
    public String use() {
        return use;
    }

    /** What the entries are. */
    public Target.Kind kind() {
        return kind;
    }
}
