package io.mcpgate.core.policy;

import io.mcpgate.Call;
import io.mcpgate.Target;
import io.mcpgate.core.json.JsonReader;
import io.mcpgate.core.json.Rewrite;
import io.mcpgate.core.protocol.ListKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Cuts out of a {@code subscriptions/listen} what its sender may not hear of, so that the server is never asked for it and
 * its acknowledgement says what is left. News of lists needs the list; each URI and task is decided by itself; a member
 * that the specification does not have is decided as a method of its own, {@code subscriptions/listen/<member>}.
 */
record ListenFilter(JsonReader reader, Tasks tasks) {
    static final String METHOD = "subscriptions/listen";

    /** The call as it may go out; empty if what it asks for cannot be read, and so cannot be decided on. */
    Optional<Call> cut(Call call, Rights rights) {
        Object asked = call.params().members().get("notifications");
        if (asked == null) {
            return Optional.of(call);
        }
        if (!(asked instanceof Map<?, ?> kinds)) {
            return Optional.empty();
        }
        Rewrite.Builder changes = Rewrite.builder();
        boolean any = false;
        for (Map.Entry<?, ?> kind : kinds.entrySet()) {
            any |= cut((String) kind.getKey(), kind.getValue(), call, rights, changes);
        }
        return Optional.of(any ? call.withParams(changes.build().apply(reader, call.params())) : call);
    }

    private boolean cut(String member, @Nullable Object value, Call call, Rights rights, Rewrite.Builder changes) {
        return switch (member) {
            case "resourceSubscriptions" ->
                cutEntries(member, value, uri -> rights.mayUse(METHOD, new Target(Target.Kind.RESOURCE, uri)), changes);
            case "taskIds" -> {
                boolean mayHear = rights.mayUse("tasks/get") && rights.mayHear("notifications/tasks");
                yield cutEntries(member, value, id -> mayHear && tasks.isOwn(call, rights, id), changes);
            }
            default -> {
                boolean refused = !mayHear(member, rights);
                if (refused) {
                    changes.remove("notifications", Rewrite.member(member));
                }
                yield refused;
            }
        };
    }

    private static boolean mayHear(String member, Rights rights) {
        return ListKind.wishedBy(member)
                .map(rights::mayBeTold)
                .orElseGet(() -> rights.mayUse(METHOD, new Target(Target.Kind.METHOD, METHOD + "/" + member)));
    }

    /** What is no array of strings names nothing that could be allowed. */
    private static boolean cutEntries(
            String member, @Nullable Object value, Predicate<String> keep, Rewrite.Builder changes) {
        List<?> entries = value instanceof List<?> list ? list : List.of();
        List<String> kept = new ArrayList<>();
        for (Object entry : entries) {
            if (entry instanceof String text && keep.test(text)) {
                kept.add(text);
            }
        }
        if (value instanceof List<?> && kept.size() == entries.size()) {
            return false;
        }
        if (kept.isEmpty()) {
            changes.remove("notifications", member);
        } else {
            changes.putTexts(kept, "notifications", member);
        }
        return true;
    }
}
