package io.mcpgate.examples.cli;

import io.mcpgate.Call;
import io.mcpgate.ErrorCode;
import io.mcpgate.Payload;
import io.mcpgate.Principal;
import io.mcpgate.Reply;
import io.mcpgate.RequestId;
import io.mcpgate.Session;
import io.mcpgate.core.Gate;
import io.mcpgate.core.identity.Credential;
import io.mcpgate.core.protocol.Listing;
import io.mcpgate.core.protocol.ProtocolVersions;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A client inside this process, which lists what one server has for one principal. Blocks; for one thread. */
final class LocalClient implements AutoCloseable {
    private static final int METHOD_NOT_FOUND = -32601;
    private static final Payload HANDSHAKE = Payload.of(Map.of(
            "protocolVersion",
            ProtocolVersions.LEGACY.get(0),
            "capabilities",
            Map.of(),
            "clientInfo",
            Map.of("name", "mcpgate tools", "version", "0")));

    private final Gate gate;
    private final Principal principal;
    private final String server;
    private final Silent session = new Silent(UUID.randomUUID().toString());
    private long ids;

    LocalClient(Gate gate, Principal principal, String server) {
        this.gate = gate;
        this.principal = principal;
        this.server = server;
    }

    /** The server, or the gate in front of it, did not answer as it should; the message is a sentence. */
    static final class Refused extends Exception {
        private static final long serialVersionUID = 1L;

        private final boolean hidden;

        Refused(String message, boolean hidden) {
            super(message);
            this.hidden = hidden;
        }

        /** Whether the server does not exist for this principal, which the gate says of one that it may not use at all. */
        boolean isHidden() {
            return hidden;
        }
    }

    /** Makes the handshake. */
    void open() throws Refused {
        result(request("initialize", HANDSHAKE));
        Call initialized = Call.notification("notifications/initialized", Payload.empty(), session);
        gate.handle(addressed(initialized)).toCompletableFuture().join();
    }

    /** All entries, page by page; none if the server knows no such list. */
    List<Map<?, ?>> list(Listing listing) throws Refused {
        List<Map<?, ?>> entries = new ArrayList<>();
        Set<String> cursors = new HashSet<>();
        Optional<String> cursor = Optional.of("");
        while (cursor.isPresent() && cursors.add(cursor.get())) { // a server that gives one twice would never end
            Map<String, Object> params = new LinkedHashMap<>();
            cursor.filter(page -> !page.isEmpty()).ifPresent(page -> params.put("cursor", page));
            Reply reply = request(listing.method(), Payload.of(params));
            if (reply instanceof Reply.Failure failure && failure.code() == METHOD_NOT_FOUND) {
                return entries;
            }
            Payload result = result(reply);
            if (result.members().get(listing.member()) instanceof List<?> page) {
                page.forEach(entry -> {
                    if (entry instanceof Map<?, ?> map) {
                        entries.add(map);
                    }
                });
            }
            cursor = result.string("nextCursor");
        }
        return entries;
    }

    private Reply request(String method, Payload params) {
        Call call = Call.request(RequestId.of(++ids), method, params, session);
        return gate.handle(addressed(call)).toCompletableFuture().join();
    }

    private Call addressed(Call call) {
        return call.with(Credential.KEY, new Credential.Vouched(principal)).withServer(server);
    }

    private static Payload result(Reply reply) throws Refused {
        if (reply instanceof Reply.Complete complete) {
            return complete.result();
        }
        throw reply instanceof Reply.Failure failure
                ? new Refused(failure.message(), failure.is(ErrorCode.NOT_FOUND))
                : new Refused("an answer that is none", false);
    }

    @Override
    public void close() {
        gate.ended(session);
    }

    /** A client that is asked nothing: it has declared no capability. */
    private record Silent(String key) implements Session {
        @Override
        public String protocolVersion() {
            return ProtocolVersions.LEGACY.get(0);
        }

        @Override
        public Optional<Payload> handshake() {
            return Optional.of(HANDSHAKE);
        }

        @Override
        public CompletionStage<Reply> deliver(Call call) {
            return CompletableFuture.completedFuture(
                    call.isNotification()
                            ? Reply.accepted()
                            : Reply.failure(ErrorCode.METHOD_NOT_FOUND, "Method not found"));
        }
    }
}
