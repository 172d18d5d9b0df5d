package io.mcpgate.core.protocol;

/**
 * A resource within another one. Who subscribes to {@code file:///dir} may be told that {@code file:///dir/a} was updated: the
 * specification lets a server name a sub-resource of the one that was subscribed to.
 */
public final class SubResource {
    private SubResource() {}

    /**
     * Whether a resource is within another one, and not that one itself. MCP has no word for where a part of a URI ends, so it
     * is where one of RFC 3986 does: at a slash, the query or the fragment.
     */
    public static boolean isWithin(String uri, String other) {
        int end = other.length();
        return end > 0
                && uri.length() > end
                && uri.startsWith(other)
                && (isBoundary(uri.charAt(end)) || isBoundary(other.charAt(end - 1)));
    }

    private static boolean isBoundary(char character) {
        return character == '/' || character == '?' || character == '#';
    }
}
