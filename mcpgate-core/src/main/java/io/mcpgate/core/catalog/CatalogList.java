package io.mcpgate.core.catalog;

import io.mcpgate.Session;
import java.util.Arrays;
import java.util.Optional;

/** The lists that the catalog merges: those that policy filters, and the tasks of 2025-11-25. */
enum CatalogList {
    TOOLS("tools/list", "tools", "name"),
    PROMPTS("prompts/list", "prompts", "name"),
    RESOURCES("resources/list", "resources", "uri"),
    TEMPLATES("resources/templates/list", "resourceTemplates", "uriTemplate"),
    TASKS("tasks/list", "tasks", "taskId");

    private final String method;
    private final String member;
    private final String key;

    CatalogList(String method, String member, String key) {
        this.method = method;
        this.member = member;
        this.key = key;
    }

    /** The list that a method asks for; 2026-07-28 has no list of tasks. */
    static Optional<CatalogList> of(String method, Session session) {
        return Arrays.stream(values())
                .filter(list -> list.method.equals(method))
                .filter(list -> list != TASKS || !session.isModern())
                .findFirst();
    }

    String method() {
        return method;
    }

    /** The member of the result that holds the entries. */
    String member() {
        return member;
    }

    /** The member of an entry that names it. */
    String key() {
        return key;
    }

    /** Whether entries are named by a URI. */
    boolean isOfUris() {
        return this == RESOURCES || this == TEMPLATES;
    }
}
