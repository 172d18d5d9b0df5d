package io.mcpgate.examples.load;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.HdrHistogram.Histogram;

/** The one client of a process on standard input and output: it makes a call when it has the answer to the last. */
final class StdioClient implements AutoCloseable {
    private static final String INITIALIZED = "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}";

    private final String name;
    private final Running process;
    private final Message message = new Message();
    private long ids = EncodedCall.FIRST_ID;
    private boolean initialized;

    StdioClient(String name, Running process) {
        this.name = name;
        this.process = process;
    }

    String name() {
        return name;
    }

    /** Of the process itself, without the server that it wraps. */
    ProcessFigures figures() {
        return process.figures();
    }

    /** Makes the handshake; returns when it is answered. */
    void initialize() {
        request("\"method\":\"initialize\",\"params\":{\"protocolVersion\":\"2025-11-25\",\"capabilities\":{},"
                + "\"clientInfo\":{\"name\":\"load\",\"version\":\"1\"}}}");
        process.writeLine(INITIALIZED);
        initialized = true;
    }

    /** Makes calls for that time; throws at the first answer that is not right. */
    Quantiles calls(Duration time) {
        if (!initialized) initialize();
        Histogram nanos = new Histogram(3);
        long end = System.nanoTime() + time.toNanos();
        long before = System.nanoTime();
        while (before < end) {
            request("\"method\":\"tools/call\",\"params\":{\"name\":\"small\",\"arguments\":{\"text\":\"hello\"}}}");
            long after = System.nanoTime();
            nanos.recordValue(after - before);
            before = after;
        }
        return Quantiles.of(nanos);
    }

    private void request(String rest) {
        String id = Long.toString(++ids);
        process.writeLine("{\"jsonrpc\":\"2.0\",\"id\":" + id + "," + rest);
        byte[] line = process.readLine().getBytes(StandardCharsets.UTF_8);
        message.read(line, 0, line.length);
        if (!message.id.is(Message.ascii(id)) || !message.result.present() || message.failed)
            throw process.failed("answered wrongly: " + new String(line, StandardCharsets.UTF_8));
    }

    @Override
    public void close() {
        process.close();
    }
}
