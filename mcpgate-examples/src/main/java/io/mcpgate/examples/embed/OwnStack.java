package io.mcpgate.examples.embed;

import io.mcpgate.Call;
import io.mcpgate.Principal;
import io.mcpgate.core.Gate;
import io.mcpgate.core.json.Envelope;
import io.mcpgate.core.json.Frame;
import io.mcpgate.core.json.MalformedMessage;
import io.mcpgate.core.protocol.Duplex;
import io.mcpgate.core.route.Connection;
import io.mcpgate.core.wrap.ServerEdge;
import io.mcpgate.core.wrap.Wrap;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A transport of your own stack, governed: a {@link Wire} to a server, used by its client as that one was. All that it does is
 * to make messages of texts and texts of messages; ids, progress, cancelling and deadlines are the gateway's.
 */
public final class OwnStack implements Wire, AutoCloseable {
    private final Gate gate;
    private final Wire server;
    private final Wrap wrap;
    private volatile @Nullable Consumer<String> client;

    /** The conversation between one client, who is {@code principal}, and the server {@code name} at the end of a wire. */
    public OwnStack(Gate gate, String name, Principal principal, Wire server) {
        this.gate = gate;
        this.server = server;
        this.wrap = Wrap.open(gate, name, principal, this::toClient, this::toServer);
    }

    private Connection toServer(Duplex.Origin origin) {
        ServerEdge edge = new ServerEdge((frame, call) -> handled(() -> server.send(text(frame))), origin, () -> {});
        server.onMessage(text -> {
            try {
                edge.receive(read(text));
            } catch (MalformedMessage nonsense) {
                edge.lost("The server said what is no message"); // or skip it, if your servers are known for that
            }
        });
        return edge;
    }

    /** The client speaks. */
    @Override
    public void send(String message) {
        try {
            wrap.client().receive(read(message));
        } catch (MalformedMessage nonsense) {
            Frame answer = Frame.error(nonsense.id().orElse(null), nonsense.toFailure());
            wrap.client().refused(nonsense.toFailure().message()).thenRun(() -> deliver(answer)); // recorded before
        }
    }

    @Override
    public void onMessage(Consumer<String> handler) {
        client = handler;
    }

    private CompletionStage<Void> toClient(Frame frame, Call call) {
        return handled(() -> deliver(frame));
    }

    private void deliver(Frame frame) {
        Consumer<String> listening = client;
        if (listening != null) {
            listening.accept(text(frame));
        }
    }

    private Envelope read(String text) throws MalformedMessage {
        return gate.reader().read(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String text(Frame frame) {
        return new String(frame.toByteArray(), StandardCharsets.UTF_8);
    }

    /** Sent, or failed with the reason. A stack that sends later says so later: that is the back-pressure. */
    private static CompletionStage<Void> handled(Runnable sending) {
        return CompletableFuture.runAsync(sending, Runnable::run); // at once, on this thread
    }

    @Override
    public void close() {
        wrap.close();
    }
}
