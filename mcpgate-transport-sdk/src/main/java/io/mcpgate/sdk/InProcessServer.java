package io.mcpgate.sdk;

import io.mcpgate.Call;
import io.mcpgate.Session;
import io.mcpgate.core.json.Frame;
import io.mcpgate.core.protocol.Duplex;
import io.mcpgate.core.route.Connection;
import io.mcpgate.core.route.Connector;
import io.mcpgate.core.route.UpstreamException;
import io.mcpgate.core.wrap.ServerEdge;
import io.modelcontextprotocol.common.McpTransportContext;
import io.modelcontextprotocol.json.McpJsonMapper;
import io.modelcontextprotocol.json.TypeRef;
import io.modelcontextprotocol.spec.McpClientTransport;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCMessage;
import io.modelcontextprotocol.spec.McpServerSession;
import io.modelcontextprotocol.spec.McpServerTransport;
import io.modelcontextprotocol.spec.McpServerTransportProvider;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.util.context.Context;

/**
 * The transport of an SDK server that lives in this process: for tests, and for servers that need no port. Clients reach it
 * through a gateway, of which it is a connector, or directly.
 *
 * <pre>{@code
 * InProcessServer transport = new InProcessServer(McpJsonDefaults.getMapper());
 * McpSyncServer server = McpServer.sync(transport).toolCall(…).build();
 * Gateway gateway = Gateway.builder().server("crm", transport)…build();    // governed, from whatever side clients come
 * McpSyncClient client = McpClient.sync(transport.clientTransport()).build(); // and without a gateway
 * }</pre>
 *
 * <p>Each connection is a session of the server. Messages pass on the threads on which they are sent; there is no queue. The
 * server's code finds in its transport context what the host has put there and, behind a gateway, under
 * {@link McpSdk#PRINCIPAL} who calls. It runs for as long as somebody waits for it: a call that is cancelled, by its client
 * or because that has gone, cancels the server's {@code Mono}.
 */
@SuppressWarnings("exports") // the SDK is optional, and named by who uses it
public final class InProcessServer implements McpServerTransportProvider, Connector {
    private final McpJsonMapper mapper;
    private final SdkMessages messages;
    private final Set<Conversation> conversations = ConcurrentHashMap.newKeySet();
    private volatile McpServerSession.@Nullable Factory factory;

    /**
     * One that waits for its server.
     *
     * @param mapper the host's own, e.g. {@code McpJsonDefaults.getMapper()}
     */
    public InProcessServer(McpJsonMapper mapper) {
        this.mapper = mapper;
        this.messages = new SdkMessages(mapper::convertValue);
    }

    @Override
    public void setSessionFactory(McpServerSession.Factory sessionFactory) {
        this.factory = sessionFactory;
    }

    /** A transport for one client that talks to the server directly, without a gateway. */
    public McpClientTransport clientTransport() {
        return new Direct();
    }

    /** A connection for the gateway. */
    @Override
    public CompletionStage<Connection> connect(Session client, Duplex.Origin origin) {
        McpServerSession.Factory known = factory;
        if (known == null) {
            return CompletableFuture.failedFuture(
                    new UpstreamException("no server has been built on its transport yet"));
        }
        Conversation conversation = new Conversation();
        ServerEdge edge = new ServerEdge(
                (frame, call) -> toServer(conversation, frame, call),
                origin,
                () -> conversation.close("The connection was closed"));
        conversation.begin(
                known,
                message -> Mono.fromCompletionStage(edge.receive(messages.read(message))),
                () -> edge.lost("The server has ended the session"));
        return CompletableFuture.completedFuture(edge);
    }

    private CompletionStage<Void> toServer(Conversation conversation, Frame frame, Call call) {
        McpTransportContext provided = CallerContext.provided(call).orElse(McpTransportContext.EMPTY);
        return HostCode.deliver(conversation.handle(messages.write(frame.message())), call, Context.empty(), provided);
    }

    @Override
    public Mono<Void> notifyClients(String method, Object params) {
        return Flux.fromIterable(conversations)
                .flatMap(conversation ->
                        conversation.session().sendNotification(method, params).onErrorComplete())
                .then();
    }

    /** The SDK has had this since 1.1; an older one does not ask. */
    @Override
    public Mono<Void> notifyClient(String sessionId, String method, Object params) {
        return Flux.fromIterable(conversations)
                .filter(conversation -> sessionId.equals(conversation.session().getId()))
                .flatMap(conversation -> conversation.session().sendNotification(method, params))
                .then();
    }

    @Override
    public String describe() {
        return "a server in this process";
    }

    /**
     * Ends all sessions that there are, with a gateway or without: the server that closes does so, and a gateway that does.
     * The server itself is the host's.
     */
    @Override
    public void close() {
        conversations.forEach(conversation -> conversation.session().close());
    }

    @Override
    public Mono<Void> closeGracefully() {
        return Flux.fromIterable(conversations)
                .flatMap(
                        conversation -> conversation.session().closeGracefully().onErrorComplete())
                .then();
    }

    @Override
    public List<String> protocolVersions() {
        return SdkVersions.known();
    }

    /** One client and the server's session for it; this is the server's end. */
    private final class Conversation implements McpServerTransport {
        private final Sinks.Empty<Void> ended = Sinks.empty();
        private volatile @Nullable McpServerSession session;
        private volatile Function<JSONRPCMessage, Mono<Void>> toClient =
                message -> Mono.error(new IllegalStateException("The session has not begun"));

        private volatile Runnable onEnd = () -> {};

        /**
         * Lets the server make its session.
         *
         * @param outward takes what that sends
         * @param whenEnded told when one of the two has ended it
         */
        void begin(McpServerSession.Factory known, Function<JSONRPCMessage, Mono<Void>> outward, Runnable whenEnded) {
            toClient = outward;
            onEnd = whenEnded;
            session = known.create(this);
            conversations.add(this);
        }

        McpServerSession session() {
            McpServerSession begun = session;
            if (begun == null) {
                throw new IllegalStateException("The session has not begun");
            }
            return begun;
        }

        /** Takes a message of the client; what the server does upon it ends with the conversation. */
        Mono<Void> handle(JSONRPCMessage message) {
            return Mono.firstWithSignal(
                    ended.asMono(), Mono.defer(() -> session().handle(message)));
        }

        /** The client ends it. */
        void close(String why) {
            if (end(why)) {
                session().close();
            }
        }

        private boolean end(String why) {
            boolean first = conversations.remove(this);
            if (first) {
                ended.tryEmitError(new IllegalStateException(why));
                onEnd.run();
            }
            return first;
        }

        @Override
        public Mono<Void> sendMessage(JSONRPCMessage message) {
            return Mono.defer(() -> toClient.apply(message));
        }

        /** The server ends it, or this is how its session learns that the client has. */
        @Override
        public Mono<Void> closeGracefully() {
            return Mono.fromRunnable(() -> end("The server has ended the session"));
        }

        @Override
        public List<String> protocolVersions() {
            return SdkVersions.known();
        }

        @Override
        public <T> T unmarshalFrom(Object data, TypeRef<T> type) {
            return mapper.convertValue(data, type);
        }
    }

    /** The client's end of one conversation without a gateway. */
    private final class Direct implements McpClientTransport {
        private volatile @Nullable Conversation current;

        /** Clients connect again when they have lost their session. */
        @Override
        public Mono<Void> connect(Function<Mono<JSONRPCMessage>, Mono<JSONRPCMessage>> handler) {
            return Mono.fromRunnable(() -> {
                McpServerSession.Factory known = factory;
                if (known == null) {
                    throw new IllegalStateException("No server has been built on this transport yet");
                }
                hangUp();
                Conversation next = new Conversation();
                next.begin(known, message -> handler.apply(Mono.just(message)).then(), () -> {});
                current = next;
            });
        }

        @Override
        public Mono<Void> sendMessage(JSONRPCMessage message) {
            return Mono.defer(() -> {
                Conversation open = current;
                return open == null
                        ? Mono.error(new IllegalStateException("The transport is not connected"))
                        : open.handle(message);
            });
        }

        @Override
        public Mono<Void> closeGracefully() {
            return Mono.fromRunnable(this::hangUp);
        }

        private void hangUp() {
            Conversation last = current;
            current = null;
            if (last != null) {
                last.close("The client has gone");
            }
        }

        @Override
        public List<String> protocolVersions() {
            return SdkVersions.known();
        }

        @Override
        public <T> T unmarshalFrom(Object data, TypeRef<T> type) {
            return mapper.convertValue(data, type);
        }
    }

    @Override
    public String toString() {
        return "InProcessServer[" + conversations.size() + " sessions]";
    }
}
