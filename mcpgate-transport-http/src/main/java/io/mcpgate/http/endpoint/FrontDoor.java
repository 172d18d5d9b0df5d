package io.mcpgate.http.endpoint;

import io.mcpgate.ErrorCode;
import java.util.Map;
import java.util.Optional;

/**
 * What is checked of a request before anything of it is read or anybody is asked who sent it, in this order: the name under
 * which it came, the page that sent it, the path, the method, the type of its body and of the answer.
 */
final class FrontDoor {
    private static final String METHODS = "POST, GET, DELETE";

    private final Paths paths;
    private final Hosts hosts;
    private final Origins origins;

    FrontDoor(Paths paths, Hosts hosts, Origins origins) {
        this.paths = paths;
        this.hosts = hosts;
        this.origins = origins;
    }

    Optional<Refusal> refuse(HttpExchange exchange) {
        if (!hosts.allow(exchange)) {
            return refusal(403, ErrorCode.FORBIDDEN, "This Host is not served here");
        }
        if (!origins.allow(exchange)) {
            return refusal(403, ErrorCode.FORBIDDEN, "This Origin is not allowed here");
        }
        if (!paths.match(exchange.path())) {
            return Optional.of(Refusal.bare(404, Map.of()));
        }
        return switch (exchange.method()) {
            case "POST" -> refusePost(exchange);
            case "GET" -> refuseGet(exchange);
            case "DELETE" -> VersionHeader.isModern(exchange) ? notAllowed("POST") : Optional.empty();
            case "OPTIONS" ->
                origins.isPreflight(exchange)
                        ? Optional.of(Refusal.bare(204, origins.preflightHeaders(exchange)))
                        : notAllowed(METHODS);
            default -> notAllowed(METHODS);
        };
    }

    private static Optional<Refusal> refusePost(HttpExchange exchange) {
        if (!ContentType.isJson(exchange)) {
            return refusal(415, ErrorCode.INVALID_REQUEST, "Content-Type must be application/json, in UTF-8");
        }
        Accepts accepts = Accepts.of(exchange);
        return accepts.json() || accepts.events()
                ? Optional.empty()
                : refusal(
                        406, ErrorCode.INVALID_REQUEST, "Accept must name application/json, text/event-stream or both");
    }

    private static Optional<Refusal> refuseGet(HttpExchange exchange) {
        if (VersionHeader.isModern(exchange)) {
            return notAllowed("POST");
        }
        return Accepts.of(exchange).events()
                ? Optional.empty()
                : refusal(406, ErrorCode.INVALID_REQUEST, "Accept must name text/event-stream");
    }

    private static Optional<Refusal> notAllowed(String methods) {
        return Optional.of(Refusal.bare(405, Map.of("Allow", methods)));
    }

    private static Optional<Refusal> refusal(int status, ErrorCode kind, String message) {
        return Optional.of(Refusal.of(status, kind, message));
    }
}
