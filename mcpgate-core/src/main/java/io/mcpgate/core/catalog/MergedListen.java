package io.mcpgate.core.catalog;

import io.mcpgate.Call;
import io.mcpgate.ErrorCode;
import io.mcpgate.Interceptor.Chain;
import io.mcpgate.Payload;
import io.mcpgate.Reply;
import io.mcpgate.core.catalog.CatalogNames.Own;
import io.mcpgate.core.json.Rewrite;
import io.mcpgate.core.stage.Closing;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * {@code subscriptions/listen} on the catalog (2026-07-28): one listen at each server that it concerns, and one stream to
 * the client. Changes of lists concern all servers; a resource or a task concerns the one that has it. When a server ends
 * what it had acknowledged, or more is told than may wait for the client, all ends, so that the client listens anew: it would
 * otherwise wait for news that nobody tells.
 */
record MergedListen(Addressing addressing, Survey survey) {
    private static final String FILTER = "notifications";

    CompletionStage<Reply> listen(Call call, List<String> visible, Chain chain) {
        if (call.isNotification() || !call.session().isModern()) {
            return CompletableFuture.completedFuture(Reply.failure(ErrorCode.METHOD_NOT_FOUND, "Method not found"));
        }
        if (!(call.params().members().get(FILTER) instanceof Map<?, ?> asked)) {
            return CompletableFuture.completedFuture(
                    Reply.failure(ErrorCode.INVALID_PARAMS, "A listen says in \"notifications\" what it is for"));
        }
        Map<String, Map<String, Object>> parts = new LinkedHashMap<>();
        visible.forEach(server -> {
            Map<String, Object> own = concerning(server, asked);
            if (!own.isEmpty()) {
                parts.put(server, own);
            }
        });
        Map<String, Call> branches = new LinkedHashMap<>(); // all of them first, for one may end before the next begins
        Runnable endAll = () -> Closing.all(branches.values().stream()
                .<Runnable>map(each -> each.cancellation()::cancel)
                .toList());
        SharedStream stream =
                new SharedStream(call, asked, List.copyOf(parts.keySet()), survey, addressing.reader(), endAll);
        parts.forEach((server, own) -> branches.put(server, part(call, server, own, stream)));
        List<CompletableFuture<Reply>> listens = new ArrayList<>();
        branches.forEach((server, branch) -> listens.add(chain.proceed(branch)
                .whenComplete((reply, error) -> {
                    if (stream.ended(server)) {
                        endAll.run();
                    }
                })
                .toCompletableFuture()));
        return CompletableFuture.allOf(listens.toArray(CompletableFuture<?>[]::new))
                .handle((all, error) -> stream.close(listens))
                .thenCompose(closed -> closed);
    }

    private Call part(Call call, String server, Map<String, Object> own, SharedStream stream) {
        Call branch = addressing.branch(call.withSession(stream.of(server)), server);
        return branch.withParams(
                Rewrite.builder().put(Payload.of(own), FILTER).build().apply(addressing.reader(), branch.params()));
    }

    /** What of the filter is for one server, in its own words; empty if nothing is. */
    private Map<String, Object> concerning(String server, Map<?, ?> asked) {
        Map<String, Object> own = new LinkedHashMap<>();
        asked.forEach((kind, value) -> {
            if (value instanceof List<?> named) {
                List<String> names = named.stream()
                        .map(name -> ownName((String) kind, name))
                        .flatMap(Optional::stream)
                        .filter(name -> name.server().equals(server))
                        .map(Own::name)
                        .toList();
                if (!names.isEmpty()) {
                    own.put((String) kind, names);
                }
            } else if (value != null && !value.equals(false)) {
                own.put((String) kind, value);
            }
        });
        return own;
    }

    private Optional<Own> ownName(String kind, @Nullable Object name) {
        if (!(name instanceof String text)) {
            return Optional.empty();
        }
        return switch (kind) {
            case "resourceSubscriptions" -> addressing.names().ownUri(text);
            case "taskIds" -> addressing.names().ownName(text);
            default -> Optional.empty(); // whose it is cannot be said, so it is nobody's
        };
    }
}
