package io.mcpgate.examples.demo;

/** What the demonstration tells the person in front of it. */
final class Say {
    private Say() {}

    static void title(String text) {
        System.out.println();
        System.out.println("── " + text + " " + "─".repeat(Math.max(3, 100 - text.length())));
    }

    static void line(String text) {
        System.out.println("   " + text);
    }
}
