package io.mcpgate.examples.wire;

import com.fasterxml.jackson.databind.JsonNode;
import io.mcpgate.examples.tap.Json;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * {@link FaultyServer} over Streamable HTTP on plain sockets, in the legacy era with sessions; each call is answered by a
 * stream.
 */
final class FaultyHttp implements AutoCloseable {
    private final FaultyServer server;
    private final ServerSocket listening = new ServerSocket(0, 500, InetAddress.getLoopbackAddress());
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final Map<String, FaultyServer.Session> sessions = new ConcurrentHashMap<>();
    private final AtomicInteger underWay = new AtomicInteger(); // calls
    private final List<String> verbs = new CopyOnWriteArrayList<>();
    private volatile boolean general = true;
    private volatile boolean broken;

    FaultyHttp(FaultyServer.Era era) throws IOException {
        server = new FaultyServer(era);
        daemon(this::accept);
    }

    URI uri() {
        return URI.create("http://127.0.0.1:" + listening.getLocalPort() + "/mcp");
    }

    FaultyServer server() {
        return server;
    }

    Map<String, FaultyServer.Session> sessions() {
        return sessions;
    }

    int underWay() {
        return underWay.get();
    }

    /** How often that verb came. */
    long count(String verb) {
        return verbs.stream().filter(verb::equals).count();
    }

    /** Whether there is a general stream; otherwise GET is answered with 405. */
    void general(boolean offered) {
        general = offered;
    }

    /** Whether every POST is answered with a page of the web framework. */
    void broken(boolean so) {
        broken = so;
    }

    /** All sessions are unknown from now on. */
    void forget() {
        sessions.clear();
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = listening.accept();
                socket.setTcpNoDelay(true);
                sockets.add(socket);
                daemon(() -> serve(socket));
            }
        } catch (IOException closed) {
            // the end
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            InputStream in = new BufferedInputStream(socket.getInputStream());
            for (String line = line(in); !line.isEmpty(); line = line(in)) {
                Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
                for (String header = line(in); !header.isEmpty(); header = line(in)) {
                    int colon = header.indexOf(':');
                    headers.put(
                            header.substring(0, colon),
                            header.substring(colon + 1).strip());
                }
                byte[] body = in.readNBytes(Integer.parseInt(headers.getOrDefault("Content-Length", "0")));
                String verb = line.substring(0, line.indexOf(' '));
                verbs.add(verb);
                answer(verb, headers, new String(body, StandardCharsets.UTF_8), socket, in);
            }
        } catch (IOException gone) {
            // the client's right
        } finally {
            sockets.remove(socket);
        }
    }

    private void answer(String verb, Map<String, String> headers, String body, Socket socket, InputStream in)
            throws IOException {
        String id = headers.get("Mcp-Session-Id");
        FaultyServer.Session session = id == null ? null : sessions.get(id);
        JsonNode message = body.isEmpty() ? Json.read("{}") : Json.read(body);
        String method = message.path("method").asText();
        if (broken) {
            status(socket, 500, "text/html", "<pre>" + FaultyServer.STACK_TRACE + "</pre>");
        } else if (!server.isLegacy()) {
            modern(verb, message, socket, in);
        } else if (method.equals("server/discover")) {
            status(
                    socket,
                    400,
                    "application/json",
                    "{\"jsonrpc\":\"2.0\",\"id\":" + message.path("id")
                            + ",\"error\":{\"code\":-32600,\"message\":\"Not initialized\"}}");
        } else if (method.equals("initialize")) {
            String made = UUID.randomUUID().toString();
            FaultyServer.Session opened = new FaultyServer.Session();
            sessions.put(made, opened);
            Stream out = new Stream(socket, "Mcp-Session-Id: " + made + "\r\n");
            server.receive(message, opened, out);
        } else if (session == null) {
            status(socket, 404, "text/plain", "no such session");
        } else if (verb.equals("DELETE")) {
            sessions.remove(id);
            status(socket, 204, "", "");
        } else if (verb.equals("GET")) {
            general(session, socket, in);
        } else if (!message.has("method") || !message.has("id")) {
            server.receive(message, session, new Stream(socket, null));
            status(socket, 202, "", "");
        } else {
            call(message, session, socket, in);
        }
    }

    private void modern(String verb, JsonNode message, Socket socket, InputStream in) throws IOException {
        FaultyServer.Session none = new FaultyServer.Session();
        if (!verb.equals("POST")) {
            status(socket, 405, "text/plain", "no");
        } else if (message.path("method").asText().equals("initialize")) {
            status(
                    socket,
                    400,
                    "application/json",
                    Json.message(Map.of(
                            "id", message.path("id"), "error", Map.of("code", -32602, "message", "Not described"))));
        } else if (!message.has("id")) {
            server.receive(message, none, new Stream(socket, null));
            status(socket, 202, "", "");
        } else {
            call(message, none, socket, in);
        }
    }

    /** Reads on, to notice the client's end; a client of HTTP/1.1 sends nothing until it has its answer. */
    private void call(JsonNode message, FaultyServer.Session session, Socket socket, InputStream in)
            throws IOException {
        Stream out = new Stream(socket, "");
        underWay.incrementAndGet();
        try {
            server.receive(message, session, out);
            out.awaitEnd(in);
        } catch (IOException gone) {
            server.gone(message, session, out);
            throw gone;
        } finally {
            underWay.decrementAndGet();
        }
    }

    private void general(FaultyServer.Session session, Socket socket, InputStream in) throws IOException {
        if (!general) {
            status(socket, 405, "text/plain", "no");
            return;
        }
        Stream out = new Stream(socket, "");
        out.keepOpen = true;
        out.head();
        session.general = out;
        out.awaitEnd(in);
    }

    private static void status(Socket socket, int status, String type, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        String typed = type.isEmpty() ? "" : "Content-Type: " + type + "\r\n";
        String length = status == 204 ? "" : "Content-Length: " + bytes.length + "\r\n";
        write(socket, "HTTP/1.1 " + status + " Faulty\r\n" + typed + length + "\r\n" + body);
    }

    private static void write(Socket socket, String text) throws IOException {
        OutputStream out = socket.getOutputStream();
        out.write(text.getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    /** An answer as an event stream, which ends by the response to its request. */
    private static final class Stream implements FaultyServer.Out {
        private final Socket socket;
        private final String headers; // null where there is no stream
        private boolean begun; // guarded by this
        private boolean ended; // guarded by this
        private boolean keepOpen;

        private Stream(Socket socket, String headers) {
            this.socket = socket;
            this.headers = headers;
        }

        synchronized void head() throws IOException {
            if (!begun && headers != null) {
                begun = true;
                write(
                        socket,
                        "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n" + headers
                                + "Transfer-Encoding: chunked\r\n\r\n");
            }
        }

        @Override
        public synchronized void send(String message) throws IOException {
            head();
            chunk("event: message\ndata: " + message + "\n\n");
            boolean response = message.contains("\"result\":") || message.contains("\"error\":");
            if (response && !keepOpen && !message.contains("for nobody")) {
                end();
            }
        }

        private synchronized void end() throws IOException {
            if (!ended) {
                ended = true;
                write(socket, "0\r\n\r\n");
                notifyAll();
            }
        }

        private void chunk(String text) throws IOException {
            if (!ended) {
                write(
                        socket,
                        Integer.toHexString(text.getBytes(StandardCharsets.UTF_8).length) + "\r\n" + text + "\r\n");
            }
        }

        @Override
        public synchronized void raw(String text) throws IOException {
            head();
            chunk("data: " + text + "\n\n");
        }

        @Override
        public synchronized void die() throws IOException {
            head();
            socket.close();
            notifyAll();
        }

        /** Until the response was sent, or the client has gone. */
        void awaitEnd(InputStream in) throws IOException {
            socket.setSoTimeout(20);
            try {
                while (!isOver()) {
                    in.mark(1);
                    try {
                        if (in.read() < 0) {
                            throw new IOException("gone");
                        }
                        in.reset();
                        synchronized (this) {
                            while (!ended && !socket.isClosed()) {
                                wait(20);
                            }
                        }
                    } catch (java.net.SocketTimeoutException quiet) {
                        // goes on waiting
                    } catch (InterruptedException stopped) {
                        throw new IOException(stopped);
                    }
                }
            } finally {
                if (!socket.isClosed()) {
                    socket.setSoTimeout(0);
                }
            }
        }

        private synchronized boolean isOver() {
            return ended || socket.isClosed();
        }
    }

    /** Names of the open connections, for messages of failed tests. */
    List<String> connections() {
        List<String> names = new ArrayList<>();
        sockets.forEach(socket -> names.add(socket.toString()));
        return names;
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int b = in.read(); b >= 0 && b != '\n'; b = in.read()) {
            if (b != '\r') {
                line.append((char) b);
            }
        }
        return line.toString();
    }

    private static void daemon(Runnable task) {
        Thread thread = new Thread(task, "faulty-http");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() throws IOException {
        listening.close();
        for (Socket socket : sockets) {
            socket.close();
        }
    }
}
