package io.mcpgate.examples.conformance;

import io.mcpgate.examples.interop.NodeFixtures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** {@code docs/conformance.md}, of which two tests have one part each. */
enum ConformancePage {
    /** What {@link ConformanceIT} finds. */
    THROUGH_A_GATE,
    /** What {@link SdkConformanceIT} finds: from its heading to the end. */
    WRAPPED;

    static final String HEADING_OF_WRAPPED = "\n# Wrapped servers of the official Java SDK\n";

    private static Path file() {
        return NodeFixtures.moduleDirectory().resolveSibling("docs").resolve("conformance.md");
    }

    /** This part of the page. */
    String read() throws IOException {
        String page = Files.readString(file());
        int at = page.indexOf(HEADING_OF_WRAPPED);
        int end = at < 0 ? page.length() : at;
        return this == THROUGH_A_GATE ? page.substring(0, end) : page.substring(end);
    }

    /** Writes this part anew if {@code -Dmcpgate.conformance.write=true}; the other one stays. */
    void writeIfAsked(String part) throws IOException {
        if (!Boolean.getBoolean("mcpgate.conformance.write")) return;
        String other = (this == THROUGH_A_GATE ? WRAPPED : THROUGH_A_GATE).read();
        Files.writeString(file(), this == THROUGH_A_GATE ? part + other : other + part);
    }
}
