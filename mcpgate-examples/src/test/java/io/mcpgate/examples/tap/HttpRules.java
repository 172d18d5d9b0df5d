package io.mcpgate.examples.tap;

import com.fasterxml.jackson.databind.JsonNode;
import io.mcpgate.examples.tap.WireRules.Problems;
import io.mcpgate.http.HeaderText;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** What HTTP has to say about a message of the gate: status and headers. */
final class HttpRules {
    private HttpRules() {}

    /** What the gate answers to a client. */
    static List<String> answer(HttpBytes.Exchange exchange, String revision) {
        Problems problems = new Problems();
        Map<String, String> headers = exchange.answerHeaders();
        String type = headers.getOrDefault("Content-Type", "");
        problems.unless(
                exchange.answered().isEmpty() || exchange.isStream() || type.startsWith("application/json"),
                "messages as " + type);
        problems.unless(exchange.status() != 202 || exchange.answered().isEmpty(), "202 with a message");
        problems.unless(exchange.status() != 401 || headers.containsKey("WWW-Authenticate"), "401 without a challenge");
        problems.unless(exchange.status() != 405 || headers.containsKey("Allow"), "405 without Allow");
        problems.unless(
                headers.getOrDefault("Mcp-Session-Id", "!").chars().allMatch(c -> c >= 0x21 && c <= 0x7E),
                "a session id that is not visible ASCII");
        if (exchange.verb().equals("POST")) {
            TalkRules.inOrder(exchange.messages(), exchange.asked()).forEach(each -> problems.unless(false, each));
        }
        boolean modern = revision.equals(Spoken.MODERN);
        Set<String> eventIds = new HashSet<>();
        for (HttpBytes.Event event : exchange.answered()) {
            problems.unless(
                    exchange.status() >= 400 || !event.message().path("id").isNull(),
                    "null for an id where all was well");
            problems.unless(event.id().isEmpty() || !modern, "an event id in the modern era");
            problems.unless(event.id().isEmpty() || eventIds.add(event.id()), "an event id that was there before");
            problems.unless(!modern || exchange.isStream() || isOf(event.message(), exchange.status()), "the status");
        }
        problems.unless(!modern || !headers.containsKey("Mcp-Session-Id"), "a session id in the modern era");
        return problems.list();
    }

    /** Of the errors that have a status of their own, in the modern era. */
    private static boolean isOf(JsonNode message, int status) {
        return switch (message.at("/error/code").asInt()) {
            case -32601 -> status == 404;
            case -32020, -32021, -32022 -> status == 400;
            default -> true;
        };
    }

    /** What the gate asks of a server. */
    static List<String> request(HttpBytes.Exchange exchange, String revision) {
        Problems problems = new Problems();
        Map<String, String> headers = exchange.requestHeaders();
        String accept = headers.getOrDefault("Accept", "");
        problems.unless(
                !exchange.verb().equals("GET") || accept.equals("text/event-stream"), "GET that accepts " + accept);
        problems.unless(
                !exchange.verb().equals("DELETE") || headers.containsKey("Mcp-Session-Id"), "DELETE of no session");
        if (exchange.verb().equals("POST")) {
            problems.unless(
                    accept.contains("application/json") && accept.contains("text/event-stream"),
                    "POST that accepts " + accept);
            problems.unless(headers.getOrDefault("Content-Type", "").startsWith("application/json"), "no JSON");
            problems.unless(exchange.asked().size() == 1, "not one message");
        }
        for (JsonNode message : exchange.asked()) {
            if (Spoken.version(message).isEmpty()) {
                legacy(problems, headers, message, exchange, revision);
            } else {
                modern(problems, headers, message);
            }
        }
        return problems.list();
    }

    private static void legacy(
            Problems problems,
            Map<String, String> headers,
            JsonNode message,
            HttpBytes.Exchange exchange,
            String revision) {
        headers.keySet().stream()
                .filter(name -> name.toLowerCase(Locale.ROOT).matches("mcp-(method|name|param-.*)"))
                .forEach(name -> problems.unless(false, name + " in the legacy era"));
        String version = headers.getOrDefault("MCP-Protocol-Version", "");
        if (message.path("method").asText().equals("initialize")) {
            problems.unless(!headers.containsKey("Mcp-Session-Id"), "initialize in a session");
        } else if (!exchange.session().isEmpty() && revision.compareTo("2025-06-18") >= 0) {
            problems.unless(version.equals(revision), revision + " was agreed, and MCP-Protocol-Version: " + version);
        }
    }

    private static void modern(Problems problems, Map<String, String> headers, JsonNode message) {
        same(problems, headers, "MCP-Protocol-Version", Spoken.version(message));
        same(problems, headers, "Mcp-Method", message.path("method").asText());
        same(problems, headers, "Mcp-Name", named(message));
        problems.unless(!headers.containsKey("Mcp-Session-Id"), "a session id in the modern era");
    }

    private static void same(Problems problems, Map<String, String> headers, String name, String inBody) {
        String value = HeaderText.decode(headers.getOrDefault(name, "")).orElse("unreadable");
        problems.unless(value.equals(inBody), name + " is " + value + ", and in the body " + inBody);
    }

    private static String named(JsonNode message) {
        JsonNode params = message.path("params");
        return switch (message.path("method").asText()) {
            case "tools/call", "prompts/get" -> params.path("name").asText();
            case "resources/read" -> params.path("uri").asText();
            case "tasks/get", "tasks/update", "tasks/cancel" ->
                params.path("taskId").asText();
            default -> "";
        };
    }
}
