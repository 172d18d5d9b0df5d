package io.mcpgate.core.policy;

import io.mcpgate.Payload;
import io.mcpgate.Reply;
import io.mcpgate.core.json.JsonReader;
import io.mcpgate.core.json.Rewrite;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What a server says it can do, in its answer to {@code initialize} or {@code server/discover}, without what the principal
 * may not use: asked with the questions that the methods themselves will raise. Members that the gateway does not know
 * stay; the methods behind them are decided when they are called.
 */
record OfferedCapabilities(JsonReader reader) {
    private static final String EXTENSION = "io.modelcontextprotocol/tasks";

    /** A member below {@code capabilities}, and when it stays. */
    private record Offer(List<String> path, Predicate<Rights> stays) {
        String[] fullPath() {
            String[] full = new String[path.size() + 1];
            full[0] = "capabilities";
            System.arraycopy(path.toArray(new String[0]), 0, full, 1, path.size());
            return full;
        }

        boolean isIn(Map<String, @Nullable Object> result) {
            Object at = result;
            for (String name : fullPath()) {
                if (!(at instanceof Map<?, ?> object) || !object.containsKey(name)) {
                    return false;
                }
                at = object.get(name);
            }
            return true;
        }
    }

    private static Offer offer(Predicate<Rights> stays, String... path) {
        return new Offer(Arrays.asList(path), stays);
    }

    /** What both eras have. */
    private static final List<Offer> COMMON = List.of(
            offer(rights -> rights.mayUse("tools/list"), "tools"),
            offer(rights -> rights.mayHear("notifications/tools/list_changed"), "tools", "listChanged"),
            offer(rights -> rights.mayUse("prompts/list"), "prompts"),
            offer(rights -> rights.mayHear("notifications/prompts/list_changed"), "prompts", "listChanged"),
            offer(rights -> rights.mayUse("resources/list") || rights.mayUse("resources/templates/list"), "resources"),
            offer(rights -> rights.mayHear("notifications/resources/list_changed"), "resources", "listChanged"),
            offer(rights -> rights.mayHear("notifications/resources/updated"), "resources", "subscribe"),
            offer(rights -> rights.mayUse("completion/complete"), "completions"));

    private static final List<Offer> LEGACY = List.of(
            offer(rights -> rights.mayUse("resources/subscribe"), "resources", "subscribe"),
            offer(rights -> rights.mayUse("logging/setLevel"), "logging"),
            offer(rights -> rights.mayUse("tasks/get"), "tasks"),
            offer(rights -> rights.mayUse("tasks/list"), "tasks", "list"),
            offer(rights -> rights.mayUse("tasks/cancel"), "tasks", "cancel"));

    private static final List<Offer> MODERN = List.of(
            offer(rights -> rights.mayUse("subscriptions/listen"), "resources", "subscribe"),
            offer(rights -> rights.mayHear("notifications/message"), "logging"),
            offer(rights -> rights.mayUse("tasks/get"), "extensions", EXTENSION));

    Reply cut(String method, Reply.Complete complete, Rights rights) {
        boolean modern = method.equals("server/discover");
        Rewrite.Builder changes = Rewrite.builder();
        if (modern) { // it differs from caller to caller, whatever the server says (2026-07-28, "Caching")
            changes.text(scope -> "private", "cacheScope");
        }
        cut(COMMON, complete.result(), rights, changes);
        cut(modern ? MODERN : LEGACY, complete.result(), rights, changes);
        Payload left = changes.build().apply(reader, complete.result());
        return left == complete.result() ? complete : Reply.complete(left);
    }

    private static void cut(List<Offer> offers, Payload result, Rights rights, Rewrite.Builder changes) {
        for (Offer offer : offers) {
            if (offer.isIn(result.members()) && !offer.stays().test(rights)) {
                changes.remove(offer.fullPath());
            }
        }
    }
}
