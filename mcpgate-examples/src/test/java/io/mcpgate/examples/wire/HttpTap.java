package io.mcpgate.examples.wire;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** Carries bytes to a port of this machine and back, unchanged, and keeps them: what was really on the wire. */
final class HttpTap implements AutoCloseable {
    private final ServerSocket listening = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
    private final URI target;
    private final List<Wire> wires = new CopyOnWriteArrayList<>();
    private final Set<Socket> ends = ConcurrentHashMap.newKeySet();

    HttpTap(URI target) throws IOException {
        this.target = target;
        daemon(() -> {
            while (true) {
                carry(listening.accept());
            }
        });
    }

    /** The same resource, by way of the tap. */
    URI uri(URI original) {
        return URI.create("http://127.0.0.1:" + listening.getLocalPort() + original.getPath());
    }

    URI uri() {
        return uri(target);
    }

    /** One connection. */
    private record Wire(ByteArrayOutputStream requests, ByteArrayOutputStream responses) {}

    private void carry(Socket near) throws IOException {
        Socket far = new Socket(InetAddress.getLoopbackAddress(), target.getPort());
        near.setTcpNoDelay(true);
        far.setTcpNoDelay(true);
        ends.add(near);
        ends.add(far);
        Wire wire = new Wire(new ByteArrayOutputStream(), new ByteArrayOutputStream());
        wires.add(wire);
        daemon(() -> copy(near, far, wire.requests));
        daemon(() -> copy(far, near, wire.responses));
    }

    private void copy(Socket from, Socket to, ByteArrayOutputStream kept) throws IOException {
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            byte[] some = new byte[16_384];
            for (int n = in.read(some); n >= 0; n = in.read(some)) {
                kept.write(some, 0, n);
                out.write(some, 0, n);
            }
        } finally {
            ends.remove(from);
            ends.remove(to);
        }
    }

    /** All that was said so far; of a message that is not complete, nothing. */
    List<HttpBytes.Exchange> exchanges() {
        List<HttpBytes.Exchange> all = new ArrayList<>();
        for (Wire wire : wires) {
            all.addAll(HttpBytes.exchanges(wire.requests.toByteArray(), wire.responses.toByteArray()));
        }
        return all;
    }

    private interface Task {
        void run() throws IOException;
    }

    private static void daemon(Task task) {
        Thread thread = new Thread(
                () -> {
                    try {
                        task.run();
                    } catch (IOException closed) {
                        // an end has gone, and so goes the other
                    }
                },
                "tap");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() throws IOException {
        listening.close();
        for (Socket end : ends) {
            end.close();
        }
    }
}
