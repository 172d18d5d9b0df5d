package io.mcpgate.sdk;

import io.mcpgate.Call;
import io.mcpgate.Principal;
import io.mcpgate.RequestId;
import io.mcpgate.core.Gate;
import io.mcpgate.core.identity.Credential;
import io.mcpgate.core.json.Correlation;
import io.mcpgate.core.json.Envelope;
import io.mcpgate.core.json.Frame;
import io.mcpgate.core.protocol.Duplex;
import io.mcpgate.core.wrap.ServerEdge;
import io.mcpgate.core.wrap.Wrap;
import io.modelcontextprotocol.common.McpTransportContext;
import io.modelcontextprotocol.json.TypeRef;
import io.modelcontextprotocol.spec.McpClientTransport;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCMessage;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.util.context.Context;
import reactor.util.context.ContextView;

/**
 * A client's transport with the gateway in front of it. The client hands its messages to the gateway, which sends on what it
 * lets through; what the transport receives goes to the gateway, and from there to the client.
 *
 * <p>Steps run on the thread on which a message comes: the host's when the client sends, the transport's when the server does.
 * The transport's reader never waits for a step.
 */
final class GovernedClientTransport implements McpClientTransport {
    private static final Logger LOG = LoggerFactory.getLogger(GovernedClientTransport.class);

    private final Gate gate;
    private final String server;
    private final Function<McpTransportContext, Principal> who;
    private final McpClientTransport transport;
    private final SdkMessages messages;
    // One count for all conversations: what comes late of one is not taken for an answer in the next.
    private final AtomicLong lastIdToClient = new AtomicLong();
    private final AtomicLong lastIdToServer = new AtomicLong();
    private volatile @Nullable Conversation current;

    private GovernedClientTransport(
            Gate gate, String server, Function<McpTransportContext, Principal> who, McpClientTransport transport) {
        this.gate = gate;
        this.server = server;
        this.who = who;
        this.transport = transport;
        this.messages = new SdkMessages(transport::unmarshalFrom);
    }

    static McpClientTransport over(
            Gate gate, String server, Function<McpTransportContext, Principal> who, McpClientTransport transport) {
        Wrap.requireWrapped(gate, server); // now, and not when the client connects
        return new GovernedClientTransport(gate, server, who, transport);
    }

    /** Clients connect again when they have lost their session: that is a new conversation. */
    @Override
    public Mono<Void> connect(Function<Mono<JSONRPCMessage>, Mono<JSONRPCMessage>> handler) {
        return Mono.defer(() -> {
            Conversation next = new Conversation(handler);
            Conversation before = current;
            current = next;
            if (before != null) {
                before.end();
            }
            return transport.connect(received -> received.doOnNext(next::fromServer));
        });
    }

    /** Emits when it is subscribed to, whatever the transport does: a client that repeats a Mono sends again. */
    @Override
    public Mono<Void> sendMessage(JSONRPCMessage message) {
        return Mono.deferContextual(context -> {
            Conversation now = current;
            if (now == null) {
                return Mono.error(new IllegalStateException("The transport is not connected"));
            }
            Delivery delivery = now.fromClient(messages.read(message), context);
            return Mono.fromCompletionStage(delivery.taken()).doOnCancel(delivery::cancel);
        });
    }

    @Override
    public Mono<Void> closeGracefully() {
        return Mono.defer(() -> {
            hangUp();
            return transport.closeGracefully();
        });
    }

    @Override
    public void close() {
        hangUp();
        transport.close();
    }

    private void hangUp() {
        Conversation last = current;
        current = null;
        if (last != null) {
            last.close();
        }
    }

    @Override
    public void setExceptionHandler(Consumer<Throwable> handler) {
        transport.setExceptionHandler(handler);
    }

    @Override
    public List<String> protocolVersions() {
        return transport.protocolVersions();
    }

    @Override
    public <T> T unmarshalFrom(Object data, TypeRef<T> type) {
        return transport.unmarshalFrom(data, type);
    }

    @Override
    public String toString() {
        return "GovernedClientTransport[" + server + " over " + transport + "]";
    }

    /** From one {@code connect} to the next. */
    private final class Conversation {
        private final Function<Mono<JSONRPCMessage>, Mono<JSONRPCMessage>> handler;
        private final Wrap wrap;
        private final Map<RequestId, Principal> askedOfClient = new ConcurrentHashMap<>(); // as many as the edge serves
        private @Nullable ServerEdge edge;
        private volatile boolean over;

        Conversation(Function<Mono<JSONRPCMessage>, Mono<JSONRPCMessage>> handler) {
            this.handler = handler;
            this.wrap =
                    Wrap.open(gate, server, Principal.UNIDENTIFIED, this::toClient, this::serverEdge, lastIdToClient);
        }

        private ServerEdge serverEdge(Duplex.Origin origin) {
            ServerEdge made = new ServerEdge(this::toServer, origin, () -> {}, lastIdToServer);
            edge = made;
            return made;
        }

        /** Another one has begun on the same transport: nothing of this one may be sent there. */
        void end() {
            over = true;
            if (edge != null) {
                edge.lost("The client has begun a new session");
            }
            wrap.client().close();
            askedOfClient.clear();
        }

        void close() {
            over = true;
            wrap.close();
            askedOfClient.clear();
        }

        Delivery fromClient(Envelope message, ContextView context) {
            Delivery delivery = new Delivery(context);
            McpTransportContext provided = context.getOrDefault(McpTransportContext.KEY, McpTransportContext.EMPTY);
            McpTransportContext known = provided == null ? McpTransportContext.EMPTY : provided;
            Principal asked = answering(message);
            Credential credential = new Credential.Vouched(asked == null ? who.apply(known) : asked);
            CompletionStage<Void> handled = wrap.client().receive(message, call -> {
                delivery.of(call);
                return call.with(Credential.KEY, credential)
                        .with(McpSdk.TRANSPORT_CONTEXT, known)
                        .with(Delivery.KEY, delivery);
            });
            boolean answered = message instanceof Envelope.Request request && request.id() != null;
            if (!answered) {
                handled.whenComplete((taken, error) -> delivery.over());
            } else if (over) { // meanwhile: nobody has taken it
                delivery.refused(new IllegalStateException("The conversation is over"));
                delivery.over();
            }
            return delivery;
        }

        /** Who answers is who the server asked; the SDK's client answers in no context that could say for whom it does. */
        private @Nullable Principal answering(Envelope message) {
            RequestId id = null;
            if (message instanceof Envelope.Result result) {
                id = result.id();
            } else if (message instanceof Envelope.Failed failed) {
                id = failed.id();
            }
            return id == null ? null : askedOfClient.remove(id);
        }

        void fromServer(JSONRPCMessage message) {
            try {
                if (edge != null) {
                    edge.receive(messages.read(message));
                }
            } catch (RuntimeException unhandled) { // one message must not silence the others
                LOG.error("A message of the server \"{}\" could not be handled", server, unhandled);
            }
        }

        private CompletionStage<Void> toServer(Frame frame, Call call) {
            Delivery delivery = call.attribute(Delivery.KEY).orElse(null);
            return transport
                    .sendMessage(messages.write(frame.message()))
                    .contextWrite(context(call))
                    .toFuture()
                    .whenComplete((sent, error) -> {
                        if (delivery != null && error == null) {
                            delivery.sent();
                        } else if (delivery != null) {
                            delivery.refused(error);
                        }
                    });
        }

        /**
         * The host's context of what is sent; an answer to the server goes with that of the call in which it asked. What the
         * gateway itself asks has of it what the call has on whose account it does.
         */
        private static ContextView context(Call call) {
            return call.attribute(Delivery.KEY)
                    .or(() -> call.parent().flatMap(parent -> parent.attribute(Delivery.KEY)))
                    .map(Delivery::context)
                    .or(() -> CallerContext.provided(call).map(known -> Context.of(McpTransportContext.KEY, known)))
                    .orElse(Context.empty());
        }

        private CompletionStage<Void> toClient(Frame frame, Call call) {
            Envelope message = frame.message();
            if (message instanceof Envelope.Request request) {
                return request(request, call);
            }
            boolean wanted = call.attribute(Delivery.KEY)
                    .map(delivery -> delivery.answered(message instanceof Envelope.Failed))
                    .orElse(true);
            return wanted ? give(messages.write(message)) : CompletableFuture.completedFuture(null);
        }

        /** A request or notification of the server, or the news that a request of the server is off. */
        private CompletionStage<Void> request(Envelope.Request request, Call call) {
            JSONRPCMessage message = messages.write(request);
            RequestId id = request.id();
            if (id != null) {
                askedOfClient.put(id, call.principal()); // before the client can answer
                return give(message).whenComplete((given, error) -> {
                    if (error != null) {
                        askedOfClient.remove(id);
                    }
                });
            }
            if (!call.isNotification()) {
                Correlation.cancelled(request.params()).ifPresent(askedOfClient::remove);
            }
            return give(message);
        }

        private CompletionStage<Void> give(JSONRPCMessage message) {
            return handler.apply(Mono.just(message)).then().toFuture();
        }
    }
}
