package io.mcpgate.core.protocol;

import java.util.List;

/** The revisions of MCP that the gateway speaks, newest first. */
public final class ProtocolVersions {
    /** The first revision without handshake and session. */
    public static final String MODERN = "2026-07-28";

    /** Revisions that open with {@code initialize}. */
    public static final List<String> LEGACY = List.of("2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05");

    /** What a legacy HTTP request without a version header means (2025-06-18, "Protocol Version Header"). */
    public static final String ASSUMED = "2025-03-26";

    private ProtocolVersions() {}

    /** Whether requests of this revision describe themselves. Unknown later revisions count as modern. */
    public static boolean isModern(String version) {
        return version.compareTo(MODERN) >= 0;
    }

    /** Whether the gateway speaks this revision. */
    public static boolean isKnown(String version) {
        return version.equals(MODERN) || LEGACY.contains(version);
    }
}
