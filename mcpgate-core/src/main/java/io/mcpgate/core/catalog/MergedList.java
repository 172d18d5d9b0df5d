package io.mcpgate.core.catalog;

import io.mcpgate.Call;
import io.mcpgate.ErrorCode;
import io.mcpgate.Interceptor.Chain;
import io.mcpgate.Payload;
import io.mcpgate.Reply;
import io.mcpgate.core.audit.Trail;
import io.mcpgate.core.catalog.Survey.Answer;
import io.mcpgate.core.json.JsonLimits;
import io.mcpgate.core.json.JsonReader;
import io.mcpgate.core.json.ListDocument;
import io.mcpgate.core.json.Rewrite;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One list of many servers, a page at a time: all that have more are asked at once for their next page, and the entries
 * are joined in the order of the servers, renamed and otherwise untouched. A server that fails or is too slow is left out
 * from then on, and so is one whose cursor does not fit into that of the page; the result's {@code _meta} names both.
 */
final class MergedList {
    private static final Logger LOG = LoggerFactory.getLogger(MergedList.class);
    private static final String TRUNCATED = "io.mcpgate/truncated";

    private final Addressing addressing;
    private final Survey survey;
    private final Cursors cursors;
    private final JsonReader joined = new JsonReader(JsonLimits.OF_PARTS); // those of clients are no limits of lists

    MergedList(Addressing addressing, Survey survey, Cursors cursors) {
        this.addressing = addressing;
        this.survey = survey;
        this.cursors = cursors;
    }

    /** The page that a call asks for. */
    CompletionStage<Reply> list(Call call, CatalogList list, List<String> visible, Chain chain) {
        Object cursor = call.params().members().get("cursor");
        if (cursor == null) {
            Map<String, String> begin = new LinkedHashMap<>();
            visible.forEach(server -> begin.put(server, ""));
            return page(call, list, begin, chain);
        }
        Optional<Map<String, String>> places =
                cursor instanceof String text ? cursors.open(text, call.principal(), list) : Optional.empty();
        if (places.isEmpty()) {
            Trail.of(call).refused("no cursor of this gateway for this principal and list");
            return CompletableFuture.completedFuture(Reply.failure(
                    ErrorCode.INVALID_PARAMS,
                    "The cursor is not valid here, or no longer; begin the list again without one"));
        }
        Map<String, String> more = new LinkedHashMap<>(places.get());
        more.keySet().retainAll(visible);
        return page(call, list, more, chain);
    }

    /** The next page of each server; the place in its list is a cursor as JSON text, or nothing for the beginning. */
    private CompletionStage<Reply> page(Call call, CatalogList list, Map<String, String> places, Chain chain) {
        List<Call> pages = places.entrySet().stream()
                .map(place -> at(addressing.branch(call, place.getKey()), place.getValue()))
                .toList();
        return survey.ask(pages, chain).thenApply(answers -> join(call, list, answers));
    }

    private Call at(Call page, String place) {
        Rewrite.Builder changes = Rewrite.builder();
        Rewrite cursor = (place.isEmpty() ? changes.remove("cursor") : changes.put(place, "cursor")).build();
        return page.withParams(cursor.apply(addressing.reader(), page.params()));
    }

    /**
     * What one server has.
     *
     * @param entries JSON texts
     * @param next where its list goes on, as JSON text
     */
    private record Part(
            String server, List<String> entries, @Nullable String next, State state) {
        private Part(Answer answer, State state) {
            this(answer.server(), List.of(), null, state);
        }
    }

    private enum State {
        LISTED,
        NOT_OFFERED,
        UNAVAILABLE
    }

    private Part part(CatalogList list, Answer answer) {
        if (!(answer.reply() instanceof Reply.Complete complete)) {
            return new Part(answer, isNotOffered(answer.reply()) ? State.NOT_OFFERED : State.UNAVAILABLE);
        }
        try {
            return part(list, answer, complete.result());
        } catch (RuntimeException unreadable) { // a host's object need not be JSON, and costs the others nothing
            LOG.error("What {} says to {} cannot be read", answer.server(), list.method(), unreadable);
            return new Part(answer, State.UNAVAILABLE);
        }
    }

    private Part part(CatalogList list, Answer answer, Payload result) {
        Payload page = addressing.terms(answer.server()).page(list, result);
        ListDocument document = ListDocument.read(addressing.reader(), page, list.member(), list.key());
        if (!document.isList()) {
            return new Part(answer, State.UNAVAILABLE);
        }
        String next = document.member("nextCursor")
                .filter(json -> json.startsWith("\""))
                .orElse(null);
        List<String> entries = document.entries().stream().map(document::text).toList();
        return new Part(answer.server(), entries, next, State.LISTED);
    }

    /** A server without prompts says so by not knowing the method; that is an answer. */
    private static boolean isNotOffered(Reply reply) {
        return reply instanceof Reply.Failure failure && failure.code() == ErrorCode.METHOD_NOT_FOUND.code();
    }

    private Reply join(Call call, CatalogList list, List<Answer> answers) {
        List<Part> parts = answers.stream().map(answer -> part(list, answer)).toList();
        if (list == CatalogList.TASKS && parts.stream().allMatch(part -> part.state() == State.NOT_OFFERED)) {
            return Reply.failure(ErrorCode.METHOD_NOT_FOUND, "Method not found");
        }
        Map<String, String> more = new LinkedHashMap<>();
        parts.forEach(part -> {
            if (part.next() != null) {
                more.put(part.server(), part.next());
            }
        });
        Map<String, String> fitting = Cursors.fitting(more);
        StringBuilder json = new StringBuilder("{\"").append(list.member()).append("\":[");
        json.append(parts.stream().flatMap(part -> part.entries().stream()).collect(Collectors.joining(",")));
        json.append(']');
        if (!fitting.isEmpty()) {
            String cursor = cursors.seal(fitting, call.principal(), list);
            json.append(",\"nextCursor\":\"").append(cursor).append('"');
        }
        if (call.session().isModern()) {
            json.append(",\"resultType\":\"complete\",\"ttlMs\":0,\"cacheScope\":\"private\"");
        }
        json.append(meta(
                list,
                parts.stream()
                        .filter(part -> part.state() == State.UNAVAILABLE)
                        .map(Part::server)
                        .toList(),
                more.keySet().stream()
                        .filter(server -> !fitting.containsKey(server))
                        .toList()));
        return Reply.complete(joined.ours(json.append('}').toString().getBytes(StandardCharsets.UTF_8)));
    }

    private static String meta(CatalogList list, List<String> unavailable, List<String> truncated) {
        if (unavailable.isEmpty() && truncated.isEmpty()) {
            return "";
        }
        LOG.warn("The merged {} lacks {}, and the rest of {}", list.method(), unavailable, truncated);
        return Stream.of(servers(CatalogProfile.UNAVAILABLE, unavailable), servers(TRUNCATED, truncated))
                .filter(member -> !member.isEmpty())
                .collect(Collectors.joining(",", ",\"_meta\":{", "}"));
    }

    private static String servers(String member, List<String> servers) {
        return servers.isEmpty()
                ? ""
                : servers.stream().collect(Collectors.joining("\",\"", "\"" + member + "\":[\"", "\"]"));
    }
}
