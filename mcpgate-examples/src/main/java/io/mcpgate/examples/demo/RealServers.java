package io.mcpgate.examples.demo;

import io.mcpgate.core.config.Destination;
import io.mcpgate.core.config.GateConfig;
import io.mcpgate.core.config.ServerConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * The servers of the demonstration: two of npm's, which nobody here wrote, where {@code npx} is there; otherwise one on the
 * official Java SDK stands in for both.
 */
final class RealServers {
    private RealServers() {}

    /** The configuration, with servers that can be started on this machine. */
    static GateConfig startable(GateConfig config) {
        if (npxRuns()) {
            return config;
        }
        Say.line("npx is not on this machine: a server on the official Java SDK stands in for npm's two");
        GateConfig inJava = config;
        for (ServerConfig server : config.servers()) {
            inJava = inJava.withServer(ServerConfig.of(server.name(), javaServer()));
        }
        return inJava;
    }

    private static Destination javaServer() {
        return Destination.Process.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                JavaServer.class.getName());
    }

    private static boolean npxRuns() {
        boolean windows = System.getProperty("os.name").startsWith("Windows");
        try {
            Process npx = new ProcessBuilder(windows ? "npx.cmd" : "npx", "--version")
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return npx.waitFor(30, TimeUnit.SECONDS) && npx.exitValue() == 0;
        } catch (IOException missing) {
            return false;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
