package io.mcpgate.examples.tap;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A message that the gate has sent.
 *
 * @param where to whom, for messages of failed tests
 * @param revision of the protocol that is spoken there
 * @param method its own, or that of the request which it answers; empty if that is not known
 */
public record Spoken(String where, String revision, String method, JsonNode message) {
    static final String CLIENT = "client";
    static final String MODERN = "2026-07-28";

    private static final String NEWEST_LEGACY = "2025-11-25";
    private static final Set<String> REVISIONS =
            Set.of("2024-11-05", "2025-03-26", "2025-06-18", NEWEST_LEGACY, MODERN);
    private static final String VERSION = "/params/_meta/io.modelcontextprotocol~1protocolVersion";

    /** Whether it is of the era without a handshake. */
    public boolean isModern() {
        return revision.equals(MODERN);
    }

    /** Whether it went to a client, and not to a server. */
    public boolean isToClient() {
        return where.equals(CLIENT);
    }

    /** The revision that a message itself names, as modern ones do. */
    static String version(JsonNode message) {
        return message.at(VERSION).asText();
    }

    static boolean isRequest(JsonNode message) {
        return message.has("method") && message.has("id");
    }

    static boolean isResponse(JsonNode message) {
        return message.isObject() && !message.has("method");
    }

    /** Over HTTP. */
    static List<Spoken> overHttp(String where, List<HttpBytes.Exchange> exchanges, Sessions sessions) {
        List<Spoken> all = new ArrayList<>();
        for (HttpBytes.Exchange exchange : exchanges) {
            boolean toClient = where.equals(CLIENT);
            Map<String, String> methods = methods(toClient ? exchange.asked() : exchange.messages());
            Map<String, String> inSession = toClient ? sessions.asked : sessions.askedBack;
            for (JsonNode message : toClient ? exchange.messages() : exchange.asked()) {
                String id = message.path("id").toString();
                String method = message.has("method")
                        ? message.path("method").asText()
                        : methods.getOrDefault(id, inSession.getOrDefault(exchange.session() + id, ""));
                all.add(new Spoken(where, sessions.revision(exchange), method, message));
            }
        }
        return all;
    }

    /** Over stdio, where an agreement is found in either direction. */
    static List<Spoken> overStdio(String where, List<JsonNode> said, List<JsonNode> heard) {
        List<JsonNode> asking = where.equals(CLIENT) ? heard : said;
        String negotiated = (where.equals(CLIENT) ? said : heard)
                .stream()
                        .map(message -> message.at("/result/protocolVersion").asText())
                        .filter(REVISIONS::contains)
                        .findFirst()
                        .orElse(NEWEST_LEGACY);
        boolean handshake = asking.stream()
                .anyMatch(message -> message.path("method").asText().equals("initialize"));
        Map<String, String> methods = methods(heard);
        Map<String, String> described = new HashMap<>();
        asking.stream()
                .filter(message -> !version(message).isEmpty())
                .forEach(message -> described.put(message.path("id").toString(), MODERN));
        List<Spoken> all = new ArrayList<>();
        for (JsonNode message : said) {
            String id = message.path("id").toString();
            String method = message.has("method") ? message.path("method").asText() : methods.getOrDefault(id, "");
            boolean answersModern = where.equals(CLIENT) && isResponse(message) && described.containsKey(id);
            boolean modern = !handshake || !version(message).isEmpty() || answersModern;
            all.add(new Spoken(where, modern ? MODERN : negotiated, method, message));
        }
        return all;
    }

    private static Map<String, String> methods(List<JsonNode> messages) {
        Map<String, String> methods = new HashMap<>();
        for (JsonNode message : messages) {
            if (isRequest(message)) {
                methods.put(
                        message.path("id").toString(), message.path("method").asText());
            }
        }
        return methods;
    }

    /** What was agreed and asked in each session, by its id. */
    static final class Sessions {
        private final Map<String, String> revisions = new HashMap<>();
        private final Map<String, String> asked = new HashMap<>(); // method, by session and id
        private final Map<String, String> askedBack = new HashMap<>();

        Sessions(List<HttpBytes.Exchange> exchanges) {
            for (HttpBytes.Exchange exchange : exchanges) {
                methods(exchange.asked()).forEach((id, method) -> asked.put(exchange.session() + id, method));
                methods(exchange.messages()).forEach((id, method) -> askedBack.put(exchange.session() + id, method));
                for (JsonNode message : exchange.messages()) {
                    String version = message.at("/result/protocolVersion").asText();
                    if (REVISIONS.contains(version) && !exchange.session().isEmpty()) {
                        revisions.put(exchange.session(), version);
                    }
                }
            }
        }

        /** What is agreed; the newest of the era where nothing can be understood. */
        String revision(HttpBytes.Exchange exchange) {
            for (JsonNode message : exchange.asked()) {
                if (!version(message).isEmpty()) {
                    return MODERN; // none earlier is named there, and of none later is anything known
                }
            }
            String agreed = revisions.get(exchange.session());
            String header = exchange.requestHeaders().getOrDefault("MCP-Protocol-Version", NEWEST_LEGACY);
            return agreed != null ? agreed : REVISIONS.contains(header) ? header : NEWEST_LEGACY;
        }
    }
}
