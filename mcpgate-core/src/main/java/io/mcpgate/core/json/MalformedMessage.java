package io.mcpgate.core.json;

import io.mcpgate.ErrorCode;
import io.mcpgate.Reply;
import io.mcpgate.RequestId;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The bytes are no message that the gateway takes. Its message says what is wrong and where, and quotes nothing. It
 * carries the id of what seems to be a request, because every error response names its request; or of what seems to be a
 * response, which would have answered a request in the other direction, and never mixes the two.
 */
public final class MalformedMessage extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient @Nullable RequestId id;
    private final transient @Nullable RequestId answered;
    private final ErrorCode kind;
    private final int offset;

    /** In no message of which anything is known. */
    MalformedMessage(ErrorCode kind, String message, int offset) {
        this(kind, message, offset, null, null);
    }

    private MalformedMessage(
            ErrorCode kind, String message, int offset, @Nullable RequestId id, @Nullable RequestId answered) {
        super(message, null, false, false); // control flow on hostile input: no stack trace to pay for
        this.kind = kind;
        this.offset = offset;
        this.id = id;
        this.answered = answered;
    }

    /** The same, in a message of those ids. */
    MalformedMessage in(@Nullable RequestId request, @Nullable RequestId answeredRequest) {
        return new MalformedMessage(kind, describe(), offset, request, answeredRequest);
    }

    /** {@link ErrorCode#PARSE_ERROR}, {@link ErrorCode#INVALID_REQUEST} or {@link ErrorCode#TOO_LARGE}. */
    public ErrorCode kind() {
        return kind;
    }

    /** The id of the offending request, if it is a request and its id can be told. */
    public Optional<RequestId> id() {
        return Optional.ofNullable(id);
    }

    /** The id of the request that it would have answered, if it is a response and says to what. */
    public Optional<RequestId> answered() {
        return Optional.ofNullable(answered);
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
