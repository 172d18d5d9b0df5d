package io.mcpgate.core.policy;

import io.mcpgate.ErrorCode;
import io.mcpgate.Payload;
import io.mcpgate.Reply;
import io.mcpgate.Target;
import io.mcpgate.core.json.JsonReader;
import io.mcpgate.core.json.ListDocument;
import io.mcpgate.core.protocol.Listing;
import io.mcpgate.policy.Access;
import io.mcpgate.policy.Policy;
import java.util.Map;

/**
 * Cuts what a principal may not use out of a list. A result in which the list cannot be found is not passed on: what
 * cannot be filtered cannot be shown.
 */
record ListFilter(JsonReader reader) {

    /** A filtered list differs from caller to caller, whatever the server says (2026-07-28, "Caching"). */
    private static final Map<String, String> PRIVATE = Map.of("cacheScope", "\"private\"");

    Reply filter(Reply.Complete complete, Listing listing, Policy policy, String server) {
        ListDocument document = ListDocument.read(reader, complete.result(), listing.member(), listing.key());
        if (!document.isList()) {
            return Reply.failure(
                    ErrorCode.BAD_UPSTREAM, "The server's answer to " + listing.method() + " holds no list");
        }
        boolean[] kept = new boolean[document.entries().size()];
        for (int i = 0; i < kept.length; i++) {
            String key = document.entries().get(i).key();
            kept[i] = key != null
                    && Authorize.decide(policy, Access.toServer(server, listing.use(), new Target(listing.kind(), key)))
                            .allowed();
        }
        Payload result = document.keep(kept, PRIVATE, reader);
        return result == complete.result() ? complete : Reply.complete(result);
    }
}
