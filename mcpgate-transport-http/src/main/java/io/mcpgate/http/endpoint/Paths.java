package io.mcpgate.http.endpoint;

import io.mcpgate.core.catalog.CatalogNames;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The paths of an endpoint: the base for the merged catalog, and one step below it for each server. Compared character by
 * character: what other software would read as the same path is another one here.
 *
 * @param base e.g. {@code /mcp}
 */
record Paths(String base) {
    private static final Pattern FORM = Pattern.compile("(/[A-Za-z0-9._~-]+)+");

    Paths {
        if (!FORM.matcher(base).matches()) {
            throw new IllegalArgumentException("A base path is like /mcp or /tools/mcp: \"" + base + "\" is not");
        }
    }

    boolean match(String path) {
        return path.equals(base) || server(path).isPresent();
    }

    /** The server that a path names; empty for the base. */
    Optional<String> server(String path) {
        int name = base.length() + 1;
        boolean below = path.length() > name && path.charAt(name - 1) == '/' && path.startsWith(base);
        return below && CatalogNames.isServerName(path, name) ? Optional.of(path.substring(name)) : Optional.empty();
    }
}
