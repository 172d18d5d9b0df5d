package io.mcpgate.examples.conformance;

/** Who speaks with whom through the gate, and which side is the suite. */
enum Pair {
    LEGACY_TO_LEGACY("Legacy client, legacy server", "2025-11-25"),
    MODERN_TO_MODERN("Modern client, modern server", "2026-07-28"),
    LEGACY_TO_MODERN("Legacy client, modern server", "2025-11-25"),
    MODERN_TO_LEGACY("Modern client, legacy server", "2026-07-28"),
    /** Here the server is the suite, and the client ours. */
    CLIENT_OF_LEGACY("Client scenarios, legacy", "2025-11-25"),
    /** Here too. */
    CLIENT_OF_MODERN("Client scenarios, modern", "2026-07-28"),
    /** Here directly is on the SDK's own transport, and through the gate is wrapped, in one process with the server. */
    SDK_SERVER_WRAPPED("Java SDK 2.1.0 server, wrapped", "2025-11-25");

    private final String title;
    private final String revision;

    Pair(String title, String revision) {
        this.title = title;
        this.revision = revision;
    }

    String title() {
        return title;
    }

    /** Which the suite speaks. */
    String revision() {
        return revision;
    }
}
