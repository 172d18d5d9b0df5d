package io.mcpgate.examples.tap;

import com.fasterxml.jackson.databind.JsonNode;
import io.mcpgate.examples.tap.WireRules.Problems;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What belongs together: an answer to its request, progress to what is still open, and no id twice. */
final class TalkRules {
    private static final String TOKEN = "/params/_meta/progressToken";

    private TalkRules() {}

    /** Of one stream or pipe, where what the gate says is in order; {@code heard} may be in any. */
    static List<String> inOrder(List<JsonNode> said, List<JsonNode> heard) {
        Problems problems = new Problems();
        List<JsonNode> open =
                new ArrayList<>(heard.stream().filter(Spoken::isRequest).toList());
        for (JsonNode message : said) {
            if (Spoken.isResponse(message)) {
                problems.unless(
                        isForUnreadable(message) || removeFirst(open, message.path("id")),
                        "a response to another id, or a second one: " + message.path("id"));
            } else {
                problems.unless(
                        isProgressOf(open, message), "progress of nothing that is open: " + message.path("params"));
            }
        }
        return problems.list();
    }

    /** JSON-RPC has a null id for what could not be read; nothing else may have one. */
    private static boolean isForUnreadable(JsonNode message) {
        return message.has("error") && message.path("id").isNull();
    }

    private static boolean removeFirst(List<JsonNode> open, JsonNode id) {
        for (int i = 0; i < open.size(); i++) {
            if (open.get(i).path("id").equals(id)) {
                open.remove(i);
                return true;
            }
        }
        return false;
    }

    private static boolean isProgressOf(List<JsonNode> requests, JsonNode message) {
        JsonNode token = message.at("/params/progressToken");
        return !message.path("method").asText().equals("notifications/progress")
                || requests.stream().anyMatch(request -> request.at(TOKEN).equals(token));
    }

    /** Of one session, in no order: ids of requests are used once, and only such are cancelled. */
    static List<String> asking(List<JsonNode> said) {
        Problems problems = new Problems();
        Set<JsonNode> used = new HashSet<>();
        said.stream()
                .filter(Spoken::isRequest)
                .forEach(message -> problems.unless(used.add(message.path("id")), "an id used twice: " + message));
        said.stream()
                .filter(message -> message.path("method").asText().equals("notifications/cancelled"))
                .forEach(message -> problems.unless(
                        used.contains(message.at("/params/requestId")), "cancels what was not asked: " + message));
        return problems.list();
    }

    /** Of one session, in no order: what is answered was asked, and once; and so for progress. */
    static List<String> answering(List<JsonNode> said, List<JsonNode> heard) {
        List<JsonNode> responsesLast = new ArrayList<>(
                said.stream().filter(message -> !Spoken.isResponse(message)).toList());
        said.stream().filter(Spoken::isResponse).forEach(responsesLast::add);
        return inOrder(responsesLast, heard);
    }

    /** Over HTTP, what goes to a server in each session. */
    static List<String> toServer(List<HttpBytes.Exchange> exchanges) {
        List<String> problems = new ArrayList<>();
        bySession(exchanges).forEach((session, all) -> {
            List<JsonNode> said = all.stream()
                    .flatMap(each -> each.asked().stream())
                    .filter(message -> Spoken.version(message).isEmpty())
                    .toList();
            problems.addAll(asking(said));
            problems.addAll(answering(
                    said, all.stream().flatMap(each -> each.messages().stream()).toList()));
        });
        return problems;
    }

    /** Over HTTP, what goes to clients in each session; an event that comes again has its id. */
    static List<String> toClients(List<HttpBytes.Exchange> exchanges) {
        List<String> problems = new ArrayList<>();
        bySession(exchanges).forEach((session, all) -> {
            Set<HttpBytes.Event> said = new HashSet<>();
            List<JsonNode> once = new ArrayList<>();
            all.stream()
                    .flatMap(each -> each.answered().stream())
                    .filter(event -> event.id().isEmpty() || said.add(event))
                    .forEach(event -> once.add(event.message()));
            problems.addAll(asking(once));
            problems.addAll(answering(
                    once, all.stream().flatMap(each -> each.asked().stream()).toList()));
        });
        return problems;
    }

    private static Map<String, List<HttpBytes.Exchange>> bySession(List<HttpBytes.Exchange> exchanges) {
        Map<String, List<HttpBytes.Exchange>> sessions = new LinkedHashMap<>();
        exchanges.stream()
                .filter(each -> !each.session().isEmpty())
                .forEach(each -> sessions.computeIfAbsent(each.session(), id -> new ArrayList<>())
                        .add(each));
        return sessions;
    }
}
