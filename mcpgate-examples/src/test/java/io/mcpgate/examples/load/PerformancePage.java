package io.mcpgate.examples.load;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** {@code docs/performance.md}, made of the last results. */
final class PerformancePage {
    private PerformancePage() {}

    private static Path docs() {
        return Machine.module().resolveSibling("docs");
    }

    /** Where the load harness leaves its figures. */
    static Path results() {
        return Machine.module().resolve("target/load.json");
    }

    /** Writes the page anew, from the figures that there are. */
    static void write() throws IOException {
        Path page = docs().resolve("performance.md");
        Results results = Results.readFrom(results());
        Jmh jmh = Jmh.ofModules(Machine.module().getParent());
        String notes = Files.readString(docs().resolve("performance-notes.md"));
        Files.writeString(page, new PerformanceDocument(results, jmh).page(wrapping(Files.readString(page)), notes));
        System.out.println("Written anew: " + page);
    }

    /** From its heading to the next one, or to the end. */
    static String wrapping(String page) {
        int from = page.indexOf(PerformanceDocument.WRAPPING);
        if (from < 0) throw new IllegalStateException("docs/performance.md has lost the section about wrapping");
        int to = page.indexOf("\n## ", from);
        return to < 0 ? page.substring(from) : page.substring(from, to + 1);
    }
}
