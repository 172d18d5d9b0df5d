package io.mcpgate.stdio;

import io.mcpgate.Call;
import io.mcpgate.Direction;
import io.mcpgate.ErrorCode;
import io.mcpgate.Payload;
import io.mcpgate.Principal;
import io.mcpgate.Reply;
import io.mcpgate.RequestId;
import io.mcpgate.Session;
import io.mcpgate.core.Gate;
import io.mcpgate.core.identity.Credential;
import io.mcpgate.core.json.Envelope;
import io.mcpgate.core.json.Frame;
import io.mcpgate.core.json.MalformedMessage;
import io.mcpgate.core.protocol.Duplex;
import io.mcpgate.core.protocol.LocalCall;
import io.mcpgate.core.protocol.ProtocolVersions;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves the one client at the other end of a pair of pipes, most often this process's own stdin and stdout (MCP,
 * "stdio").
 *
 * <pre>{@code
 * OutputStream stdout = new FileOutputStream(FileDescriptor.out); // System.out would hide that its pipe has broken
 * StdioEdge.serve(gateway, "files", Principal.of("desktop", "user"), System.in, stdout);
 * }</pre>
 *
 * <p>Who can write to a process's stdin has started it, so the pipe itself vouches for the client, and the host says which
 * principal that is. Nothing else may write to {@code out}: a host that serves stdout sends its log to stderr.
 *
 * <p>Reading never waits for a call. What is no message is answered with an error, and reading goes on.
 */
public final class StdioEdge {
    private static final Logger LOG = LoggerFactory.getLogger(StdioEdge.class);
    private static final int WAITING_LINES_MAX = 4_096;
    private static final long WAITING_BYTES_MIN = 64L << 20;
    private static final Duration LAST_WORDS = Duration.ofSeconds(2);

    private final Gate gate;
    private final @Nullable String server;
    private final Credential credential;
    private final LineReader lines;
    private final LineWriter writer;
    private final Duplex duplex = new Duplex(this::put, new FromClient());
    private final StdioSession session = new StdioSession(duplex::send);
    private final CompletableFuture<Void> over = new CompletableFuture<>();
    private final Object turn = new Object();

    private StdioEdge(Gate gate, @Nullable String server, Principal principal, InputStream in, OutputStream out) {
        this.gate = gate;
        this.server = server;
        this.credential = new Credential.Vouched(principal);
        int messageBytes = gate.reader().limits().messageBytes();
        this.lines = new LineReader(in, messageBytes);
        this.writer = new LineWriter(
                new BufferedOutputStream(out),
                WAITING_LINES_MAX,
                Math.max(WAITING_BYTES_MIN, 4L * messageBytes),
                "edge-out",
                () -> {});
    }

    /**
     * Serves the client until the end of its input; then what is in flight is cancelled and the session ends. Also ends
     * when {@code out} breaks, when the client does not read what it is sent, and when the calling thread is interrupted.
     * Blocks until then; closes neither stream.
     *
     * @param gate the gateway
     * @param server the governed server to serve; {@code null} for the merged catalog of all of them
     * @param principal who the client is
     * @param in what the client writes
     * @param out what the client reads
     * @throws IllegalArgumentException if there is no such server
     */
    public static void serve(
            Gate gate, @Nullable String server, Principal principal, InputStream in, OutputStream out) {
        if (server != null && !gate.governs(server)) {
            throw new IllegalArgumentException("This gateway has no server named \"" + server + "\"");
        }
        new StdioEdge(gate, server, principal, in, out).serve();
    }

    private void serve() {
        writer.start();
        writer.ended().thenRun(() -> over.complete(null));
        Threads.daemon("edge-in", this::read).start(); // not here: a blocked read could not be interrupted
        boolean interrupted = false;
        try {
            over.get();
        } catch (InterruptedException asked) {
            interrupted = true;
            over.complete(null);
        } catch (ExecutionException impossible) {
            throw new IllegalStateException(impossible);
        } finally {
            end();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void end() {
        synchronized (turn) { // behind the line that is being handled, so that no call is made for an ended session
            duplex.lost(Reply.Failure.of(ErrorCode.UNAVAILABLE, "The client has gone"));
            gate.ended(session);
        }
        try {
            writer.finish(LAST_WORDS);
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt();
        }
    }

    private void read() {
        try {
            for (Line line = lines.next(); line != null; line = lines.next()) {
                synchronized (turn) {
                    if (over.isDone()) {
                        return;
                    }
                    receive(line);
                }
            }
        } catch (IOException broken) {
            LOG.debug("The client's end of the pipe broke off");
        } finally {
            over.complete(null);
        }
    }

    private void receive(Line line) {
        if (line.isBlank()) {
            return;
        }
        if (!line.isWhole()) {
            RequestId id = line.seemsRequest() ? line.id(gate.reader()).orElse(null) : null;
            answer(Frame.error(
                    id, Reply.Failure.of(ErrorCode.TOO_LARGE, "The message is larger than the gateway takes")));
            return;
        }
        try {
            Envelope message = gate.reader().read(line.bytes());
            if (message instanceof Envelope.Request request) {
                requested(request);
            } else {
                answered(message);
            }
        } catch (MalformedMessage malformed) {
            answer(Frame.error(malformed.id().orElse(null), malformed.toFailure()));
        }
    }

    private void requested(Envelope.Request request) {
        Optional<String> version = modernVersion(request);
        if (version.isPresent() && !ProtocolVersions.isKnown(version.get())) {
            refuse(request, unsupported(version.get()));
            return;
        }
        try {
            duplex.receive(request, null);
        } catch (RuntimeException broken) { // a gate never throws; should one do so, reading goes on
            LOG.error("{} of the client could not be handled", request.method(), broken);
            refuse(request, Reply.Failure.of(ErrorCode.INTERNAL, "Internal error"));
        }
    }

    private void refuse(Envelope.Request request, Reply.Failure why) {
        RequestId id = request.id();
        if (id != null) {
            answer(Frame.error(id, why));
        }
    }

    private static Optional<String> modernVersion(Envelope.Request request) {
        return request.params()
                .string("_meta", "io.modelcontextprotocol/protocolVersion")
                .filter(ProtocolVersions::isModern);
    }

    private static Reply.Failure unsupported(String requested) {
        List<String> supported = new ArrayList<>(List.of(ProtocolVersions.MODERN));
        supported.addAll(ProtocolVersions.LEGACY);
        return Reply.Failure.of(
                ErrorCode.UNSUPPORTED_VERSION,
                "This revision of MCP is not supported",
                Map.of("supported", supported, "requested", requested));
    }

    /** An answer reaches the server that waits for it only after the same steps that every message passes. */
    private void answered(Envelope message) {
        gate.handle(addressed(LocalCall.ANSWER.on(session), server)).thenAccept(passed -> {
            if (passed instanceof Reply.Accepted) {
                duplex.receive(message, null);
            } else {
                LOG.warn("An answer of the client to a server was not let through");
            }
        });
    }

    private Call addressed(Call call, @Nullable String to) {
        Call vouched = call.with(Credential.KEY, credential);
        return to == null ? vouched : vouched.withServer(to);
    }

    /** What the client sends on its own, as calls through the gate. */
    private final class FromClient implements Duplex.Origin {
        @Override
        public Call call(Envelope.Request request, @Nullable Call parent) {
            Session at = modernVersion(request).<Session>map(session::modern).orElse(session);
            RequestId id = request.id();
            Payload params = request.params();
            Call call = id == null
                    ? Call.notification(request.method(), params, at)
                    : Call.request(id, request.method(), params, at);
            return addressed(call, addressee(request, parent));
        }

        /** Progress belongs to a request of one server, also where the client talks to the merged catalog. */
        private @Nullable String addressee(Envelope.Request request, @Nullable Call parent) {
            boolean progress = request.method().equals("notifications/progress");
            return server == null && progress && parent != null
                    ? parent.server().orElse(null)
                    : server;
        }

        @Override
        public CompletionStage<Reply> handle(Call call) {
            return gate.handle(call).handle((reply, error) -> {
                if (error != null) {
                    LOG.error("{} of the client failed inside the gateway", call.method(), error);
                    return Reply.failure(ErrorCode.INTERNAL, "Internal error");
                }
                if (reply instanceof Reply.Complete complete && call.method().equals("initialize")) {
                    session.initialized(call.params(), complete.result()); // before the client learns of it
                }
                return reply;
            });
        }
    }

    private CompletionStage<Void> put(Frame frame, Call call) {
        if (frame.isListChanged()) {
            return writer.writeOnce(frame.toLine());
        }
        // A message of ours to the client may be refused: its sender learns of it. A response may not get lost.
        return call.direction() == Direction.TO_CLIENT ? writer.write(frame.toLine()) : answer(frame);
    }

    private CompletionStage<Void> answer(Frame response) {
        return writer.write(response.toLine()).whenComplete((written, error) -> {
            if (error instanceof LineWriter.Refused refused && refused.isFull() && over.complete(null)) {
                LOG.warn("The client does not read what it is sent; its session is ended");
            }
        });
    }
}
