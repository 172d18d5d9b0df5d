package io.mcpgate.http.endpoint;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The web pages that may talk to the endpoint. Only browsers send {@code Origin}; who does not send it is no page. Unless
 * origins were configured, these are pages of this machine, if the connection came in on a loopback address.
 *
 * <p>Pages of other origins may read answers (CORS) only if they were configured, each by its name: never {@code *}.
 */
final class Origins {
    private static final Pattern ORIGIN =
            Pattern.compile("https?://([A-Za-z0-9._-]+|\\[[0-9A-Fa-f:.]+])(?::[0-9]{1,5})?");
    private static final Set<String> REQUEST_HEADERS = Set.of(
            "accept",
            "authorization",
            "content-type",
            "last-event-id",
            "mcp-method",
            "mcp-name",
            "mcp-protocol-version",
            "mcp-session-id",
            "x-api-key");

    private final Set<String> configured;

    Origins(Set<String> configured) {
        this.configured = Set.copyOf(configured);
    }

    boolean allow(HttpExchange exchange) {
        List<String> origins = exchange.headers("Origin");
        if (origins.isEmpty()) {
            return true;
        }
        if (origins.size() > 1) {
            return false;
        }
        return configured.isEmpty() ? isLocalPage(origins.get(0), exchange) : configured.contains(origins.get(0));
    }

    private static boolean isLocalPage(String origin, HttpExchange exchange) {
        Matcher form = ORIGIN.matcher(origin);
        return form.matches()
                && Hosts.isLoopbackName(form.group(1).toLowerCase(Locale.ROOT))
                && exchange.localAddress()
                        .filter(InetAddress::isLoopbackAddress)
                        .isPresent();
    }

    /** What an allowed page must be told so that its browser shows it the answer. */
    Map<String, String> answerHeaders(HttpExchange exchange) {
        if (configured.isEmpty()) {
            return Map.of();
        }
        List<String> origins = exchange.headers("Origin");
        return origins.size() == 1 && configured.contains(origins.get(0))
                ? Map.of(
                        "Access-Control-Allow-Origin", origins.get(0),
                        "Access-Control-Expose-Headers", "Mcp-Session-Id, WWW-Authenticate",
                        "Vary", "Origin")
                : Map.of("Vary", "Origin");
    }

    boolean isPreflight(HttpExchange exchange) {
        return exchange.method().equals("OPTIONS")
                && !configured.isEmpty()
                && exchange.headers("Origin").size() == 1
                && exchange.headers("Access-Control-Request-Method").size() == 1;
    }

    Map<String, String> preflightHeaders(HttpExchange exchange) {
        List<String> allowed = new ArrayList<>();
        for (String line : exchange.headers("Access-Control-Request-Headers")) {
            for (String name : line.split(",", -1)) {
                String known = name.strip().toLowerCase(Locale.ROOT);
                if (REQUEST_HEADERS.contains(known) || known.matches("mcp-param-[a-z0-9_-]+")) {
                    allowed.add(known);
                }
            }
        }
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("Access-Control-Allow-Methods", "POST, GET, DELETE");
        headers.put("Access-Control-Allow-Headers", String.join(", ", allowed));
        headers.put("Access-Control-Max-Age", "600");
        return headers;
    }
}
