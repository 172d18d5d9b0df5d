package io.mcpgate.core.policy;

import io.mcpgate.ErrorCode;
import io.mcpgate.Payload;
import io.mcpgate.Reply;
import io.mcpgate.Target;
import io.mcpgate.core.json.JsonReader;
import io.mcpgate.core.json.ListDocument;
import io.mcpgate.core.protocol.Listing;
import java.util.List;
import java.util.function.Predicate;

/**
 * Cuts what a principal may not use out of a list. A result in which the list cannot be found is not passed on: what
 * cannot be filtered cannot be shown.
 */
record ListFilter(JsonReader reader) {

    /** Keeps what may be used; {@code onHidden} runs if that is not everything. */
    Reply filter(Reply.Complete complete, Listing listing, Rights rights, Runnable onHidden) {
        Predicate<String> mayUse = key -> rights.mayUse(listing.use(), new Target(listing.kind(), key));
        return filter(complete, listing.method(), listing.member(), listing.key(), mayUse, onHidden);
    }

    /** Keeps the entries of the array {@code member} whose string {@code key} is one to keep. */
    Reply filter(Reply.Complete complete, String method, String member, String key, Predicate<String> keep) {
        return filter(complete, method, member, key, keep, () -> {});
    }

    private Reply filter(
            Reply.Complete complete,
            String method,
            String member,
            String key,
            Predicate<String> keep,
            Runnable onHidden) {
        ListDocument document = ListDocument.read(reader, complete.result(), member, key);
        if (!document.isList()) {
            return Reply.failure(ErrorCode.BAD_UPSTREAM, "The answer to " + method + " holds no list");
        }
        List<ListDocument.Entry> entries = document.entries();
        boolean[] kept = new boolean[entries.size()];
        boolean hidden = false;
        for (int i = 0; i < kept.length; i++) {
            String name = entries.get(i).key();
            kept[i] = name != null && keep.test(name);
            hidden |= !kept[i];
        }
        if (hidden) {
            onHidden.run();
        }
        Payload result = document.keepForOne(kept);
        return result == complete.result() ? complete : Reply.complete(result);
    }
}
