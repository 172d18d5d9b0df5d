package io.mcpgate.core.json;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.mcpgate.ErrorCode;
import io.mcpgate.Payload;
import io.mcpgate.RequestId;
import io.mcpgate.Target;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Reads the members of a JSON-RPC message, in whatever order they stand, then says what message it is. */
final class EnvelopeReader implements JsonReader.Walk {
    /** The bytes that may stand around a body and be held with it; JSON-RPC itself needs far fewer. */
    static final int AROUND_MAX = 512;

    private final JsonReader reader;
    private final byte[] bytes;
    private boolean version;
    private boolean idPresent;
    private boolean idValid = true;
    private @Nullable RequestId id;
    private @Nullable String method;
    private boolean methodPresent;
    private @Nullable RawPayload params;
    private boolean paramsPresent;
    private @Nullable RawPayload result;
    private boolean resultPresent;
    private boolean errorPresent;
    private @Nullable Integer errorCode;
    private @Nullable String errorMessage;
    private @Nullable RawPayload errorData;

    EnvelopeReader(JsonReader reader, byte[] bytes) {
        this.reader = reader;
        this.bytes = bytes;
    }

    @Override
    public void over(JsonReader.Tokens tokens) throws IOException, MalformedMessage {
        if (tokens.current() == JsonToken.START_ARRAY) {
            throw tokens.invalid("JSON-RPC batches are not accepted here; send each message in a request of its own");
        }
        if (tokens.current() != JsonToken.START_OBJECT) {
            throw tokens.invalid("A JSON-RPC message is an object");
        }
        while (tokens.value() != JsonToken.END_OBJECT) {
            String member = tokens.name();
            tokens.value();
            read(member, tokens);
        }
    }

    private void read(String member, JsonReader.Tokens tokens) throws IOException, MalformedMessage {
        switch (member) {
            case "jsonrpc" -> {
                version = tokens.current() == JsonToken.VALUE_STRING && "2.0".equals(tokens.text());
                tokens.skip();
            }
            case "id" -> {
                idPresent = true;
                id = tokens.idValue();
                idValid = id != null || tokens.current() == JsonToken.VALUE_NULL; // null: an error to what had no id
                tokens.skip();
            }
            case "method" -> {
                methodPresent = true;
                method = tokens.current() == JsonToken.VALUE_STRING ? tokens.text() : null;
                tokens.skip();
            }
            case "params" -> {
                paramsPresent = true;
                params = object(tokens, false);
            }
            case "result" -> {
                resultPresent = true;
                result = object(tokens, true);
            }
            case "error" -> {
                errorPresent = true;
                error(tokens);
            }
            default -> tokens.skip();
        }
    }

    private @Nullable RawPayload object(JsonReader.Tokens tokens, boolean mayList)
            throws IOException, MalformedMessage {
        boolean object = tokens.current() == JsonToken.START_OBJECT;
        RawPayload body = body(tokens, mayList);
        return object ? body : null;
    }

    /**
     * Bodies are counted by their own size wherever something waits or is kept, so none may hold a message that is much
     * larger: one that is lost in members which JSON-RPC does not know, in space, or in a batch, is copied out.
     */
    private RawPayload body(JsonReader.Tokens tokens, boolean mayList) throws IOException, MalformedMessage {
        int start = tokens.start();
        Peek peek = new Peek();
        new BodyReader(tokens, peek, start, mayList).read();
        RawPayload body = new RawPayload(reader, bytes, start, tokens.end(), peek);
        return bytes.length - body.size() > AROUND_MAX ? body.alone() : body;
    }

    private void error(JsonReader.Tokens tokens) throws IOException, MalformedMessage {
        if (tokens.current() != JsonToken.START_OBJECT) {
            tokens.skip();
            return;
        }
        while (tokens.value() != JsonToken.END_OBJECT) {
            String member = tokens.name();
            JsonToken token = tokens.value();
            switch (member) {
                case "code" -> {
                    boolean number = token == JsonToken.VALUE_NUMBER_INT
                            && tokens.parser().getNumberType() == JsonParser.NumberType.INT;
                    errorCode = number ? (Integer) tokens.parser().getIntValue() : null;
                    tokens.skip();
                }
                case "message" -> {
                    errorMessage = token == JsonToken.VALUE_STRING ? tokens.text() : null;
                    tokens.skip();
                }
                case "data" -> errorData = body(tokens, false);
                default -> tokens.skip();
            }
        }
    }

    Envelope finish() throws MalformedMessage {
        require(version, "The message lacks \"jsonrpc\":\"2.0\"");
        require(idValid, "An id is a string or an integer");
        if (methodPresent) {
            return request();
        }
        require(resultPresent != errorPresent, "A message has a method, or else either a result or an error");
        return errorPresent ? error() : result();
    }

    private Envelope request() throws MalformedMessage {
        require(!resultPresent && !errorPresent, "A message with a method has neither result nor error");
        require(id != null || !idPresent, "The id of a request is a string or an integer, never null");
        String named = method;
        if (named == null || named.isEmpty()) {
            throw invalid("A method is a string that is not empty");
        }
        require(named.length() <= NameLengths.NAME_MAX, NameLengths.METHOD_TOO_LONG);
        require(params != null || !paramsPresent, "Params are an object");
        if (params != null) {
            require(
                    params.peek().selfDescriptionBytes <= Peek.SELF_DESCRIPTION_BYTES_MAX,
                    "What a client says of itself in _meta has at most " + Peek.SELF_DESCRIPTION_BYTES_MAX + " bytes");
            if (isDecidedByItsParams(named)) {
                requireClear(params.peek());
            }
        }
        return new Envelope.Request(id, named, params == null ? Payload.empty() : params);
    }

    private static boolean isDecidedByItsParams(String method) {
        return Target.isRequiredBy(method)
                || method.startsWith("tasks/")
                || method.equals("initialize")
                || method.equals("subscriptions/listen");
    }

    private void requireClear(Peek named) throws MalformedMessage {
        require(!named.lookalike, "A member of the params differs only in case from one of the specification");
        require(!named.isTooLong(), NameLengths.NAME_TOO_LONG);
    }

    private Envelope result() throws MalformedMessage {
        if (id == null || result == null) {
            throw invalid("A response has an id, and its result is an object");
        }
        return new Envelope.Result(id, result);
    }

    private Envelope error() throws MalformedMessage {
        if (errorCode == null || errorMessage == null) {
            throw invalid("An error has an integer code and a string message");
        }
        return new Envelope.Failed(id, errorCode, errorMessage, errorData);
    }

    private void require(boolean condition, String otherwise) throws MalformedMessage {
        if (!condition) {
            throw invalid(otherwise);
        }
    }

    private MalformedMessage invalid(String message) {
        boolean response = !methodPresent && (resultPresent || errorPresent);
        return new MalformedMessage(ErrorCode.INVALID_REQUEST, message, -1)
                .in(response ? null : id, response && version ? id : null);
    }
}
