package io.mcpgate.stdio;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.mcpgate.Call;
import io.mcpgate.Payload;
import io.mcpgate.Principal;
import io.mcpgate.Reply;
import io.mcpgate.RequestId;
import io.mcpgate.Session;
import io.mcpgate.core.json.Envelope;
import io.mcpgate.core.protocol.Duplex;
import io.mcpgate.core.route.Connection;
import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Stream;

/** The real child process of the tests ({@code child.mjs}), and calls to it. */
final class Child {
    private Child() {}

    static StdioCommand command(String... behaviour) {
        assumeTrue(nodeIsThere() || "true".equals(System.getenv("CI")), "there is no node on the PATH; skipped");
        List<String> words = new ArrayList<>(List.of("node", script().toString()));
        words.addAll(List.of(behaviour));
        return StdioCommand.of(words).withGrace(Duration.ofMillis(300));
    }

    private static boolean nodeIsThere() {
        return Stream.of(System.getenv("PATH").split(File.pathSeparator))
                .anyMatch(directory -> Files.isExecutable(Path.of(directory, "node")));
    }

    private static Path script() {
        try {
            return Path.of(Child.class.getResource("/child.mjs").toURI());
        } catch (URISyntaxException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    static Call call(Session session, long id, String tool, Map<String, ?> arguments) {
        return Call.request(
                RequestId.of(id), "tools/call", Payload.of(Map.of("name", tool, "arguments", arguments)), session);
    }

    static Call asking(Session session, long id, String tool, Map<String, ?> arguments, Object token) {
        return Call.request(
                RequestId.of(id),
                "tools/call",
                Payload.of(Map.of("name", tool, "arguments", arguments, "_meta", Map.of("progressToken", token))),
                session);
    }

    static <T> T await(CompletionStage<T> stage) {
        try {
            return stage.toCompletableFuture().get(15, TimeUnit.SECONDS);
        } catch (InterruptedException | TimeoutException late) {
            throw new AssertionError("No answer", late);
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof RuntimeException known) {
                throw known;
            }
            throw new AssertionError(failed.getCause());
        }
    }

    static String text(Reply reply) {
        if (reply instanceof Reply.Complete complete
                && complete.result().members().get("content") instanceof List<?> content
                && content.get(0) instanceof Map<?, ?> block) {
            return (String) block.get("text");
        }
        throw new AssertionError("Not a text: " + reply);
    }

    static String ask(Connection connection, String tool, Map<String, ?> arguments) {
        return text(await(connection.send(call(new Client(), 1, tool, arguments))));
    }

    static String ask(Connection connection, String tool) {
        return ask(connection, tool, Map.of());
    }

    /** Whether a process runs; one that nobody has asked about its end does not. */
    static boolean isRunning(long pid) {
        Path stat = Path.of("/proc", Long.toString(pid), "stat");
        if (!Files.exists(Path.of("/proc/self/stat"))) {
            return ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
        }
        try {
            String line = Files.readString(stat);
            return line.charAt(line.lastIndexOf(')') + 2) != 'Z';
        } catch (IOException gone) {
            return false;
        }
    }

    /** A client's session that keeps what is delivered to it. */
    static final class Client implements Session {
        private final String key = UUID.randomUUID().toString();
        final List<Call> delivered = new CopyOnWriteArrayList<>();

        @Override
        public String key() {
            return key;
        }

        @Override
        public String protocolVersion() {
            return "2025-11-25";
        }

        @Override
        public Optional<Payload> handshake() {
            return Optional.of(Payload.of(Map.of(
                    "protocolVersion",
                    "2025-11-25",
                    "capabilities",
                    Map.of(),
                    "clientInfo",
                    Map.of("name", "test", "version", "1"))));
        }

        @Override
        public CompletionStage<Reply> deliver(Call call) {
            delivered.add(call);
            return CompletableFuture.completedFuture(Reply.accepted());
        }
    }

    /** Keeps what a server sends on its own, and answers as told. */
    static final class Gatekeeper implements Duplex.Origin {
        final List<Call> handled = new CopyOnWriteArrayList<>();
        final AtomicInteger unexpected = new AtomicInteger();
        private final Function<Call, Reply> answer;
        private final Session session = new Client();

        Gatekeeper(Function<Call, Reply> answer) {
            this.answer = answer;
        }

        Gatekeeper() {
            this(call -> Reply.accepted());
        }

        @Override
        public Call call(Envelope.Request request, Call parent) {
            if (parent == null) {
                return Call.unsolicited(
                        request.id(), request.method(), request.params(), session, Principal.UNIDENTIFIED, "child");
            }
            return request.id() == null
                    ? parent.notificationToClient(request.method(), request.params())
                    : parent.requestToClient(request.id(), request.method(), request.params());
        }

        @Override
        public CompletionStage<Reply> handle(Call call) {
            handled.add(call);
            return CompletableFuture.completedFuture(answer.apply(call));
        }

        @Override
        public void unexpected() {
            unexpected.incrementAndGet();
        }
    }
}
