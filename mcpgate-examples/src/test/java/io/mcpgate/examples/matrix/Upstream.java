package io.mcpgate.examples.matrix;

import java.util.Locale;

/** A real server. Its title is its name in the gate. */
enum Upstream {
    JAVA_HTTP("Java SDK 2.1.0, HTTP"),
    JAVA_STDIO("Java SDK 2.1.0, stdio"),
    EVERYTHING_HTTP("server-everything (TypeScript SDK 1.x), HTTP"),
    EVERYTHING_STDIO("server-everything (TypeScript SDK 1.x), stdio"),
    TS2_HTTP("TypeScript SDK 2.x, both eras, HTTP"),
    TS2_STDIO("TypeScript SDK 2.x, both eras, stdio");

    private final String software;

    Upstream(String software) {
        this.software = software;
    }

    String title() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    String software() {
        return software;
    }

    boolean speaksModern() {
        return this == TS2_HTTP || this == TS2_STDIO;
    }

    boolean isEverything() {
        return this == EVERYTHING_HTTP || this == EVERYTHING_STDIO;
    }
}
