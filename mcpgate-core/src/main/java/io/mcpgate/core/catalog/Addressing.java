package io.mcpgate.core.catalog;

import io.mcpgate.AttributeKey;
import io.mcpgate.Call;
import io.mcpgate.Direction;
import io.mcpgate.Payload;
import io.mcpgate.Principal;
import io.mcpgate.Reply;
import io.mcpgate.Session;
import io.mcpgate.Target;
import io.mcpgate.core.catalog.CatalogNames.Own;
import io.mcpgate.core.identity.OwnedSession;
import io.mcpgate.core.json.JsonReader;
import io.mcpgate.core.json.RawPayload;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Turns a call to the merged catalog that names something into a call to the server that has it, under the server's own
 * name. Done before the first step, so that every step sees the call as it will go out; nothing is decided by it.
 */
public final class Addressing {
    static final AttributeKey<Boolean> FROM_CATALOG = AttributeKey.of("from the merged catalog", Boolean.class);

    private final CatalogNames names;
    private final JsonReader reader;

    public Addressing(CatalogNames names, JsonReader reader) {
        this.names = names;
        this.reader = reader;
    }

    /** The call, addressed if it names something of a server; otherwise as it is. */
    public Call address(Call call) {
        if (call.server().isPresent() || call.direction() == Direction.TO_CLIENT) {
            return call;
        }
        Target target = call.target();
        return switch (target.kind()) {
            case TOOL, PROMPT ->
                names.ownName(target.name()).map(own -> to(own, call)).orElse(call);
            case RESOURCE, TEMPLATE ->
                names.ownUri(target.name()).map(own -> to(own, call)).orElse(call);
            case METHOD -> call;
        };
    }

    private Call to(Own own, Call call) {
        return merged(call, own.server()).withParams(renamed(call, own.name()));
    }

    /** A call of the catalog on its way to one server; what comes back on its session gets catalog names. */
    static Call merged(Call call, String server) {
        return call.withServer(server)
                .withSession(new CatalogSession(call.session(), server))
                .with(FROM_CATALOG, true);
    }

    private Payload renamed(Call call, String name) {
        Target.Kind kind = call.target().kind();
        String member = kind == Target.Kind.TOOL || kind == Target.Kind.PROMPT ? "name" : "uri";
        RawPayload params = reader.raw(call.params());
        return call.method().equals("completion/complete")
                ? params.withTarget(name, "ref", member)
                : params.withTarget(name, member);
    }

    /** The reply of one server, with the names of what it read turned into catalog names. */
    static Reply inCatalogTerms(Call call, Reply reply) {
        if (!(reply instanceof Reply.Complete complete) || !call.method().equals("resources/read")) {
            return reply;
        }
        String server = call.server().orElse("");
        Map<String, @Nullable Object> result =
                new LinkedHashMap<>(complete.result().members());
        if (result.get("contents") instanceof List<?> contents) {
            result.put(
                    "contents",
                    contents.stream().map(content -> withUri(content, server)).toList());
        }
        return Reply.complete(Payload.of(result));
    }

    private static @Nullable Object withUri(@Nullable Object content, String server) {
        if (content instanceof Map<?, ?> map && map.get("uri") instanceof String uri) {
            Map<Object, Object> changed = new LinkedHashMap<>(map);
            changed.put("uri", CatalogNames.ofUri(server, uri));
            return changed;
        }
        return content;
    }

    /** A session as one of the catalog's servers sees it: the URIs in what it is told become catalog URIs. */
    private record CatalogSession(Session session, String server) implements OwnedSession {
        @Override
        public boolean isOwnedBy(Principal principal) {
            return !(session instanceof OwnedSession owned) || owned.isOwnedBy(principal);
        }

        @Override
        public String key() {
            return session.key();
        }

        @Override
        public String protocolVersion() {
            return session.protocolVersion();
        }

        @Override
        public Optional<Payload> handshake() {
            return session.handshake();
        }

        @Override
        public CompletionStage<Reply> deliver(Call call) {
            Call translated = call.withSession(session);
            if (call.method().equals("notifications/resources/updated")
                    && call.target().kind() == Target.Kind.RESOURCE) {
                Map<String, @Nullable Object> params =
                        new LinkedHashMap<>(call.params().members());
                params.put("uri", CatalogNames.ofUri(server, call.target().name()));
                translated = translated.withParams(Payload.of(params));
            }
            return session.deliver(translated);
        }
    }
}
