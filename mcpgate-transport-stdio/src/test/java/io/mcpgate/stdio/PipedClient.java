package io.mcpgate.stdio;

import io.mcpgate.Principal;
import io.mcpgate.core.Gate;
import io.mcpgate.core.json.JsonLimits;
import io.mcpgate.core.json.JsonReader;
import io.mcpgate.core.json.MalformedMessage;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.Pipe;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A client at the other end of a {@link StdioEdge}, over two real pipes of the operating system. */
final class PipedClient implements AutoCloseable {
    private static final JsonReader READER = new JsonReader(JsonLimits.DEFAULT);

    private final Pipe toEdge = Pipe.open();
    private final Pipe fromEdge = Pipe.open();
    private final OutputStream out = Channels.newOutputStream(toEdge.sink());
    private final BlockingQueue<Map<String, Object>> received = new LinkedBlockingQueue<>();
    private final Thread serving;

    PipedClient(Gate gate, @Nullable String server, Principal principal) throws IOException {
        InputStream edgeIn = Channels.newInputStream(toEdge.source());
        OutputStream edgeOut = Channels.newOutputStream(fromEdge.sink());
        serving = new Thread(() -> StdioEdge.serve(gate, server, principal, edgeIn, edgeOut), "serving");
        serving.setDaemon(true);
        serving.start();
        Thread reading = new Thread(this::read, "client");
        reading.setDaemon(true);
        reading.start();
    }

    private void read() {
        LineReader lines = new LineReader(Channels.newInputStream(fromEdge.source()), 32 << 20);
        try {
            for (Line line = lines.next(); line != null; line = lines.next()) {
                received.add(READER.payload(line.bytes()).members());
            }
        } catch (IOException closed) {
            return;
        } catch (MalformedMessage interleaved) {
            received.add(Map.of("malformed", String.valueOf(interleaved.getMessage())));
        }
    }

    /** Sends one line; {@code '} stands for {@code "}. */
    void send(String json) {
        sendRaw((json.replace('\'', '"') + "\n").getBytes(StandardCharsets.UTF_8));
    }

    void sendRaw(byte[] bytes) {
        try {
            out.write(bytes);
            out.flush();
        } catch (IOException broken) {
            throw new AssertionError(broken);
        }
    }

    /** The next message of the edge. */
    Map<String, Object> next() {
        try {
            Map<String, Object> message = received.poll(15, TimeUnit.SECONDS);
            if (message == null) {
                throw new AssertionError("No message");
            }
            return message;
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
    }

    Map<String, Object> request(String json) {
        send(json);
        return next();
    }

    void initialize() {
        request("{'jsonrpc':'2.0','id':'init','method':'initialize','params':{'protocolVersion':'2025-06-18',"
                + "'capabilities':{'sampling':{}},'clientInfo':{'name':'desktop','version':'1'}}}");
        send("{'jsonrpc':'2.0','method':'notifications/initialized'}");
    }

    void call(String id, String tool, String arguments) {
        send("{'jsonrpc':'2.0','id':" + id + ",'method':'tools/call','params':{'name':'" + tool + "','arguments':{"
                + arguments + "}}}");
    }

    boolean hasNothing() {
        return received.isEmpty();
    }

    Thread serving() {
        return serving;
    }

    /** The end of the input, as the edge sees it. */
    void end() {
        try {
            out.close();
        } catch (IOException broken) {
            throw new AssertionError(broken);
        }
    }

    boolean isServed(Duration patience) {
        try {
            serving.join(patience.toMillis());
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
        return serving.isAlive();
    }

    @Override
    public void close() {
        end();
        if (isServed(Duration.ofSeconds(10))) {
            throw new AssertionError("The edge did not end with its input");
        }
    }
}
