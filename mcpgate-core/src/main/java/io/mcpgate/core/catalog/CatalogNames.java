package io.mcpgate.core.catalog;

import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Names in the merged catalog: {@code crm__search} is the tool {@code search} of the server {@code crm}, and
 * {@code crm+file:///a} its resource {@code file:///a}. A server's name holds neither {@code _} nor {@code +}, so the
 * first separator is always the right one, and the prefix keeps a URI a URI (RFC 3986 §3.1).
 */
public final class CatalogNames {
    /** What a governed server may be called. */
    public static final Pattern SERVER_NAME = Pattern.compile("[a-z][a-z0-9-]{0,31}");

    private static final String NAME_SEPARATOR = "__";
    private static final String URI_SEPARATOR = "+";

    private final Set<String> servers;

    public CatalogNames(Set<String> servers) {
        this.servers = Set.copyOf(servers);
    }

    /** A server and one of its own names. */
    public record Own(String server, String name) {}

    /** A tool or prompt in the catalog. */
    public static String ofName(String server, String name) {
        return server + NAME_SEPARATOR + name;
    }

    /** A resource or template in the catalog. */
    public static String ofUri(String server, String uri) {
        return server + URI_SEPARATOR + uri;
    }

    /** What a catalog name means; empty if its prefix is no server's. */
    public Optional<Own> ownName(String catalogName) {
        return own(catalogName, NAME_SEPARATOR);
    }

    /** What a catalog URI means; empty if its prefix is no server's. */
    public Optional<Own> ownUri(String catalogUri) {
        return own(catalogUri, URI_SEPARATOR);
    }

    private Optional<Own> own(String text, String separator) {
        int at = text.indexOf(separator);
        if (at <= 0 || !servers.contains(text.substring(0, at))) {
            return Optional.empty();
        }
        return Optional.of(new Own(text.substring(0, at), text.substring(at + separator.length())));
    }
}
