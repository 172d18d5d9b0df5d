package io.mcpgate.core.catalog;

import io.mcpgate.Payload;
import io.mcpgate.Reply;
import io.mcpgate.core.catalog.Survey.Answer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What servers say of themselves in their handshakes, taken together.
 *
 * @param capabilities what at least one of them has and the catalog can pass on: extensions that bring methods of their
 *     own are left out, because nobody could say which server such a call is for
 * @param instructions a section for each server that has any
 * @param unavailable the servers that could not be asked
 */
record Offer(Map<String, @Nullable Object> capabilities, String instructions, List<String> unavailable) {
    /** How many characters of one server's instructions are passed on. */
    static final int INSTRUCTIONS_OF_ONE_MAX = 4_096;

    /** How many characters the instructions of all have together, headings included. */
    static final int INSTRUCTIONS_MAX = 16_384;

    private static final Set<String> CAPABILITIES =
            Set.of("tools", "prompts", "resources", "completions", "logging", "tasks");
    private static final Set<String> EXTENSIONS = Set.of("io.modelcontextprotocol/tasks", "io.modelcontextprotocol/ui");

    static Offer of(List<Answer> answers) {
        Map<String, @Nullable Object> capabilities = new LinkedHashMap<>();
        StringBuilder instructions = new StringBuilder();
        List<String> unavailable = new ArrayList<>();
        for (Answer answer : answers) {
            if (answer.reply() instanceof Reply.Complete complete) {
                add(complete.result(), capabilities);
                complete.result()
                        .string("instructions")
                        .filter(text -> !text.isBlank())
                        .ifPresent(text -> addSection(answer.server(), text, instructions));
            } else {
                unavailable.add(answer.server());
            }
        }
        return new Offer(capabilities, instructions.toString(), List.copyOf(unavailable));
    }

    private static void add(Payload result, Map<String, @Nullable Object> all) {
        if (!(result.members().get("capabilities") instanceof Map<?, ?> own)) {
            return;
        }
        own.forEach((name, capability) -> {
            if (CAPABILITIES.contains(name) && capability instanceof Map<?, ?>) {
                all.merge((String) name, capability, Offer::union);
            } else if (name.equals("extensions") && capability instanceof Map<?, ?> extensions) {
                Map<Object, @Nullable Object> known = new LinkedHashMap<>(extensions);
                known.keySet().retainAll(EXTENSIONS);
                if (!known.isEmpty()) {
                    all.merge("extensions", known, Offer::union);
                }
            }
        });
    }

    /** Objects and lists joined, flags set if either is; of anything else the first. */
    private static Object union(Object one, Object other) {
        if (one instanceof Map<?, ?> first && other instanceof Map<?, ?> second) {
            Map<Object, @Nullable Object> both = new LinkedHashMap<>(first);
            second.forEach((name, value) -> {
                Object known = both.get(name);
                both.put(name, known == null || value == null ? firstOf(known, value) : union(known, value));
            });
            return both;
        }
        if (one instanceof List<?> first && other instanceof List<?> second) {
            Set<@Nullable Object> both = new LinkedHashSet<>(first);
            both.addAll(second);
            return new ArrayList<>(both);
        }
        return one instanceof Boolean first && other instanceof Boolean second ? (Object) (first || second) : one;
    }

    private static @Nullable Object firstOf(@Nullable Object one, @Nullable Object other) {
        return one == null ? other : one;
    }

    private static void addSection(String server, String text, StringBuilder all) {
        String section = (all.length() == 0 ? "" : "\n\n") + "## " + server + "\n"
                + "Names of this server begin with " + server + CatalogNames.NAME_SEPARATOR + ", URIs with " + server
                + CatalogNames.URI_SEPARATOR + "\n\n" + cut(text, INSTRUCTIONS_OF_ONE_MAX);
        if (all.length() + section.length() <= INSTRUCTIONS_MAX) {
            all.append(section);
        }
    }

    private static String cut(String text, int max) {
        if (text.length() <= max) {
            return text;
        }
        int end = Character.isHighSurrogate(text.charAt(max - 2)) ? max - 2 : max - 1;
        return text.substring(0, end) + "…";
    }
}
