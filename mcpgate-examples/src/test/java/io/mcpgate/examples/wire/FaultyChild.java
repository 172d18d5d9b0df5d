package io.mcpgate.examples.wire;

import io.mcpgate.examples.interop.GateFixture;
import io.mcpgate.examples.tap.Json;
import io.mcpgate.examples.wire.FaultyServer.Era;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** {@link FaultyServer} as a program of its own, over stdio. */
public final class FaultyChild {
    private FaultyChild() {}

    /** Answers until the end of stdin. */
    public static void main(String[] args) throws IOException {
        PrintStream stdout = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        FaultyServer server = new FaultyServer(Era.valueOf(args[0]));
        FaultyServer.Session session = new FaultyServer.Session();
        FaultyServer.Out out = new FaultyServer.Out() {
            @Override
            public synchronized void send(String message) {
                stdout.print(message + "\n");
                stdout.flush();
            }

            @Override
            public synchronized void raw(String text) {
                stdout.print(text);
                stdout.flush();
            }

            @Override
            public void die() {
                Runtime.getRuntime().halt(3);
            }
        };
        session.general = out;
        try (BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                server.receive(Json.read(line), session, out);
            }
        }
    }

    /** The command that starts it, as YAML and JSON write it. */
    static String yaml(Era era) {
        return GateFixture.list(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xmx256m",
                "-cp",
                System.getProperty("java.class.path"),
                FaultyChild.class.getName(),
                era.name()));
    }
}
