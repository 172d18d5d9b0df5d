package io.mcpgate.langchain4j;

import com.fasterxml.jackson.databind.JsonNode;
import dev.langchain4j.mcp.client.McpCallContext;
import dev.langchain4j.mcp.client.transport.McpOperationHandler;
import dev.langchain4j.mcp.client.transport.McpTransport;
import dev.langchain4j.mcp.protocol.McpJsonRpcMessage;
import io.mcpgate.Principal;
import io.mcpgate.core.Gate;
import io.mcpgate.core.protocol.Duplex;
import io.mcpgate.core.wrap.Wrap;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A transport with the gateway in front of it. A dynamic proxy, because LangChain4j's interface grows default methods: those
 * that this class has never heard of reach the transport, too, and do not end in a default that does nothing.
 */
final class GovernedTransport implements InvocationHandler {
    private final Gate gate;
    private final String server;
    private final Function<McpCallContext, Principal> who;
    private final McpTransport transport;
    // One count for all conversations: what comes late of one is not taken for an answer in the next.
    private final AtomicLong lastIdToHost = new AtomicLong();
    private final AtomicLong lastIdToServer = new AtomicLong(ServerLink.OWN_IDS);
    private volatile @Nullable Conversation current;

    private GovernedTransport(
            Gate gate, String server, Function<McpCallContext, Principal> who, McpTransport transport) {
        this.gate = gate;
        this.server = server;
        this.who = who;
        this.transport = transport;
    }

    static McpTransport over(
            Gate gate, String server, Function<McpCallContext, Principal> who, McpTransport transport) {
        Wrap.requireWrapped(gate, server); // now, and not when the client starts
        return (McpTransport) Proxy.newProxyInstance(
                McpTransport.class.getClassLoader(),
                new Class<?>[] {McpTransport.class},
                new GovernedTransport(gate, server, who, transport));
    }

    @Override
    public @Nullable Object invoke(Object proxy, Method method, @Nullable Object @Nullable [] arguments)
            throws Throwable {
        Object only = arguments != null && arguments.length == 1 ? arguments[0] : null;
        if (method.getDeclaringClass() == Object.class) {
            return invokeOnObject(proxy, method, only);
        }
        HostMessage message = HostMessage.of(only);
        switch (method.getName()) {
            case "start" -> {
                if (only instanceof McpOperationHandler handler) {
                    start(handler);
                    return null;
                }
            }
            case "initialize", "executeOperationWithResponse" -> {
                if (message != null) {
                    return started().ask(message);
                }
            }
            case "executeOperationWithoutResponse" -> {
                if (message != null) {
                    started().tell(message);
                    return null;
                }
            }
            case "close" -> {
                try {
                    hangUp();
                } finally {
                    forward(method, arguments);
                }
                return null;
            }
            default -> {
                // about the transport itself
            }
        }
        requireNoWayAround(method, arguments);
        return forward(method, arguments);
    }

    private @Nullable Object invokeOnObject(Object proxy, Method method, @Nullable Object other) {
        return switch (method.getName()) {
            case "equals" -> proxy == other;
            case "hashCode" -> System.identityHashCode(proxy);
            default -> "GovernedTransport[" + server + " over " + transport + "]";
        };
    }

    /**
     * A client starts its transport again when it has lost its server: that is a new conversation. What is called meanwhile
     * belongs to the one that has ended, and fails: a transport that has not started yet would leave it without an answer.
     */
    private void start(McpOperationHandler handler) {
        hangUp();
        Conversation next = new Conversation(gate, server, who, handler, lastIdToHost, this::link);
        try {
            transport.start(next.inbound());
        } catch (RuntimeException notStarted) {
            next.close();
            throw notStarted;
        }
        current = next;
    }

    private ServerLink link(Duplex.Origin origin) {
        return new ServerLink(transport, origin, lastIdToServer);
    }

    private Conversation started() {
        Conversation now = current;
        if (now == null) {
            throw new IllegalStateException("The transport has not been started");
        }
        return now;
    }

    private void hangUp() {
        Conversation last = current;
        if (last != null) {
            last.close();
        }
    }

    /** A future method that carries messages must not carry them past the gateway. */
    private static void requireNoWayAround(Method method, @Nullable Object @Nullable [] arguments) {
        if (arguments == null) {
            return;
        }
        for (Object argument : arguments) {
            if (argument instanceof McpJsonRpcMessage
                    || argument instanceof McpCallContext
                    || argument instanceof McpOperationHandler
                    || argument instanceof JsonNode) {
                throw new UnsupportedOperationException("This version of mcpgate does not know McpTransport."
                        + method.getName() + " and does not let messages pass the gateway by; use a newer one");
            }
        }
    }

    private @Nullable Object forward(Method method, @Nullable Object @Nullable [] arguments) throws Throwable {
        try {
            return method.invoke(transport, arguments);
        } catch (InvocationTargetException thrown) {
            throw thrown.getCause() == null ? thrown : thrown.getCause();
        }
    }
}
