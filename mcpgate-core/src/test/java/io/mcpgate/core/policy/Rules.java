package io.mcpgate.core.policy;

import java.util.ArrayList;
import java.util.List;

/** A role in one line, for tables: {@code tools: search, methods: ping !tools: delete}; what follows a ! is denied. */
public final class Rules {
    private Rules() {}

    /** A role on one server; a dash is a role that says nothing. */
    public static Role role(String name, String server, String rules) {
        String[] parts = rules.split("!", 2);
        return new Role(
                name,
                rules.equals("-") ? List.of() : List.of(grant(server, parts[0])),
                parts.length == 1 ? List.of() : List.of(grant(server, parts[1])));
    }

    private static Grant grant(String server, String text) {
        return new Grant(
                List.of(server),
                globs("tools", text),
                globs("prompts", text),
                globs("resources", text),
                globs("templates", text),
                globs("methods", text));
    }

    private static List<String> globs(String kind, String text) {
        List<String> globs = new ArrayList<>();
        for (String part : text.split(",")) {
            String rule = part.strip();
            if (rule.startsWith(kind + ": ")) {
                globs.add(rule.substring(kind.length() + 2));
            }
        }
        return globs;
    }
}
