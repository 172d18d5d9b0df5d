package io.mcpgate.examples.wire;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Reads the recorded bytes of connections of HTTP/1.1: requests and answers, and the messages in them. */
final class HttpBytes {
    private final byte[] bytes;
    private int at;

    private HttpBytes(byte[] bytes) {
        this.bytes = bytes;
    }

    /** A request and what came of it; status 0 if nothing has come. */
    record Exchange(
            String verb,
            Map<String, String> requestHeaders,
            List<JsonNode> asked,
            int status,
            Map<String, String> answerHeaders,
            List<Event> answered) {

        String session() {
            return requestHeaders.getOrDefault("Mcp-Session-Id", answerHeaders.getOrDefault("Mcp-Session-Id", ""));
        }
    }

    /** A message in an answer; with the id of its event if there was one. */
    record Event(String id, JsonNode message) {}

    private record Part(String start, Map<String, String> headers, String body) {}

    static List<Exchange> exchanges(byte[] requests, byte[] responses) {
        HttpBytes near = new HttpBytes(requests);
        HttpBytes far = new HttpBytes(responses);
        List<Exchange> exchanges = new ArrayList<>();
        for (Part request = near.next(); request != null; request = near.next()) {
            Part response = far.next();
            exchanges.add(new Exchange(
                    request.start.substring(0, request.start.indexOf(' ')),
                    request.headers,
                    messages(request.body),
                    response == null ? 0 : Integer.parseInt(response.start.split(" ")[1]),
                    response == null ? Map.of() : response.headers,
                    response == null ? List.of() : events(response)));
        }
        return exchanges;
    }

    private static List<Event> events(Part response) {
        if (!response.headers.getOrDefault("Content-Type", "").startsWith("text/event-stream")) {
            return messages(response.body).stream()
                    .map(message -> new Event("", message))
                    .toList();
        }
        List<Event> events = new ArrayList<>();
        String[] blocks = response.body.split("\n\n", -1);
        for (int i = 0; i < blocks.length - 1; i++) { // the last has not ended
            String id = "";
            StringBuilder data = new StringBuilder();
            for (String line : blocks[i].split("\n")) {
                if (line.startsWith("id:")) {
                    id = line.substring(3).strip();
                } else if (line.startsWith("data:")) {
                    data.append(line.substring(5).strip());
                }
            }
            String eventId = id;
            messages(data.toString()).forEach(message -> events.add(new Event(eventId, message)));
        }
        return events;
    }

    /** One, a batch of them, or none. */
    private static List<JsonNode> messages(String body) {
        List<JsonNode> messages = new ArrayList<>();
        if (body.startsWith("{")) {
            messages.add(Json.read(body));
        } else if (body.startsWith("[")) {
            Json.read(body).forEach(messages::add);
        }
        return messages;
    }

    private Part next() {
        String start = line();
        if (start == null) {
            return null;
        }
        Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        for (String header = line(); header != null && !header.isEmpty(); header = line()) {
            int colon = header.indexOf(':');
            headers.put(header.substring(0, colon), header.substring(colon + 1).strip());
        }
        boolean chunked = headers.getOrDefault("Transfer-Encoding", "").equalsIgnoreCase("chunked");
        String body = chunked ? chunks() : take(Integer.parseInt(headers.getOrDefault("Content-Length", "0")));
        boolean isWhole = chunked || body.getBytes(StandardCharsets.UTF_8).length > 0;
        return new Part(start, headers, isWhole ? body : "");
    }

    private String chunks() {
        StringBuilder body = new StringBuilder();
        for (String size = line(); size != null; size = line()) {
            int length = Integer.parseInt(size.strip(), 16);
            String chunk = take(length);
            line();
            if (length == 0 || chunk.isEmpty()) {
                break;
            }
            body.append(chunk);
        }
        return body.toString();
    }

    /** So many bytes, or none if there are less. */
    private String take(int length) {
        if (at + length > bytes.length) {
            at = bytes.length;
            return "";
        }
        at += length;
        return new String(bytes, at - length, length, StandardCharsets.UTF_8);
    }

    private String line() {
        for (int end = at; end + 1 < bytes.length; end++) {
            if (bytes[end] == '\r' && bytes[end + 1] == '\n') {
                String line = new String(bytes, at, end - at, StandardCharsets.UTF_8);
                at = end + 2;
                return line;
            }
        }
        at = bytes.length;
        return null;
    }
}
