package io.mcpgate.http.upstream;

import io.mcpgate.Session;
import io.mcpgate.core.json.JsonLimits;
import io.mcpgate.core.json.JsonReader;
import io.mcpgate.core.protocol.Duplex;
import io.mcpgate.core.route.Connection;
import io.mcpgate.core.route.Connector;
import io.mcpgate.http.MarkedTools;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Connects to an MCP server at a fixed address by Streamable HTTP, in the era that the client speaks: 2025-03-26 to
 * 2025-11-25, or 2026-07-28; and by HTTP+SSE if the server speaks only the transport of 2024-11-05.
 *
 * <pre>{@code
 * Connector weather = HttpConnector.builder(URI.create("https://weather.example/mcp"))
 *         .header("Authorization", "Bearer " + secret)
 *         .build();
 * }</pre>
 *
 * <p>What goes to the server is built anew from the call and from the fixed headers here; nothing of the client's HTTP
 * request is among it but {@link io.mcpgate.http.ForwardedHeaders}. Redirects are never followed. Safe for use by many
 * threads; never blocks.
 */
public final class HttpConnector implements Connector {
    private final Endpoint endpoint;
    private final LegacyEntrance legacy;
    private final @Nullable HttpEngine ownEngine;

    private HttpConnector(Endpoint endpoint, LegacyTransport transport, @Nullable HttpEngine ownEngine) {
        this.endpoint = endpoint;
        this.legacy = new LegacyEntrance(endpoint, transport);
        this.ownEngine = ownEngine;
    }

    /**
     * A connector to the server at {@code uri}.
     *
     * @throws IllegalArgumentException if that is no absolute http or https address, or has a user or a fragment in it
     */
    public static Builder builder(URI uri) {
        return new Builder(uri);
    }

    @Override
    public CompletionStage<Connection> connect(Session client, Duplex.Origin origin) {
        return client.isModern()
                ? CompletableFuture.completedFuture(new ModernConnection(endpoint, origin))
                : legacy.connect(origin);
    }

    @Override
    public String describe() {
        return endpoint.describe();
    }

    /** How many HTTP exchanges are under way, for tests and metrics. */
    public int exchanges() {
        return endpoint.exchanges().size();
    }

    /** Ends every exchange. The engine is closed only if the connector made it. */
    @Override
    public void close() {
        endpoint.exchanges().close();
        if (ownEngine != null) {
            ownEngine.close();
        }
    }

    @Override
    public String toString() {
        return "HttpConnector[" + describe() + "]";
    }

    /** Gathers what a connector is made of. Only the address is needed. */
    public static final class Builder {
        private static final int MESSAGE_BYTES_MAX = 16 << 20;
        private static final Set<String> OURS = Set.of(
                "accept",
                "accept-encoding",
                "connection",
                "content-length",
                "content-type",
                "expect",
                "host",
                "last-event-id",
                "te",
                "trailer",
                "transfer-encoding",
                "upgrade");

        private final URI uri;
        private final List<HttpEngine.Header> headers = new ArrayList<>();
        private @Nullable HttpEngine engine;
        private JsonLimits limits = JsonLimits.DEFAULT.withMessageBytes(MESSAGE_BYTES_MAX);
        private Duration idle = Duration.ofMinutes(5);
        private int exchangesMax = 2_048;
        private LegacyTransport transport = LegacyTransport.DETECT;

        private Builder(URI uri) {
            String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
            if (!(scheme.equals("http") || scheme.equals("https")) || uri.getHost() == null) {
                throw new IllegalArgumentException("An HTTP upstream needs an absolute http or https address");
            }
            if (uri.getRawUserInfo() != null || uri.getRawFragment() != null) {
                throw new IllegalArgumentException(
                        "An upstream's address has no user and no fragment; a credential" + " belongs into a header");
            }
            this.uri = uri;
        }

        /** What speaks HTTP. Its maker closes it. Otherwise the connector makes one by {@link HttpEngine#jdk()}. */
        public Builder engine(HttpEngine shared) {
            this.engine = Objects.requireNonNull(shared, "shared");
            return this;
        }

        /**
         * A header for every request, e.g. the gateway's own credential for this server. Its value is never shown.
         *
         * @throws IllegalArgumentException if it is one of the protocol's own, or no valid header
         */
        public Builder header(String name, String value) {
            String lower = name.toLowerCase(Locale.ROOT);
            if (OURS.contains(lower) || lower.startsWith("mcp-")) {
                throw new IllegalArgumentException("The header " + lower + " is the transport's own; leave it out");
            }
            if (name.isEmpty()
                    || !name.chars().allMatch(c -> c > 0x20 && c < 0x7F && "\"(),/:;<=>?@[\\]{}".indexOf(c) < 0)) {
                throw new IllegalArgumentException("A header's name is a token of visible ASCII characters");
            }
            if (!value.equals(value.strip()) || !value.chars().allMatch(c -> c >= 0x20 && c <= 0x7E)) {
                throw new IllegalArgumentException(
                        "The value of the header " + lower + " has a line break, a blank at an end, or is not ASCII");
            }
            headers.add(new HttpEngine.Header(name, value));
            return this;
        }

        /** What is taken of the server at the most: per body, and per event of a stream. 16 MiB unless said otherwise. */
        public Builder limits(JsonLimits most) {
            this.limits = Objects.requireNonNull(most, "most");
            return this;
        }

        /**
         * After which silence an exchange is ended: a call fails, a general stream is opened again. Five minutes unless
         * said otherwise. A call's deadline is another thing and usually earlier.
         */
        public Builder idle(Duration longest) {
            if (longest.isNegative() || longest.isZero()) {
                throw new IllegalArgumentException("An exchange must be allowed to be silent for a moment");
            }
            this.idle = longest;
            return this;
        }

        /** How many exchanges may be under way at once, general streams included. 2,048 unless said otherwise. */
        public Builder exchangesMax(int most) {
            if (most < 1) {
                throw new IllegalArgumentException("A connector needs at least one exchange at a time");
            }
            this.exchangesMax = most;
            return this;
        }

        /** By which transport a legacy session is opened. Found out unless said otherwise. */
        public Builder legacyTransport(LegacyTransport fixed) {
            this.transport = Objects.requireNonNull(fixed, "fixed");
            return this;
        }

        /** The connector. It connects to nothing yet. */
        public HttpConnector build() {
            HttpEngine shared = engine;
            HttpEngine own = shared == null ? HttpEngine.jdk() : null;
            Exchanges exchanges =
                    new Exchanges(own == null ? Objects.requireNonNull(shared, "engine") : own, exchangesMax, idle);
            Endpoint endpoint = new Endpoint(uri, headers, new JsonReader(limits), exchanges, new MarkedTools());
            return new HttpConnector(endpoint, transport, own);
        }
    }
}
