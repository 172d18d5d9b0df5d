package io.mcpgate.core.config;

import io.mcpgate.core.policy.Grant;
import io.mcpgate.core.policy.Role;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The section {@code roles}. */
final class RoleReader {
    private static final List<String> ANY = List.of("*");
    private static final List<String> KINDS = List.of("tools", "prompts", "resources", "templates", "methods");

    private final Context context;

    RoleReader(Context context) {
        this.context = context;
    }

    List<Role> roles(Map<String, Node> entries) {
        List<Role> roles = new ArrayList<>();
        entries.forEach((name, node) -> {
            String offence = Checks.NAME.offence(name);
            if (offence != null) {
                context.problem(node, offence);
            }
            Fields role = new Fields(node, Shape.ROLE, context);
            roles.add(new Role(name, grants(role.items("allow")), grants(role.items("deny"))));
        });
        return roles;
    }

    private List<Grant> grants(List<Node> items) {
        return items.stream()
                .map(item -> grant(new Fields(item, Shape.GRANT, context), item))
                .toList();
    }

    /** A rule that names nothing would close nothing, and whoever wrote it as a deny rule meant the opposite. */
    private Grant grant(Fields grant, Node item) {
        if (item instanceof Node.Mapping && KINDS.stream().noneMatch(grant::has)) {
            context.problem(
                    item,
                    "names nothing; add tools, prompts, resources, templates or methods, each a list like [\"search*\"]"
                            + " ([\"*\"] for all)");
        }
        grant.requireItems("server", "name at least one server, or leave it out for all of them");
        KINDS.forEach(kind -> grant.requireItems(kind, "name at least one, or leave it out; [\"*\"] is for all"));
        return new Grant(
                grant.has("server") ? grant.stringOrStrings("server", Checks.SERVER_GLOB) : ANY,
                grant.strings("tools", Checks::nameGlob),
                grant.strings("prompts", Checks::nameGlob),
                grant.strings("resources", Checks::uriGlob),
                grant.strings("templates", Checks::uriGlob),
                grant.strings("methods", Checks::nameGlob));
    }
}
