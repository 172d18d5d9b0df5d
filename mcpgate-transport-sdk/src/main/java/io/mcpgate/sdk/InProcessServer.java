package io.mcpgate.sdk;

import io.mcpgate.Session;
import io.mcpgate.core.protocol.Duplex;
import io.mcpgate.core.route.Connection;
import io.mcpgate.core.route.Connector;
import io.mcpgate.core.route.UpstreamException;
import io.mcpgate.core.wrap.ServerEdge;
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
 * <p>Each connection is a session of the server. Messages pass on the threads on which they are sent; there is no queue.
 */
public final class InProcessServer implements McpServerTransportProvider, Connector {
    private final McpJsonMapper mapper;
    private final SdkMessages messages;
    private final Set<McpServerSession> sessions = ConcurrentHashMap.newKeySet();
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
        ServerSide transport = new ServerSide();
        McpServerSession session = known.create(transport);
        sessions.add(session);
        ServerEdge edge = new ServerEdge(
                (frame, call) -> session.handle(messages.write(frame.message())).toFuture(),
                origin,
                () -> end(session));
        transport.toClient = message -> Mono.fromRunnable(() -> edge.receive(messages.read(message)));
        return CompletableFuture.completedFuture(edge);
    }

    private void end(McpServerSession session) {
        sessions.remove(session);
        session.close();
    }

    @Override
    public Mono<Void> notifyClients(String method, Object params) {
        return Flux.fromIterable(sessions)
                .flatMap(session -> session.sendNotification(method, params).onErrorComplete())
                .then();
    }

    @Override
    public String describe() {
        return "a server in this process";
    }

    /** Ends all sessions; the server is the host's. */
    @Override
    public void close() {
        sessions.forEach(this::end);
    }

    @Override
    public Mono<Void> closeGracefully() {
        return Flux.fromIterable(sessions)
                .flatMap(session -> session.closeGracefully().onErrorComplete())
                .then(Mono.fromRunnable(sessions::clear));
    }

    @Override
    public List<String> protocolVersions() {
        return SdkVersions.known();
    }

    /** The server's end of one conversation. */
    private final class ServerSide implements McpServerTransport {
        private @Nullable Function<JSONRPCMessage, Mono<Void>> toClient;

        @Override
        public Mono<Void> sendMessage(JSONRPCMessage message) {
            return Mono.defer(() -> {
                Function<JSONRPCMessage, Mono<Void>> open = toClient;
                return open == null
                        ? Mono.error(new IllegalStateException("The conversation has not begun"))
                        : open.apply(message);
            });
        }

        @Override
        public Mono<Void> closeGracefully() {
            return Mono.empty();
        }

        @Override
        public <T> T unmarshalFrom(Object data, TypeRef<T> type) {
            return mapper.convertValue(data, type);
        }
    }

    /** The client's end of one conversation without a gateway. */
    private final class Direct implements McpClientTransport {
        private volatile @Nullable McpServerSession session;

        @Override
        public Mono<Void> connect(Function<Mono<JSONRPCMessage>, Mono<JSONRPCMessage>> handler) {
            return Mono.fromRunnable(() -> {
                McpServerSession.Factory known = factory;
                if (known == null) {
                    throw new IllegalStateException("No server has been built on this transport yet");
                }
                ServerSide transport = new ServerSide();
                transport.toClient =
                        message -> handler.apply(Mono.just(message)).then();
                McpServerSession made = known.create(transport);
                sessions.add(made);
                session = made;
            });
        }

        @Override
        public Mono<Void> sendMessage(JSONRPCMessage message) {
            return Mono.defer(() -> {
                McpServerSession open = session;
                return open == null
                        ? Mono.error(new IllegalStateException("The transport is not connected"))
                        : open.handle(message);
            });
        }

        @Override
        public Mono<Void> closeGracefully() {
            return Mono.fromRunnable(() -> {
                McpServerSession open = session;
                if (open != null) {
                    end(open);
                }
            });
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
        return "InProcessServer[" + sessions.size() + " sessions]";
    }
}
