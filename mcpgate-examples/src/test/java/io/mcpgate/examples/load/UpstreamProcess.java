package io.mcpgate.examples.load;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;

/** {@link Upstream} in its process. */
final class UpstreamProcess {
    private final Running process;
    private final int port;
    private final HttpClient client = HttpClient.newHttpClient();

    UpstreamProcess(Processes processes) throws IOException {
        process = processes.program(Upstream.class);
        port = Integer.parseInt(process.readLine().replace("port ", ""));
    }

    /** Where it speaks MCP; what the paths mean is said at {@link Upstream}. */
    URI endpoint(String path) {
        return URI.create("http://127.0.0.1:" + port + path);
    }

    ProcessFigures figures() {
        return process.figures();
    }

    /** The calls of tools that it has answered since it runs. */
    long calls() {
        try {
            HttpRequest request = HttpRequest.newBuilder(endpoint("/count")).build();
            return Long.parseLong(client.send(request, HttpResponse.BodyHandlers.ofString())
                    .body()
                    .strip());
        } catch (IOException problem) {
            throw new IllegalStateException("The upstream does not tell its count", problem);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("The run was interrupted", interrupted);
        }
    }
}
