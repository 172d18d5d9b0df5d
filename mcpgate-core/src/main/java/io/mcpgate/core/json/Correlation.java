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
        return params.members().get("_meta") instanceof Map<?, ?> meta
                ? id(meta.get("progressToken"))
                : Optional.empty();
    }

    /** The token that a progress notification names. */
    public static Optional<RequestId> named(Payload params) {
        return params instanceof RawPayload raw
                ? Optional.ofNullable(raw.peek().progressToken)
                : id(params.members().get("progressToken"));
    }

    /** The frame of a request whose sender asked for progress, with another token. */
    public static Frame requestAsking(RequestId id, String method, Payload params, RequestId token) {
        if (params instanceof RawPayload raw) {
            return Frame.request(id, method, raw, token);
        }
        Map<String, @Nullable Object> changed = new LinkedHashMap<>(params.members());
        Map<String, @Nullable Object> meta = new LinkedHashMap<>();
        if (changed.get("_meta") instanceof Map<?, ?> known) {
            known.forEach((name, member) -> meta.put((String) name, member));
        }
        meta.put("progressToken", value(token));
        changed.put("_meta", meta);
        return Frame.request(id, method, Payload.of(changed));
    }

    /** The request that a {@code notifications/cancelled} means. */
    public static Optional<RequestId> cancelled(Payload params) {
        return params instanceof RawPayload raw
                ? Optional.ofNullable(raw.peek().requestId)
                : id(params.members().get("requestId"));
    }

    /** The params of a progress notification, with another token. */
    public static Payload rename(Payload params, RequestId token) {
        Map<String, @Nullable Object> changed = new LinkedHashMap<>(params.members());
        changed.put("progressToken", value(token));
        return Payload.of(changed);
    }

    /** The {@code subscriptions/listen} that a message belongs to (2026-07-28, "Subscriptions"). */
    public static Optional<RequestId> subscription(Payload body) {
        if (body instanceof RawPayload raw) {
            return Optional.ofNullable(raw.peek().metaSubscriptionId);
        }
        return body.members().get("_meta") instanceof Map<?, ?> meta
                ? id(meta.get(JsonReader.META_SUBSCRIPTION_ID))
                : Optional.empty();
    }

    /** The body of a message that belongs to a subscription, under the id that its subscriber chose. */
    public static Payload subscribed(RawPayload body, RequestId listen) {
        String id = Frame.write(listen, new StringBuilder()).toString();
        return Rewrite.builder()
                .put(id, "_meta", JsonReader.META_SUBSCRIPTION_ID)
                .build()
                .apply(body);
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
