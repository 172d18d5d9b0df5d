package io.mcpgate.core;

import io.mcpgate.Call;
import io.mcpgate.Principal;
import io.mcpgate.Session;
import io.mcpgate.core.json.Frame;
import io.mcpgate.core.json.MalformedMessage;
import io.mcpgate.core.protocol.Duplex;
import io.mcpgate.core.route.Connection;
import io.mcpgate.core.route.Connector;
import io.mcpgate.core.wrap.ClientEdge;
import io.mcpgate.core.wrap.ServerEdge;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * One {@code tools/call} of 1 KB, answered with 1 KB, from bytes to bytes over both edges, as {@code wrap} of a stdio server
 * has it but for the pipes: the client's line is read, passes the full chain and goes out as the server's line; the
 * server's line, which comes after {@code receive} has returned, is read and goes out as the client's line.
 *
 * <p>What the server does is to copy its answer with the id that it was asked under.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 15, time = 1) // so much code is on the way that it is compiled for 13 s on a small machine
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class BytesBenchmark implements Connector {
    private static final CompletionStage<Void> DONE = CompletableFuture.completedFuture(null);
    private static final String ENVELOPE = "{\"jsonrpc\":\"2.0\",\"id\":";
    private static final String TEXT = "lorem ip ".repeat(104);
    private static final byte[] REQUEST = request();
    private static final byte[] RESULT =
            bytes(",\"result\":{\"content\":[{\"type\":\"text\",\"text\":\"" + TEXT + "\"}],\"isError\":false}}");

    private Gateway gateway;
    private ClientEdge client;
    private ServerEdge server;
    private byte[] toServer;
    private byte[] toClient;

    private static byte[] request() {
        return bytes(
                "{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"tools/call\",\"params\":{\"name\":\"find\",\"arguments\":"
                        + "{\"customer\":\"" + TEXT + "\"}}}");
    }

    private static byte[] bytes(String json) {
        return json.getBytes(StandardCharsets.UTF_8);
    }

    @Setup
    public void open() throws MalformedMessage {
        gateway = MeasuredGate.full().server(MeasuredGate.SERVER, this).build();
        client = ClientEdge.open(gateway, MeasuredGate.SERVER, Principal.of("ann", "agent"), (frame, call) -> {
            toClient = frame.toLine();
            return DONE;
        });
        client.receive(
                gateway.reader()
                        .read(
                                bytes(
                                        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"initialize\",\"params\":{\"protocolVersion\":"
                                                + "\"2025-11-25\",\"capabilities\":{},\"clientInfo\":{\"name\":\"bench\",\"version\":\"1\"}}}")));
        answer(bytes(",\"result\":{\"protocolVersion\":\"2025-11-25\",\"capabilities\":{\"tools\":{}},\"serverInfo\":"
                + "{\"name\":\"bench\",\"version\":\"1\"}}}"));
        client.receive(gateway.reader().read(bytes("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}")));
    }

    @Override
    public CompletionStage<Connection> connect(Session session, Duplex.Origin origin) {
        server = new ServerEdge(this::send, origin, () -> {});
        return CompletableFuture.completedFuture(server);
    }

    private CompletionStage<Void> send(Frame frame, Call call) {
        toServer = frame.toLine();
        return DONE;
    }

    private void answer(byte[] result) throws MalformedMessage {
        int from = ENVELOPE.length();
        int to = from;
        while (toServer[to] != ',') {
            to++;
        }
        byte[] line = Arrays.copyOf(toServer, to + result.length);
        System.arraycopy(result, 0, line, to, result.length);
        server.receive(gateway.reader().read(line));
    }

    @Override
    public String describe() {
        return "memory";
    }

    @TearDown
    @Override
    public void close() {
        if (gateway != null) {
            Gateway last = gateway;
            gateway = null; // which closes this connector
            last.close();
        }
    }

    @Benchmark
    public byte[] call() throws MalformedMessage {
        toClient = null;
        client.receive(gateway.reader().read(REQUEST));
        answer(RESULT);
        if (toClient == null || toClient.length < TEXT.length() || toServer.length < TEXT.length()) {
            throw new IllegalStateException("Question and answer must have passed");
        }
        return toClient;
    }
}
