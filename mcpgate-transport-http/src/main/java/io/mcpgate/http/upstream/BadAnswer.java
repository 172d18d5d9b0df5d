package io.mcpgate.http.upstream;

import io.mcpgate.ErrorCode;
import io.mcpgate.Reply;
import java.util.Map;

/**
 * A server's answer is not to be read any further. Carries what the caller is told, which never quotes the answer: what
 * is no MCP may be anything, another caller's data included.
 */
final class BadAnswer extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient Reply.Failure failure;

    BadAnswer(Reply.Failure failure) {
        super(failure.message(), null, false, false); // control flow on hostile input: no stack trace to pay for
        this.failure = failure;
    }

    /** The answer is no MCP. */
    static BadAnswer noMcp(String why) {
        return new BadAnswer(Reply.Failure.of(ErrorCode.BAD_UPSTREAM, "The server's answer is no MCP: " + why));
    }

    /** As {@link #noMcp(String)}, where the status says it. */
    static BadAnswer status(int status, String why) {
        return new BadAnswer(Reply.Failure.of(
                ErrorCode.BAD_UPSTREAM, "The server answered HTTP " + status + ": " + why, Map.of("status", status)));
    }

    /** The answer exceeds what the gateway takes. */
    static BadAnswer tooLarge(int bytesMax) {
        return new BadAnswer(Reply.Failure.of(
                ErrorCode.TOO_LARGE, "The server's answer is larger than the gateway takes", Map.of("max", bytesMax)));
    }

    /** What the caller is told. */
    Reply.Failure failure() {
        return failure;
    }
}
