package io.mcpgate.examples.matrix;

import io.mcpgate.core.catalog.CatalogNames;
import java.util.Locale;

/** How a client comes to a server. */
enum Mode {
    DIRECT,
    /** Directly, by a transport that the client's own process has wrapped in a gateway. */
    WRAPPED,
    /** At the URL of this one server. */
    GOVERNED,
    /** At the one URL for all servers, where names have the server's in front. */
    MERGED;

    String name(Upstream upstream, String name) {
        return this == MERGED ? CatalogNames.ofName(upstream.title(), name) : name;
    }

    String uri(Upstream upstream, String uri) {
        return this == MERGED ? CatalogNames.ofUri(upstream.title(), uri) : uri;
    }

    String title() {
        return name().toLowerCase(Locale.ROOT);
    }
}
