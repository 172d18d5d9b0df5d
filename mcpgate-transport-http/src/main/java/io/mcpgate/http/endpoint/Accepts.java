package io.mcpgate.http.endpoint;

import java.util.List;
import java.util.Locale;

/**
 * What a client takes as an answer. As lenient as clients are: without {@code Accept} everything, and wildcards count.
 *
 * @param json one JSON object
 * @param events an event stream
 */
record Accepts(boolean json, boolean events) {
    private static final Accepts BOTH = new Accepts(true, true);
    private static final String AS_MOST_SAY = "application/json, text/event-stream";

    static Accepts of(HttpExchange exchange) {
        List<String> lines = exchange.headers("Accept");
        if (lines.isEmpty() || (lines.size() == 1 && lines.get(0).equals(AS_MOST_SAY))) {
            return BOTH;
        }
        boolean json = false;
        boolean events = false;
        for (String line : lines) {
            for (String range : line.split(",", -1)) {
                String type = type(range);
                boolean any = type.equals("*/*");
                json |= any || type.equals("application/json") || type.equals("application/*");
                events |= any || type.equals("text/event-stream") || type.equals("text/*");
            }
        }
        return new Accepts(json, events);
    }

    /** The media type of a range; empty if its weight says that it is not acceptable. */
    private static String type(String range) {
        String[] parts = range.toLowerCase(Locale.ROOT).split(";", -1);
        for (int i = 1; i < parts.length; i++) {
            if (parts[i].strip().matches("q *= *0(\\.0*)?")) {
                return "";
            }
        }
        return parts[0].strip();
    }
}
