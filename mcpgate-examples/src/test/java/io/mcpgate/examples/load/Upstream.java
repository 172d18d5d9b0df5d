package io.mcpgate.examples.load;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.PriorityQueue;
import java.util.concurrent.TimeUnit;

/**
 * The server behind everything that is measured: fixed answers, one thread, no library, because what it costs itself hides
 * what the gate costs. It prints its port on its first line, and ends with its standard input.
 *
 * <p>{@code POST} any path is MCP of 2025-11-25; a path with {@code modern} in it speaks 2026-07-28; one that ends with
 * {@code tools-N} lists N tools. {@code GET} is refused with 405, except for a path with {@code stream} in it, where an event
 * stream stays open and silent. {@code GET /count} tells how many calls of tools were answered.
 */
final class Upstream {
    private static final int BACKLOG = 4_096;
    private static final int READ_BYTES = 256 << 10;

    private final Selector selector;
    private final ServerSocketChannel server;
    private final ByteBuffer in = ByteBuffer.allocateDirect(READ_BYTES);
    private final byte[] read = new byte[READ_BYTES];
    private final PriorityQueue<PacedEvents> paced = new PriorityQueue<>();
    private long calls;
    private long sessions;

    private Upstream() throws IOException {
        selector = Selector.open();
        server = ServerSocketChannel.open();
        server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), BACKLOG);
        server.configureBlocking(false);
        server.register(selector, SelectionKey.OP_ACCEPT);
    }

    public static void main(String[] args) throws IOException {
        LoadProcess.endWithStandardInput();
        Upstream upstream = new Upstream();
        System.out.println("port " + upstream.server.socket().getLocalPort());
        upstream.run();
    }

    private void run() throws IOException {
        while (true) {
            if (paced.isEmpty()) selector.select(this::ready);
            else
                selector.select(
                        this::ready,
                        Math.max(1, TimeUnit.NANOSECONDS.toMillis(paced.peek().waitNanos())));
            while (!paced.isEmpty() && paced.peek().waitNanos() <= 0) {
                PacedEvents events = paced.poll();
                if (events.sendNext()) paced.add(events);
            }
        }
    }

    private void ready(SelectionKey key) {
        try {
            if (key.isAcceptable()) accept();
            else serve(key, (UpstreamConnection) key.attachment());
        } catch (IOException | RuntimeException broken) {
            close(key);
        }
    }

    private void accept() throws IOException {
        for (SocketChannel channel = server.accept(); channel != null; channel = server.accept()) {
            channel.configureBlocking(false);
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            SelectionKey key = channel.register(selector, SelectionKey.OP_READ);
            key.attach(new UpstreamConnection(this, key));
        }
    }

    private void serve(SelectionKey key, UpstreamConnection connection) throws IOException {
        if (key.isWritable()) connection.flush();
        if (!key.isReadable()) return;
        in.clear();
        int bytes = ((SocketChannel) key.channel()).read(in);
        if (bytes < 0) {
            close(key);
            return;
        }
        in.flip();
        in.get(read, 0, bytes);
        connection.feed(read, bytes);
    }

    private static void close(SelectionKey key) {
        key.cancel();
        try {
            key.channel().close();
        } catch (IOException gone) {
            // as it should be
        }
    }

    void countCall() {
        calls++;
    }

    long calls() {
        return calls;
    }

    String newSession() {
        return "fixed-" + ++sessions;
    }

    void pace(PacedEvents events) {
        paced.add(events);
    }
}
