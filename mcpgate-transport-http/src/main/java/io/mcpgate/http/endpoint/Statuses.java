package io.mcpgate.http.endpoint;

import io.mcpgate.ErrorCode;
import io.mcpgate.Reply;

/**
 * The HTTP status of a reply. Most failures are for the one who reads the JSON-RPC error and travel on 200: the Java
 * client takes 400 or 404 on a session for a lost session, and the TypeScript client reads a body only where it expects one.
 */
enum Statuses {
    /** Revisions with sessions. */
    LEGACY,
    /** 2026-07-28, where clients expect some errors of the protocol as a status. */
    MODERN;

    int of(Reply reply) {
        if (!(reply instanceof Reply.Failure failure)) {
            return 200;
        }
        int own = failure.kind() == null ? 200 : ofOwnFailure(failure.kind());
        return own == 200 && this == MODERN ? ofModernError(failure.code()) : own;
    }

    private static int ofOwnFailure(ErrorCode kind) {
        return switch (kind) {
            case UNAUTHENTICATED -> 401;
            case NOT_FOUND -> 404;
            case AUDIT_UNAVAILABLE -> 503;
            default -> 200;
        };
    }

    /** Whoever has found the error, the gateway or a server behind it: the status is the same. */
    private static int ofModernError(int code) {
        return switch (code) {
            case -32601 -> 404;
            case -32020, -32021, -32022 -> 400;
            default -> 200;
        };
    }

    /** A notification has no answer; only who may not come in at all must learn of it. */
    int ofNotification(Reply reply) {
        int status = LEGACY.of(reply);
        return status == 200 ? 202 : status;
    }
}
