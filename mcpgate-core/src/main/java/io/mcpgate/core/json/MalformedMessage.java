package io.mcpgate.core.json;

import io.mcpgate.ErrorCode;
import io.mcpgate.Reply;
import io.mcpgate.RequestId;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The bytes are no message that the gateway takes. Its message says what is wrong and where, and quotes nothing. It
 * carries the id of what seems to be a request, because every error response names its request; never that of a response,
 * which may be the id of another request in the other direction.
 */
public final class MalformedMessage extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient @Nullable RequestId id;
    private final ErrorCode kind;
    private final int offset;

    MalformedMessage(ErrorCode kind, String message, int offset, @Nullable RequestId id) {
        super(message, null, false, false); // control flow on hostile input: no stack trace to pay for
        this.kind = kind;
        this.offset = offset;
        this.id = id;
    }

    /** The same, in that request; {@code null} for none. */
    MalformedMessage in(@Nullable RequestId request) {
        return new MalformedMessage(kind, describe(), offset, request);
    }

    /** {@link ErrorCode#PARSE_ERROR}, {@link ErrorCode#INVALID_REQUEST} or {@link ErrorCode#TOO_LARGE}. */
    public ErrorCode kind() {
        return kind;
    }

    /** The id of the offending request, if it is a request and its id can be told. */
    public Optional<RequestId> id() {
        return Optional.ofNullable(id);
    }

    /** What the sender is told. */
    public Reply.Failure toFailure() {
        return offset < 0
                ? Reply.Failure.of(kind, describe())
                : Reply.Failure.of(kind, describe(), Map.of("offset", offset));
    }

    private String describe() {
        String message = getMessage();
        return message == null ? "The message is malformed" : message;
    }
}
