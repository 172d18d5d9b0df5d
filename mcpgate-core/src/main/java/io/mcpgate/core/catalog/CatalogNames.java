package io.mcpgate.core.catalog;

import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Names in the merged catalog: {@code crm__search} is the tool {@code search} of the server {@code crm}, {@code crm__7f3}
 * its task {@code 7f3}, and {@code crm+file:///a} its resource {@code file:///a}. A server's name holds neither
 * {@code _} nor {@code +}, so the first separator is always the right one, and the prefix keeps a URI a URI (RFC 3986
 * §3.1).
 *
 * <p>User interfaces (the extension MCP Apps) keep their scheme, because hosts tell them by it: {@code ui://crm+view} is
 * {@code ui://view} of {@code crm}.
 */
public final class CatalogNames {
    /** What a governed server may be called. */
    public static final Pattern SERVER_NAME = Pattern.compile("[a-z][a-z0-9-]{0,31}");

    private static final int SERVER_NAME_MAX = 32;

    static final String NAME_SEPARATOR = "__";
    static final String URI_SEPARATOR = "+";
    private static final String UI = "ui://";

    private final Set<String> servers;

    public CatalogNames(Set<String> servers) {
        this.servers = Set.copyOf(servers);
    }

    /** Whether {@link #SERVER_NAME} matches the text from there on; asked of the path of each request, so without a matcher. */
    public static boolean isServerName(String text, int start) {
        int length = text.length() - start;
        if (length < 1 || length > SERVER_NAME_MAX || !isLetter(text.charAt(start))) {
            return false;
        }
        for (int i = start + 1; i < text.length(); i++) {
            char c = text.charAt(i);
            if (!isLetter(c) && (c < '0' || c > '9') && c != '-') {
                return false;
            }
        }
        return true;
    }

    private static boolean isLetter(char c) {
        return c >= 'a' && c <= 'z';
    }

    /** A server and one of its own names. */
    public record Own(String server, String name) {}

    /** A tool, a prompt or a task in the catalog. */
    public static String ofName(String server, String name) {
        return server + NAME_SEPARATOR + name;
    }

    /** A resource or template in the catalog. */
    public static String ofUri(String server, String uri) {
        return uri.startsWith(UI)
                ? UI + server + URI_SEPARATOR + uri.substring(UI.length())
                : server + URI_SEPARATOR + uri;
    }

    /** What a catalog name means; empty if its prefix is no server's. */
    public Optional<Own> ownName(String catalogName) {
        return own(catalogName, NAME_SEPARATOR);
    }

    /** What a catalog URI means; empty if its prefix is no server's. */
    public Optional<Own> ownUri(String catalogUri) {
        return catalogUri.startsWith(UI)
                ? own(catalogUri.substring(UI.length()), URI_SEPARATOR)
                        .map(own -> new Own(own.server(), UI + own.name()))
                : own(catalogUri, URI_SEPARATOR);
    }

    Set<String> servers() {
        return servers;
    }

    private Optional<Own> own(String text, String separator) {
        int at = text.indexOf(separator);
        if (at <= 0 || !servers.contains(text.substring(0, at))) {
            return Optional.empty();
        }
        return Optional.of(new Own(text.substring(0, at), text.substring(at + separator.length())));
    }
}
