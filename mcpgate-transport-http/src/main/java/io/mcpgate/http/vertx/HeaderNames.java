package io.mcpgate.http.vertx;

import io.vertx.core.http.HttpHeaders;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Names of headers in the form in which Vert.x need neither hash nor check them with every request. */
final class HeaderNames {
    private static final Map<String, CharSequence> KNOWN = Stream.of(
                    "Accept",
                    "Accept-Encoding",
                    "Authorization",
                    "Cache-Control",
                    "Content-Encoding",
                    "Content-Length",
                    "Content-Type",
                    "Host",
                    "Last-Event-ID",
                    "MCP-Protocol-Version",
                    "Mcp-Method",
                    "Mcp-Name",
                    "Mcp-Session-Id",
                    "Origin",
                    "Transfer-Encoding",
                    "X-API-Key",
                    "X-Content-Type-Options")
            .collect(Collectors.toUnmodifiableMap(Function.identity(), HttpHeaders::createOptimized));

    private HeaderNames() {}

    /** The name, spelt as the gateway itself spells it, or as it was given. */
    static CharSequence of(String name) {
        CharSequence known = KNOWN.get(name);
        return known == null ? name : known;
    }
}
