package io.mcpgate.http.endpoint;

import io.mcpgate.ErrorCode;
import io.mcpgate.Reply;
import io.mcpgate.core.json.Envelope;
import io.mcpgate.core.json.RawPayload;
import io.mcpgate.core.protocol.ProtocolVersions;
import io.mcpgate.http.HeaderText;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Checks what a message of 2026-07-28 says about itself: the required members of {@code _meta}, and that its headers and
 * its body agree. Only the body is ever decided by; but whoever stands before the gateway may have looked at the headers.
 */
final class SelfDescription {
    private static final String PREFIX = "io.modelcontextprotocol/";
    private static final String VERSION = PREFIX + "protocolVersion";
    private static final String CAPABILITIES = PREFIX + "clientCapabilities";

    private SelfDescription() {}

    /** The version that a body names. */
    static Optional<String> version(Envelope message) {
        return message instanceof Envelope.Request request
                ? request.params().string("_meta", VERSION)
                : Optional.empty();
    }

    static Optional<Refusal> refuse(Envelope.Request request, HttpExchange exchange) {
        return missing(request)
                .or(() -> versionMismatch(request, exchange))
                .or(() -> unsupported(request, exchange))
                .or(() -> method(request, exchange))
                .or(() -> name(request, exchange))
                .map(failure -> Refusal.of(400, failure).to(request.id()));
    }

    /** Notifications may leave them out. */
    private static Optional<Reply.Failure> missing(Envelope.Request request) {
        if (request.id() == null || (request.params() instanceof RawPayload raw && raw.describesItself())) {
            return Optional.empty();
        }
        Object meta = request.params().members().get("_meta");
        List<String> missing = new ArrayList<>();
        if (!(meta instanceof Map<?, ?> members)) {
            missing.add("_meta");
        } else {
            if (!(members.get(VERSION) instanceof String)) {
                missing.add(VERSION);
            }
            if (!(members.get(CAPABILITIES) instanceof Map)) {
                missing.add(CAPABILITIES);
            }
        }
        return missing.isEmpty()
                ? Optional.empty()
                : Optional.of(Reply.Failure.of(
                        ErrorCode.INVALID_PARAMS,
                        "The request lacks what it must say about itself: " + String.join(", ", missing),
                        Map.of("missing", missing)));
    }

    private static Optional<Reply.Failure> versionMismatch(Envelope.Request request, HttpExchange exchange) {
        Optional<String> body = version(request);
        return body.isPresent()
                ? header(exchange, VersionHeader.NAME, body.get())
                : single(exchange, VersionHeader.NAME);
    }

    private static Optional<Reply.Failure> unsupported(Envelope.Request request, HttpExchange exchange) {
        String asked =
                version(request).orElseGet(() -> VersionHeader.of(exchange).get(0));
        return asked.equals(ProtocolVersions.MODERN)
                ? Optional.empty()
                : Optional.of(Reply.Failure.of(
                        ErrorCode.UNSUPPORTED_VERSION,
                        "This protocol revision is not supported",
                        Map.of("supported", List.of(ProtocolVersions.MODERN), "requested", shortened(asked))));
    }

    private static String shortened(String version) {
        return version.length() <= 64 ? version : version.substring(0, 64).strip();
    }

    /** The TypeScript SDK's client sends notifications without it, and its server takes them; one that is there is compared. */
    private static Optional<Reply.Failure> method(Envelope.Request request, HttpExchange exchange) {
        return request.id() == null && exchange.headers("Mcp-Method").isEmpty()
                ? Optional.empty()
                : header(exchange, "Mcp-Method", request.method());
    }

    private static Optional<Reply.Failure> name(Envelope.Request request, HttpExchange exchange) {
        String member = nameMember(request.method());
        if (member == null) {
            return Optional.empty();
        }
        Optional<String> named = request.params().string(member);
        if (named.isPresent()) {
            return header(exchange, "Mcp-Name", named.get());
        }
        return exchange.headers("Mcp-Name").isEmpty()
                ? Optional.empty() // the server will say what is missing
                : Optional.of(mismatch("The Mcp-Name header names something, and the body nothing", "Mcp-Name"));
    }

    private static @Nullable String nameMember(String method) {
        return switch (method) {
            case "tools/call", "prompts/get" -> "name";
            case "resources/read" -> "uri";
            case "tasks/get", "tasks/update", "tasks/cancel" -> "taskId";
            default -> null;
        };
    }

    private static Optional<Reply.Failure> single(HttpExchange exchange, String name) {
        return exchange.headers(name).size() == 1
                ? Optional.empty()
                : Optional.of(mismatch("The " + name + " header must be there exactly once", name));
    }

    private static Optional<Reply.Failure> header(HttpExchange exchange, String name, String body) {
        return single(exchange, name)
                .or(() -> HeaderText.decode(exchange.headers(name).get(0))
                                .filter(body::equals)
                                .isPresent()
                        ? Optional.empty()
                        : Optional.of(mismatch(name)));
    }

    /** A header does not say what the body says. */
    static Reply.Failure mismatch(String header) {
        return mismatch("The " + header + " header and the body disagree", header);
    }

    private static Reply.Failure mismatch(String message, String header) {
        return Reply.Failure.of(ErrorCode.HEADER_MISMATCH, message, Map.of("header", header));
    }
}
