package io.mcpgate.http.upstream;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** An HTTP server on a plain socket that answers as its script says, byte by byte if need be. */
final class ScriptedServer implements AutoCloseable {
    private static final Pattern ID = Pattern.compile("\"id\":(\"[^\"]*\"|-?\\d+)");
    private static final Pattern TOKEN = Pattern.compile("\"progressToken\":(\"[^\"]*\"|-?\\d+)");
    private static final Pattern METHOD = Pattern.compile("\"method\":\"([^\"]*)\"");

    private final ServerSocket listening;
    private final List<Received> received = new CopyOnWriteArrayList<>();
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final AtomicInteger disconnects = new AtomicInteger();
    private volatile Script script;

    ScriptedServer(Script script) throws IOException {
        this.script = script;
        this.listening = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
        daemon(this::accept);
    }

    @FunctionalInterface
    interface Script {
        void answer(Received request, Out out) throws IOException;
    }

    /** What came in. */
    record Received(String verb, String path, Map<String, String> headers, String body) {
        String rpc() {
            return first(METHOD).orElse("");
        }

        String id() {
            return first(ID).orElse("null");
        }

        String token() {
            return first(TOKEN).orElse("null");
        }

        String header(String name) {
            return headers.get(name);
        }

        private Optional<String> first(Pattern pattern) {
            Matcher matcher = pattern.matcher(body);
            return matcher.find() ? Optional.of(matcher.group(1)) : Optional.empty();
        }

        String result(String result) {
            return "{\"jsonrpc\":\"2.0\",\"id\":" + id() + ",\"result\":" + result + "}";
        }
    }

    /** Writes an answer. */
    final class Out {
        private final Socket socket;
        private final OutputStream out;

        private Out(Socket socket) throws IOException {
            this.socket = socket;
            this.out = socket.getOutputStream();
        }

        Out raw(String text) throws IOException {
            return raw(text.getBytes(StandardCharsets.UTF_8));
        }

        Out raw(byte[] bytes) throws IOException {
            out.write(bytes);
            out.flush();
            return this;
        }

        void json(String body, String... headers) throws IOException {
            whole(200, "application/json", body, headers);
        }

        void whole(int status, String type, String body, String... headers) throws IOException {
            whole(status, type, body.getBytes(StandardCharsets.UTF_8), headers);
        }

        void whole(int status, String type, byte[] body, String... headers) throws IOException {
            String typed = type.isEmpty() ? "" : "Content-Type: " + type + "\r\n";
            String more = headers.length == 0 ? "" : String.join("\r\n", headers) + "\r\n";
            raw("HTTP/1.1 " + status + " Scripted\r\n" + typed + more + "Content-Length: " + body.length + "\r\n\r\n");
            raw(body);
        }

        void empty(int status, String... headers) throws IOException {
            whole(status, "", "", headers);
        }

        Out stream(String... headers) throws IOException {
            String more = headers.length == 0 ? "" : String.join("\r\n", headers) + "\r\n";
            return raw("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n" + more
                    + "Transfer-Encoding: chunked\r\n\r\n");
        }

        /** In one write: who reads it may make another thread write the next one before this one would have ended it. */
        Out chunk(String text) throws IOException {
            int length = text.getBytes(StandardCharsets.UTF_8).length;
            return raw(Integer.toHexString(length) + "\r\n" + text + "\r\n");
        }

        Out event(String data) throws IOException {
            return chunk("event: message\ndata: " + data + "\n\n");
        }

        void end() throws IOException {
            raw("0\r\n\r\n");
        }

        void hangUp() throws IOException {
            socket.close();
        }

        /** Waits until the client has closed the connection. */
        void awaitDisconnect() {
            try {
                while (socket.getInputStream().read() >= 0) {
                    // whatever else comes
                }
            } catch (IOException reset) {
                // that, too
            }
            disconnects.incrementAndGet();
        }
    }

    URI uri() {
        return URI.create("http://127.0.0.1:" + listening.getLocalPort() + "/mcp");
    }

    void script(Script next) {
        script = next;
    }

    List<Received> received() {
        return received;
    }

    List<Received> received(String rpc) {
        return received.stream().filter(request -> request.rpc().equals(rpc)).toList();
    }

    List<Received> verb(String verb) {
        return received.stream().filter(request -> request.verb().equals(verb)).toList();
    }

    int connections() {
        return sockets.size();
    }

    int disconnects() {
        return disconnects.get();
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
            while (true) {
                String line = line(in);
                if (line.isEmpty()) {
                    return;
                }
                Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
                for (String header = line(in); !header.isEmpty(); header = line(in)) {
                    int colon = header.indexOf(':');
                    headers.put(
                            header.substring(0, colon),
                            header.substring(colon + 1).strip());
                }
                byte[] body = in.readNBytes(Integer.parseInt(headers.getOrDefault("Content-Length", "0")));
                String[] words = line.split(" ");
                Received request = new Received(words[0], words[1], headers, new String(body, StandardCharsets.UTF_8));
                received.add(request);
                script.answer(request, new Out(socket));
            }
        } catch (IOException gone) {
            // the client's right
        }
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
        Thread thread = new Thread(task, "scripted-server");
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
