package io.mcpgate.core.policy;

import io.mcpgate.Target;
import io.mcpgate.policy.Decision;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The names in many rules, compiled: which rule is the first that names a thing costs a few look-ups, however many rules
 * there are and whoever asks. So it need not be remembered for each principal and thing.
 */
final class NamedRules {
    private final Map<String, Map<Target.Kind, GlobIndex>> byServer = new HashMap<>();
    private final Map<String, Map<Target.Kind, GlobIndex>> byServerPattern = new LinkedHashMap<>();

    private NamedRules(Map<String, Map<Target.Kind, List<GlobIndex.Entry>>> globs) {
        globs.forEach((servers, kinds) -> {
            Map<Target.Kind, GlobIndex> compiled = new EnumMap<>(Target.Kind.class);
            kinds.forEach((kind, entries) -> compiled.put(kind, new GlobIndex(entries)));
            (servers.indexOf('*') < 0 ? byServer : byServerPattern).put(servers, compiled);
        });
    }

    /** Takes rules in their order. */
    static final class Builder {
        private final Map<String, Map<Target.Kind, List<GlobIndex.Entry>>> globs = new LinkedHashMap<>();
        private int rank;

        /** A rule; {@code decide} makes its decision of what it names, e.g. {@code tool find*}. */
        void add(Grant grant, Function<String, Decision> decide) {
            add(grant, Target.Kind.TOOL, grant.tools(), decide);
            add(grant, Target.Kind.PROMPT, grant.prompts(), decide);
            add(grant, Target.Kind.RESOURCE, grant.resources(), decide);
            add(grant, Target.Kind.TEMPLATE, grant.templates(), decide);
            add(grant, Target.Kind.METHOD, grant.methods(), decide);
        }

        private void add(Grant grant, Target.Kind kind, Collection<String> names, Function<String, Decision> decide) {
            String title = kind.name().toLowerCase(Locale.ROOT) + " ";
            for (boolean star : new boolean[] {false, true}) { // in one rule an exact name stands before all patterns
                for (String name : names) {
                    if (name.indexOf('*') >= 0 == star) {
                        GlobIndex.Entry entry = new GlobIndex.Entry(name, rank++, decide.apply(title + name));
                        grant.servers()
                                .forEach(server -> globs.computeIfAbsent(
                                                server, unused -> new EnumMap<>(Target.Kind.class))
                                        .computeIfAbsent(kind, unused -> new ArrayList<>())
                                        .add(entry));
                    }
                }
            }
        }

        NamedRules build() {
            return new NamedRules(globs);
        }
    }

    /** The first rule that names this thing of this server; {@code null} if none does. */
    GlobIndex.@Nullable Entry find(String server, Target.Kind kind, String name) {
        GlobIndex.Entry first = find(byServer.get(server), kind, name);
        for (Map.Entry<String, Map<Target.Kind, GlobIndex>> pattern : byServerPattern.entrySet()) {
            if (Globs.matches(pattern.getKey(), server)) {
                first = GlobIndex.Entry.earlier(first, find(pattern.getValue(), kind, name));
            }
        }
        return first;
    }

    private static GlobIndex.@Nullable Entry find(
            @Nullable Map<Target.Kind, GlobIndex> kinds, Target.Kind kind, String name) {
        GlobIndex index = kinds == null ? null : kinds.get(kind);
        return index == null ? null : index.find(name);
    }
}
