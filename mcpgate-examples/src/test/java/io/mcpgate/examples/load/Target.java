package io.mcpgate.examples.load;

import java.net.URI;
import java.util.function.LongSupplier;

/**
 * Something that is measured.
 *
 * @param name in tables and files
 * @param endpoint where clients speak to it
 * @param key the API key that it asks for; empty if it asks for none
 * @param process what stands between; {@code null} for the server itself
 * @param tree whether its child processes do its work, and not that of the server behind it
 * @param served the calls that the server behind it has answered so far
 */
record Target(String name, URI endpoint, String key, Running process, boolean tree, LongSupplier served) {
    /** The server itself. */
    static final String DIRECT = "direct";

    static final String NGINX = "nginx";

    static Target direct(UpstreamProcess upstream) {
        return new Target(DIRECT, upstream.endpoint("/mcp"), "", null, false, upstream::calls);
    }

    /** Seconds of processor time that what stands between has used so far; NaN if nothing does. */
    double cpuSeconds() {
        if (process == null) return Double.NaN;
        return tree ? process.figures().cpuSecondsOfTree() : process.figures().cpuSeconds();
    }

    double rssMiB() {
        if (process == null) return Double.NaN;
        return tree ? process.figures().rssMiBOfTree() : process.figures().rssMiB();
    }

    Target at(URI other) {
        return new Target(name, other, key, process, tree, served);
    }
}
