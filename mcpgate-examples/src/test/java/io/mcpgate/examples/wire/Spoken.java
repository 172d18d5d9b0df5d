package io.mcpgate.examples.wire;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A message that the gate has sent.
 *
 * @param where to whom, for messages of failed tests
 * @param revision of the protocol that is spoken there
 * @param method its own, or that of the request which it answers; empty if that is not known
 */
record Spoken(String where, String revision, String method, JsonNode message) {
    private static final String VERSION = "/params/_meta/io.modelcontextprotocol~1protocolVersion";

    boolean isModern() {
        return revision.equals(WireClient.MODERN);
    }

    /** The revision that a message itself names, as modern ones do. */
    static String version(JsonNode message) {
        return message.at(VERSION).asText();
    }

    /** To clients over HTTP. */
    static List<Spoken> toClients(List<HttpBytes.Exchange> exchanges) {
        Sessions sessions = new Sessions(exchanges);
        List<Spoken> all = new ArrayList<>();
        for (HttpBytes.Exchange exchange : exchanges) {
            Map<String, String> methods = methods(exchange.asked());
            for (HttpBytes.Event event : exchange.answered()) {
                JsonNode message = event.message();
                String method = message.has("method")
                        ? message.path("method").asText()
                        : methods.getOrDefault(
                                message.path("id").toString(),
                                sessions.asked.getOrDefault(exchange.session() + message.path("id"), ""));
                all.add(new Spoken("to client", sessions.revision(exchange), method, message));
            }
        }
        return all;
    }

    /** To a server over HTTP. */
    static List<Spoken> toServer(String name, List<HttpBytes.Exchange> exchanges) {
        Sessions sessions = new Sessions(exchanges);
        List<Spoken> all = new ArrayList<>();
        for (HttpBytes.Exchange exchange : exchanges) {
            for (JsonNode message : exchange.asked()) {
                String method = message.has("method")
                        ? message.path("method").asText()
                        : sessions.askedBack.getOrDefault(exchange.session() + message.path("id"), "");
                all.add(new Spoken("to " + name, sessions.revision(exchange), method, message));
            }
        }
        return all;
    }

    /** To servers over stdio, whose lines are kept in files of a directory: see {@link StdioTap}. */
    static List<Spoken> toChildren(String name, Path directory) {
        List<Spoken> all = new ArrayList<>();
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file :
                    files.filter(each -> each.toString().endsWith(".in")).toList()) {
                Path answers = Path.of(file.toString().replaceAll("in$", "out"));
                all.addAll(toChild(name, lines(file), lines(answers)));
            }
            return all;
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private static List<Spoken> toChild(String name, List<JsonNode> said, List<JsonNode> answered) {
        String negotiated = answered.stream()
                .map(message -> message.at("/result/protocolVersion").asText())
                .filter(version -> !version.isEmpty())
                .findFirst()
                .orElse("2025-11-25");
        Map<String, String> askedBack = methods(answered);
        List<Spoken> all = new ArrayList<>();
        boolean modern = said.stream()
                .noneMatch(message -> message.path("method").asText().equals("initialize"));
        for (JsonNode message : said) {
            boolean described = modern || !version(message).isEmpty();
            String method = message.has("method")
                    ? message.path("method").asText()
                    : askedBack.getOrDefault(message.path("id").toString(), "");
            all.add(new Spoken("to " + name, described ? WireClient.MODERN : negotiated, method, message));
        }
        return all;
    }

    private static List<JsonNode> lines(Path file) throws IOException {
        String text = Files.exists(file) ? Files.readString(file) : "";
        return text.substring(0, text.lastIndexOf('\n') + 1)
                .lines()
                .filter(line -> line.startsWith("{"))
                .map(Json::read)
                .toList();
    }

    private static Map<String, String> methods(List<JsonNode> messages) {
        Map<String, String> methods = new HashMap<>();
        for (JsonNode message : messages) {
            if (message.has("id") && message.has("method")) {
                methods.put(
                        message.path("id").toString(), message.path("method").asText());
            }
        }
        return methods;
    }

    /** What was agreed and asked in each session, by its id. */
    private static final class Sessions {
        private final Map<String, String> revisions = new HashMap<>();
        private final Map<String, String> asked = new HashMap<>(); // method, by session and id
        private final Map<String, String> askedBack = new HashMap<>();

        Sessions(List<HttpBytes.Exchange> exchanges) {
            for (HttpBytes.Exchange exchange : exchanges) {
                methods(exchange.asked()).forEach((id, method) -> asked.put(exchange.session() + id, method));
                List<JsonNode> answered = exchange.answered().stream()
                        .map(HttpBytes.Event::message)
                        .toList();
                methods(answered).forEach((id, method) -> askedBack.put(exchange.session() + id, method));
                for (JsonNode message : answered) {
                    String version = message.at("/result/protocolVersion").asText();
                    if (!version.isEmpty() && !exchange.session().isEmpty()) {
                        revisions.put(exchange.session(), version);
                    }
                }
            }
        }

        String revision(HttpBytes.Exchange exchange) {
            for (JsonNode message : exchange.asked()) {
                if (!version(message).isEmpty()) {
                    return WireClient.MODERN; // none earlier is named there, and of none later is anything known
                }
            }
            String header = exchange.requestHeaders().getOrDefault("MCP-Protocol-Version", "2025-11-25");
            return revisions.getOrDefault(exchange.session(), header);
        }
    }
}
