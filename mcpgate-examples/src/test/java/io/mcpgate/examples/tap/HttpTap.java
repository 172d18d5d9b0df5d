package io.mcpgate.examples.tap;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** Carries bytes to a port of this machine and back, unchanged, and keeps them: what was really on the wire. */
public final class HttpTap implements AutoCloseable {
    private final ServerSocket listening = new ServerSocket(0, 500, InetAddress.getLoopbackAddress());
    private final URI target;
    private final Path directory;
    private final List<Wire> wires = new CopyOnWriteArrayList<>();
    private final Set<Socket> ends = ConcurrentHashMap.newKeySet();
    private final AtomicInteger cuts = new AtomicInteger();

    /** Keeps the bytes of each connection in files of the directory. */
    HttpTap(URI target, Path directory) throws IOException {
        this.target = target;
        this.directory = directory;
        daemon(() -> {
            while (true) {
                carry(listening.accept());
            }
        });
    }

    /** The target by way of the tap. */
    URI uri() {
        String query = target.getRawQuery() == null ? "" : "?" + target.getRawQuery();
        return URI.create("http://127.0.0.1:" + listening.getLocalPort() + target.getRawPath() + query);
    }

    /** One connection. */
    private record Wire(Path requests, Path responses) {}

    private void carry(Socket near) throws IOException {
        Socket far;
        try {
            far = new Socket(InetAddress.getLoopbackAddress(), target.getPort());
        } catch (IOException nobodyThere) {
            near.close();
            return;
        }
        near.setTcpNoDelay(true);
        far.setTcpNoDelay(true);
        ends.add(near);
        ends.add(far);
        String number = "/" + wires.size();
        Wire wire = new Wire(Path.of(directory + number + ".requests"), Path.of(directory + number + ".responses"));
        OutputStream requests = Files.newOutputStream(wire.requests);
        OutputStream responses = Files.newOutputStream(wire.responses);
        wires.add(wire);
        daemon(() -> copy(near, far, requests));
        daemon(() -> copy(far, near, responses));
    }

    private void copy(Socket from, Socket to, OutputStream kept) throws IOException {
        try (from;
                to;
                kept) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            byte[] some = new byte[65_536];
            for (int n = in.read(some); n >= 0; n = in.read(some)) {
                kept.write(some, 0, n);
                out.write(some, 0, n);
            }
        } finally {
            ends.remove(from);
            ends.remove(to);
        }
    }

    /** Ends all connections; whoever comes afterwards is carried again. */
    public void cut() {
        cuts.incrementAndGet();
        for (Socket end : ends) {
            try {
                end.close();
            } catch (IOException closedAlready) {
                // all the better
            }
        }
    }

    /** How often they were cut. */
    public int cuts() {
        return cuts.get();
    }

    /** All that was said so far; of a message that is not complete, nothing. */
    List<HttpBytes.Exchange> exchanges() throws IOException {
        List<HttpBytes.Exchange> all = new ArrayList<>();
        for (Wire wire : wires) {
            all.addAll(HttpBytes.exchanges(Files.readAllBytes(wire.requests), Files.readAllBytes(wire.responses)));
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
        cut();
    }
}
