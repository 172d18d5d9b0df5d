package io.mcpgate.examples.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A stdio server with the tools {@code search} and {@code delete}, as a program of its own without any library. */
public final class TinyServer {
    private static final Pattern ID = Pattern.compile("\"id\":(\"[^\"]*\"|[0-9]+)");
    private static final Pattern METHOD = Pattern.compile("\"method\":\"([^\"]+)\"");

    private TinyServer() {}

    /** Answers until the end of stdin. */
    public static void main(String[] args) throws IOException {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        try (BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                Matcher id = ID.matcher(line);
                Matcher method = METHOD.matcher(line);
                if (id.find() && method.find()) {
                    out.println("{\"jsonrpc\":\"2.0\",\"id\":" + id.group(1) + "," + answer(method.group(1)) + "}");
                }
            }
        }
    }

    private static String answer(String method) {
        return switch (method) {
            case "initialize" ->
                "\"result\":{\"protocolVersion\":\"2025-11-25\",\"capabilities\":{\"tools\":{}},"
                        + "\"serverInfo\":{\"name\":\"tiny\",\"version\":\"1\"}}";
            case "tools/list" -> "\"result\":{\"tools\":[" + tool("search") + "," + tool("delete") + "]}";
            case "tools/call" ->
                "\"result\":{\"content\":[{\"type\":\"text\",\"text\":\"TINY_SECRET is " + System.getenv("TINY_SECRET")
                        + "\"}]}";
            default -> "\"error\":{\"code\":-32601,\"message\":\"Method not found\"}";
        };
    }

    private static String tool(String name) {
        String padding = "x".repeat(Integer.parseInt(System.getenv().getOrDefault("TINY_PADDING", "0")));
        return "{\"name\":\"" + name + "\",\"description\":\"does " + name + " \\u001b[31mred\\nnext line" + padding
                + "\",\"inputSchema\":{\"type\":\"object\"}}";
    }

    /** The command that starts it. */
    public static List<String> command() {
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        String classes = TinyServer.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .getPath();
        return List.of(java.toString(), "-XX:TieredStopAtLevel=1", "-cp", classes, TinyServer.class.getName());
    }

    /** The same as a list in YAML or JSON. */
    static String yaml() {
        return "[\"" + String.join("\", \"", command()) + "\"]";
    }
}
