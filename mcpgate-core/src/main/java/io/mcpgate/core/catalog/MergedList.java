package io.mcpgate.core.catalog;

import io.mcpgate.Call;
import io.mcpgate.ErrorCode;
import io.mcpgate.Interceptor.Chain;
import io.mcpgate.Payload;
import io.mcpgate.Reply;
import io.mcpgate.core.audit.Trail;
import io.mcpgate.core.json.JsonReader;
import io.mcpgate.core.json.ListDocument;
import io.mcpgate.core.protocol.Listing;
import io.mcpgate.core.route.Timeouts;
import io.mcpgate.core.route.UpstreamException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One list of many servers: all are asked at once, each page by page, and their entries are joined in the order of the
 * servers, renamed and otherwise untouched. A server that fails or is too slow is left out, and the result's
 * {@code _meta} says so.
 */
public final class MergedList {
    private static final Logger LOG = LoggerFactory.getLogger(MergedList.class);
    private static final int PAGES_MAX = 100;

    private final JsonReader reader;
    private final Duration patience;
    private final ScheduledExecutorService timer;

    /** Waits for each server at most {@code patience}. */
    public MergedList(JsonReader reader, Duration patience, ScheduledExecutorService timer) {
        this.reader = reader;
        this.patience = patience;
        this.timer = timer;
    }

    /** What one server has; {@code complete} if it was reached. */
    private record Part(String server, List<String> entries, boolean complete) {}

    CompletionStage<Reply> list(Call call, Listing listing, List<String> servers, Chain chain) {
        List<CompletableFuture<Part>> parts = servers.stream()
                .map(server -> part(call, listing, server, chain))
                .toList();
        return CompletableFuture.allOf(parts.toArray(CompletableFuture<?>[]::new))
                .thenApply(all -> join(
                        call,
                        listing,
                        parts.stream().map(CompletableFuture::join).toList()));
    }

    private CompletableFuture<Part> part(Call call, Listing listing, String server, Chain chain) {
        List<String> entries = new ArrayList<>();
        Call first = Trail.branch(Addressing.merged(call, server))
                .withParams(page(call, null))
                .withTimeout(patience);
        CompletionStage<Boolean> complete = pages(first, listing, chain, entries, 1);
        return Timeouts.within(complete, patience, timer, () -> new UpstreamException("too slow"))
                .handle((done, error) -> {
                    if (error != null || !done) {
                        LOG.warn("The merged {} lacks server \"{}\"", listing.method(), server);
                    }
                    return new Part(server, List.copyOf(entries), error == null && done);
                });
    }

    private CompletionStage<Boolean> pages(Call page, Listing listing, Chain chain, List<String> entries, int number) {
        return chain.proceed(page).thenCompose(reply -> {
            if (!(reply instanceof Reply.Complete complete)) {
                return CompletableFuture.completedFuture(isNotOffered(reply));
            }
            ListDocument document = ListDocument.read(reader, complete.result(), listing.member(), listing.key());
            String server = page.server().orElse("");
            document.entries()
                    .forEach(entry -> entries.add(document.rename(entry, key -> catalogKey(listing, server, key))));
            String cursor = complete.result().string("nextCursor").orElse(null);
            return cursor == null || number == PAGES_MAX
                    ? CompletableFuture.completedFuture(cursor == null)
                    : pages(page.withParams(page(page, cursor)), listing, chain, entries, number + 1);
        });
    }

    /** A server without prompts says so by not knowing the method; that is an answer. */
    private static boolean isNotOffered(Reply reply) {
        return reply instanceof Reply.Failure failure && failure.code() == ErrorCode.METHOD_NOT_FOUND.code();
    }

    private static String catalogKey(Listing listing, String server, String key) {
        return listing == Listing.TOOLS || listing == Listing.PROMPTS
                ? CatalogNames.ofName(server, key)
                : CatalogNames.ofUri(server, key);
    }

    private static Payload page(Call call, @Nullable String cursor) {
        Map<String, @Nullable Object> params = new LinkedHashMap<>(call.params().members());
        params.remove("cursor");
        if (cursor != null) {
            params.put("cursor", cursor);
        }
        return Payload.of(params);
    }

    private Reply join(Call call, Listing listing, List<Part> parts) {
        StringBuilder json = new StringBuilder("{\"").append(listing.member()).append("\":[");
        json.append(parts.stream().flatMap(part -> part.entries().stream()).collect(Collectors.joining(",")));
        json.append(']');
        if (call.session().isModern()) {
            json.append(",\"resultType\":\"complete\",\"ttlMs\":0,\"cacheScope\":\"private\"");
        }
        String missing = parts.stream()
                .filter(part -> !part.complete())
                .map(part -> '"' + part.server() + '"')
                .collect(Collectors.joining(","));
        if (!missing.isEmpty()) {
            json.append(",\"_meta\":{\"io.mcpgate/unavailable\":[")
                    .append(missing)
                    .append("]}");
        }
        return Reply.complete(reader.ours(json.append('}').toString().getBytes(StandardCharsets.UTF_8)));
    }
}
