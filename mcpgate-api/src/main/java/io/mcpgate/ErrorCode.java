package io.mcpgate;

/**
 * The errors that the gateway itself answers. Codes of the specification keep their numbers; the gateway's own are
 * positive, outside of every range that JSON-RPC 2.0 §5.1 and MCP reserve, and read like HTTP.
 *
 * <p>An error of an upstream passes with the upstream's own code and is none of these.
 */
public enum ErrorCode {
    /** The body is not JSON. */
    PARSE_ERROR(-32700, "parse_error"),
    /** JSON, but no valid JSON-RPC message; or an id that is already in flight. */
    INVALID_REQUEST(-32600, "invalid_request"),
    /** The method does not exist, or policy refuses it. */
    METHOD_NOT_FOUND(-32601, "method_not_found"),
    /** Parameters are missing or of the wrong kind. */
    INVALID_PARAMS(-32602, "invalid_params"),
    /** Something inside broke; the correlation id in the data finds it in the log. */
    INTERNAL(-32603, "internal_error"),
    /** A header disagrees with the body (2026-07-28). */
    HEADER_MISMATCH(-32020, "header_mismatch"),
    /** The protocol revision is not supported here; the data lists those that are (2026-07-28). */
    UNSUPPORTED_VERSION(-32022, "unsupported_protocol_version"),
    /** No credential, or not a valid one. */
    UNAUTHENTICATED(401, "unauthenticated"),
    /** Policy refuses the call. What the client is shown instead is configurable. */
    FORBIDDEN(403, "forbidden"),
    /** The server asks the client, inside a result, for something that policy refuses (2026-07-28). */
    INPUT_REFUSED(403, "input_refused"),
    /** No such server, or none that this principal may know of; or no such session. */
    NOT_FOUND(404, "not_found"),
    /** A message is larger than the gateway or the upstream connection takes. */
    TOO_LARGE(413, "too_large"),
    /** A rate or quota is used up; the data says when to come back. */
    RATE_LIMITED(429, "rate_limited"),
    /** The call was cancelled before it completed. */
    CANCELLED(499, "cancelled"),
    /** The upstream answered with something that is not MCP. */
    BAD_UPSTREAM(502, "bad_upstream"),
    /** The upstream is down, overloaded or was lost; or the gateway is closing. */
    UNAVAILABLE(503, "unavailable"),
    /** The upstream did not answer in time. */
    DEADLINE(504, "deadline_exceeded"),
    /** The audit record could not be written, so the call was not made. */
    AUDIT_UNAVAILABLE(503, "audit_unavailable");

    private final int code;
    private final String reason;

    ErrorCode(int code, String reason) {
        this.code = code;
        this.reason = reason;
    }

    /** The JSON-RPC error code. */
    public int code() {
        return code;
    }

    /** The stable machine-readable word in {@code error.data.reason}. */
    public String reason() {
        return reason;
    }
}
