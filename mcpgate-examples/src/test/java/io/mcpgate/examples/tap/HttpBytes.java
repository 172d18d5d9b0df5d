package io.mcpgate.examples.tap;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the recorded bytes of connections of HTTP/1.1: requests and answers, and the messages in them. */
final class HttpBytes {
    private static final Pattern ADDRESS = Pattern.compile("sessionId=([^&\\s]+)");
    private static final Part NOTHING = new Part("HTTP/1.1 0", Map.of(), "");

    private final byte[] bytes;
    private int at;

    private HttpBytes(byte[] bytes) {
        this.bytes = bytes;
    }

    /**
     * A request and what came of it.
     *
     * @param session its id; of HTTP+SSE that in the address for messages; empty if there is none
     * @param status 0 if nothing has come
     */
    record Exchange(
            String verb,
            String session,
            Map<String, String> requestHeaders,
            List<JsonNode> asked,
            int status,
            Map<String, String> answerHeaders,
            List<Event> answered) {

        /** What came. */
        List<JsonNode> messages() {
            return answered.stream().map(Event::message).toList();
        }

        boolean isStream() {
            return isStream(answerHeaders);
        }

        private static boolean isStream(Map<String, String> headers) {
            return headers.getOrDefault("Content-Type", "").startsWith("text/event-stream");
        }
    }

    /** A message in an answer; with the id of its event if there was one. What is no JSON is a text. */
    record Event(String id, JsonNode message) {}

    private record Part(String start, Map<String, String> headers, String body) {}

    static List<Exchange> exchanges(byte[] requests, byte[] responses) {
        HttpBytes near = new HttpBytes(requests);
        HttpBytes far = new HttpBytes(responses);
        List<Exchange> exchanges = new ArrayList<>();
        for (Part request = near.next(); request != null; request = near.next()) {
            Part come = far.next();
            Part response = come == null ? NOTHING : come;
            exchanges.add(new Exchange(
                    request.start.substring(0, request.start.indexOf(' ')),
                    session(request, response),
                    request.headers,
                    messages(request.body),
                    Integer.parseInt(response.start.split(" ")[1]),
                    response.headers,
                    events(response)));
        }
        return exchanges;
    }

    private static String session(Part request, Part response) {
        String inHeader =
                request.headers.getOrDefault("Mcp-Session-Id", response.headers.getOrDefault("Mcp-Session-Id", ""));
        if (!inHeader.isEmpty()) {
            return inHeader;
        }
        String address = response.body.startsWith("event: endpoint") ? firstEvent(response) : request.start;
        Matcher found = ADDRESS.matcher(address);
        return found.find() ? found.group(1) : "";
    }

    private static String firstEvent(Part response) {
        return response.body.split("\n\n", 2)[0];
    }

    private static List<Event> events(Part response) {
        if (!Exchange.isStream(response.headers)) {
            return messages(response.body).stream()
                    .map(message -> new Event("", message))
                    .toList();
        }
        List<Event> events = new ArrayList<>();
        String[] blocks = response.body.replace("\r\n", "\n").split("\n\n", -1);
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
            if (!data.isEmpty() && !blocks[i].startsWith("event: endpoint")) {
                String eventId = id;
                messages(data.toString()).forEach(message -> events.add(new Event(eventId, message)));
            }
        }
        return events;
    }

    /** One, a batch of them, or none. */
    private static List<JsonNode> messages(String body) {
        if (body.isBlank()) {
            return List.of();
        }
        JsonNode read = Json.readOrText(body);
        List<JsonNode> messages = new ArrayList<>();
        if (read.isArray()) {
            read.forEach(messages::add);
        } else {
            messages.add(read);
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
        byte[] body = chunked ? chunks() : take(Integer.parseInt(headers.getOrDefault("Content-Length", "0")));
        return new Part(start, headers, new String(body, StandardCharsets.UTF_8));
    }

    private byte[] chunks() {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        for (String size = line(); size != null; size = line()) {
            int length = Integer.parseInt(size.strip(), 16);
            byte[] chunk = take(length);
            line();
            if (chunk.length == 0) {
                break;
            }
            body.writeBytes(chunk);
        }
        return body.toByteArray();
    }

    /** So many bytes, or none if there are less. */
    private byte[] take(int length) {
        if (at + length > bytes.length) {
            at = bytes.length;
            return new byte[0];
        }
        at += length;
        return Arrays.copyOfRange(bytes, at - length, at);
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
