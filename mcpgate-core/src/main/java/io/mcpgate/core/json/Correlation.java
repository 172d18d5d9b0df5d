package io.mcpgate.core.json;

import io.mcpgate.Payload;
import io.mcpgate.RequestId;
import java.math.BigInteger;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The members of a body that tie messages together: progress tokens, in {@code _meta.progressToken} of a request and in
 * {@code progressToken} of a {@code notifications/progress}, and the id in {@code notifications/cancelled}. Each
 * connection has ids and tokens of its own, so that those of two clients cannot collide.
 */
public final class Correlation {
    private Correlation() {}

    /** The token with which a request asks for progress. */
    public static Optional<RequestId> asked(Payload params) {
        if (params instanceof RawPayload raw) {
            return Optional.ofNullable(raw.peek().metaProgressToken);
        }
        return id(params.member("_meta", "progressToken"));
    }

    /** The token that a progress notification names. */
    public static Optional<RequestId> named(Payload params) {
        return params instanceof RawPayload raw
                ? Optional.ofNullable(raw.peek().progressToken)
                : id(params.member("progressToken"));
    }

    /** The request that a {@code notifications/cancelled} means. */
    public static Optional<RequestId> cancelled(Payload params) {
        return params instanceof RawPayload raw
                ? Optional.ofNullable(raw.peek().requestId)
                : id(params.member("requestId"));
    }

    /** The params of a request whose sender asked for progress, with another token. */
    static Payload asking(Payload params, RequestId token) {
        return withMeta(params, "progressToken", token);
    }

    /** The params of a progress notification, with another token. */
    public static Payload rename(Payload params, RequestId token) {
        Optional<RawPayload> spliced = params instanceof RawPayload raw ? raw.underToken(token) : Optional.empty();
        return spliced.isPresent() ? spliced.get() : renamed(params, token);
    }

    private static Payload renamed(Payload params, RequestId token) {
        Map<String, @Nullable Object> changed = new LinkedHashMap<>(params.members());
        changed.put("progressToken", value(token));
        return Payload.of(changed);
    }

    /** The {@code subscriptions/listen} that a message belongs to (2026-07-28, "Subscriptions"). */
    public static Optional<RequestId> subscription(Payload body) {
        if (body instanceof RawPayload raw) {
            return Optional.ofNullable(raw.peek().metaSubscriptionId);
        }
        return id(body.member("_meta", JsonReader.META_SUBSCRIPTION_ID));
    }

    /** The body of a message that belongs to a subscription, under the id that its subscriber chose. */
    public static Payload subscribed(Payload body, RequestId listen) {
        return withMeta(body, JsonReader.META_SUBSCRIPTION_ID, listen);
    }

    private static Payload withMeta(Payload body, String name, RequestId id) {
        if (body instanceof RawPayload raw) {
            String json = Frame.write(id, new StringBuilder()).toString();
            return Rewrite.builder().put(json, "_meta", name).build().apply(raw);
        }
        Map<String, @Nullable Object> changed = new LinkedHashMap<>(body.members());
        Map<String, @Nullable Object> meta = new LinkedHashMap<>();
        if (changed.get("_meta") instanceof Map<?, ?> known) {
            known.forEach((key, member) -> meta.put((String) key, member));
        }
        meta.put(name, value(id));
        changed.put("_meta", meta);
        return Payload.of(changed);
    }

    private static Object value(RequestId token) {
        if (token.isString()) {
            return token.text();
        }
        BigInteger number = new BigInteger(token.text());
        return number.bitLength() < Long.SIZE ? (Object) number.longValue() : number;
    }

    private static Optional<RequestId> id(@Nullable Object value) {
        if (value instanceof String text) {
            return Optional.of(RequestId.of(text));
        }
        if (value instanceof Long || value instanceof BigInteger) {
            return Optional.of(RequestId.ofInteger(value.toString()));
        }
        return Optional.empty();
    }
}
