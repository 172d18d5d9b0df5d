package io.mcpgate.core.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import io.mcpgate.ErrorCode;
import io.mcpgate.Payload;
import io.mcpgate.RequestId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The one strict reader: what it accepts, every other reader understands in the same way.
 *
 * <p>Refused are duplicate members (and in params those that differ only in case from what is decided by), trailing data,
 * malformed UTF-8, lone surrogates, raw control characters, numbers beyond {@link JsonLimits#numberLength()} or an exponent
 * of more than four digits, and everything over a limit. Safe for use by many threads. The array that is handed in is kept by the payloads and must not be changed afterwards.
 */
public final class JsonReader {
    static final String META_PROTOCOL_VERSION = "io.modelcontextprotocol/protocolVersion";
    static final String META_CLIENT_INFO = "io.modelcontextprotocol/clientInfo";
    static final String META_CLIENT_CAPABILITIES = "io.modelcontextprotocol/clientCapabilities";
    static final String META_SUBSCRIPTION_ID = "io.modelcontextprotocol/subscriptionId";

    private final JsonLimits limits;
    private final JsonFactory factory;

    public JsonReader(JsonLimits limits) {
        this.limits = limits;
        this.factory = new SkippingParser.Factory(new JsonFactoryBuilder()
                .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                .recyclerPool(JsonRecyclerPools.newBoundedPool(32)) // no thread-locals on the host's threads
                .streamReadConstraints(StreamReadConstraints.builder()
                        .maxNestingDepth(limits.depth())
                        .maxNameLength(limits.nameLength())
                        .maxNumberLength(limits.numberLength())
                        .maxStringLength(limits.messageBytes())
                        .build()));
    }

    /** The limits that this reader keeps. */
    public JsonLimits limits() {
        return limits;
    }

    /**
     * Reads one JSON-RPC message.
     *
     * @throws MalformedMessage if it is none, with the id of the request that it seems to be, or to answer
     */
    public Envelope read(byte[] message) throws MalformedMessage {
        return read(message, 0, message.length);
    }

    /** Reads one JSON-RPC message from a part of an array. */
    public Envelope read(byte[] bytes, int start, int end) throws MalformedMessage {
        EnvelopeReader envelope = new EnvelopeReader(this, bytes);
        try {
            walk(bytes, start, end, limits.messageBytes(), envelope);
        } catch (MalformedMessage broken) { // its id may stand behind the place where it broke
            RefusedMessage seen = RefusedMessage.of(bytes, start, end);
            throw broken.in(seen.idOfRequest(), seen.idOfAnswered());
        }
        return envelope.finish();
    }

    /** Whether the text begins as an array does; nothing else of it is looked at. */
    public static boolean isArray(byte[] json) {
        for (byte at : json) {
            if (at != ' ' && at != '\t' && at != '\r' && at != '\n') {
                return at == '[';
            }
        }
        return false;
    }

    /**
     * Reads a JSON-RPC batch.
     *
     * @param messagesMax how many messages it may have
     * @throws MalformedMessage if it is none, is empty or too long, or is not well-formed in any part; never with an id
     */
    public Batch readBatch(byte[] messages, int messagesMax) throws MalformedMessage {
        BatchReader batch = new BatchReader(this, messages, messagesMax);
        try {
            walk(messages, 0, messages.length, limits.messageBytes(), batch);
        } catch (MalformedMessage whole) {
            throw whole.in(null, null);
        }
        return batch.finish();
    }

    /**
     * Reads any JSON text as a body.
     *
     * @throws MalformedMessage if it is not well-formed
     */
    public RawPayload payload(byte[] json) throws MalformedMessage {
        Peek peek = new Peek();
        walk(json, 0, json.length, limits.messageBytes(), tokens -> new BodyReader(tokens, peek, 0, true).read());
        return new RawPayload(this, json, 0, json.length, peek);
    }

    /** A payload's bytes as a slice; those of a payload that somebody made are written and read once. */
    public RawPayload raw(Payload payload) {
        if (payload instanceof RawPayload raw) {
            return raw;
        }
        ByteBuffer json = payload.json();
        byte[] bytes = new byte[json.remaining()];
        json.get(bytes);
        return ours(bytes);
    }

    /** Bytes that this process wrote: as strict as others, but not limited in size a second time. */
    public RawPayload ours(byte[] json) {
        Peek peek = new Peek();
        try {
            walk(json, 0, json.length, Integer.MAX_VALUE, tokens -> new BodyReader(tokens, peek, 0, true).read());
        } catch (MalformedMessage malformed) {
            throw new IllegalArgumentException("A step made a payload that is not well-formed JSON", malformed);
        }
        return new RawPayload(this, json, 0, json.length, peek);
    }

    /** What to do with a member whose value's first token is current; stands on the last when it returns. */
    @FunctionalInterface
    interface EachMember {
        void take(String member, Tokens tokens) throws IOException, MalformedMessage;
    }

    /** Passes over a body that was read before, member by member. */
    void again(RawPayload body, EachMember each) {
        try {
            walk(body.bytes(), body.start(), body.end(), Integer.MAX_VALUE, tokens -> {
                if (tokens.current() != JsonToken.START_OBJECT) {
                    tokens.skip();
                    return;
                }
                while (tokens.value() != JsonToken.END_OBJECT) {
                    String member = tokens.name();
                    tokens.value();
                    each.take(member, tokens);
                }
            });
        } catch (MalformedMessage impossible) {
            throw new IllegalStateException("Bytes that were read once cannot be read again", impossible);
        }
    }

    /** What to do with the tokens of a document; stands on the first token when called, on the last when it returns. */
    @FunctionalInterface
    interface Walk {
        void over(Tokens tokens) throws IOException, MalformedMessage;
    }

    private void walk(byte[] bytes, int start, int end, int bytesMax, Walk walk) throws MalformedMessage {
        if (end - start > bytesMax) {
            throw new MalformedMessage(ErrorCode.TOO_LARGE, "The message is larger than " + bytesMax + " bytes", -1);
        }
        if (start < end && bytes[start] == (byte) 0xEF) { // Jackson would pass over a byte order mark; RFC 8259 §8.1
            throw new MalformedMessage(ErrorCode.PARSE_ERROR, "JSON text does not begin like this", 0);
        }
        int offence = StrictText.firstOffence(bytes, start, end);
        if (offence >= 0) {
            throw new MalformedMessage(
                    ErrorCode.PARSE_ERROR, "Not well-formed UTF-8, or half a surrogate pair", offence - start);
        }
        try (JsonParser parser = open(bytes, start, end)) {
            Tokens tokens = new Tokens(parser, start, limits);
            try {
                if (tokens.next() == null) {
                    throw tokens.malformed("The message is empty");
                }
                walk.over(tokens);
                if (tokens.next() != null) {
                    throw tokens.malformed("There is more behind the message");
                }
            } catch (StreamConstraintsException tooMuch) {
                throw tokens.malformed("The JSON exceeds a limit on depth, names or numbers");
            } catch (JsonProcessingException invalid) {
                throw tokens.malformed(
                        isDuplicate(invalid) ? "A member stands twice in one object" : "The message is not valid JSON");
            }
        } catch (IOException impossible) {
            throw new UncheckedIOException("Reading from memory failed", impossible);
        }
    }

    private static boolean isDuplicate(JsonProcessingException invalid) {
        String message = invalid.getOriginalMessage();
        return message != null && message.startsWith("Duplicate");
    }

    JsonParser open(byte[] bytes, int start, int end) throws IOException {
        return factory.createParser(bytes, start, end - start);
    }

    /** The tokens of one document, with what Jackson leaves to its user: offsets, member counts, exponents. */
    static final class Tokens {
        private static final int EXPONENT_DIGITS_MAX = 4;

        private final JsonParser parser;
        private final int base;
        private final JsonLimits limits;
        private int[] members = new int[16]; // as deep as nearly every message is
        private int depth;

        Tokens(JsonParser parser, int base, JsonLimits limits) {
            this.parser = parser;
            this.base = base;
            this.limits = limits;
        }

        @Nullable
        JsonToken next() throws IOException, MalformedMessage {
            JsonToken token = parser.nextToken();
            if (token == null) {
                return null;
            }
            switch (token) {
                case START_OBJECT, START_ARRAY -> {
                    if (++depth == members.length) {
                        members = Arrays.copyOf(members, 2 * depth);
                    }
                    members[depth] = 0;
                }
                case END_OBJECT, END_ARRAY -> depth--;
                case FIELD_NAME -> {
                    if (++members[depth] > limits.objectMembers()) {
                        throw malformed("An object has more than " + limits.objectMembers() + " members");
                    }
                }
                case VALUE_NUMBER_FLOAT -> requireSaneExponent();
                default -> {}
            }
            return token;
        }

        JsonToken value() throws IOException, MalformedMessage {
            JsonToken token = next();
            if (token == null) {
                throw malformed("The message ends in the middle");
            }
            return token;
        }

        /** Passes over the value whose first token is current, checking all of it. */
        void skip() throws IOException, MalformedMessage {
            int outside = depth;
            JsonToken token = parser.currentToken();
            if (token.isStructStart()) {
                outside--;
                while (depth > outside) {
                    value();
                }
            }
        }

        /** Passes over what is left of the array in which the current token ends an element. */
        void skipRest() throws IOException, MalformedMessage {
            while (value() != JsonToken.END_ARRAY) {
                skip();
            }
        }

        String name() throws IOException {
            return parser.currentName();
        }

        String text() throws IOException {
            return parser.getText();
        }

        JsonToken current() {
            return parser.currentToken();
        }

        JsonParser parser() {
            return parser;
        }

        /** Where the current token begins, in the array. */
        int start() {
            return base + (int) parser.currentTokenLocation().getByteOffset();
        }

        /** Where the current token ends, in the array. */
        int end() throws IOException {
            if (parser.currentToken() == JsonToken.VALUE_STRING) {
                parser.finishToken();
            }
            return base + (int) parser.currentLocation().getByteOffset();
        }

        /** A string or an integer, as ids and progress tokens are. */
        @Nullable
        RequestId idValue() throws IOException {
            return switch (parser.currentToken()) {
                case VALUE_STRING -> RequestId.of(parser.getText());
                case VALUE_NUMBER_INT -> RequestId.ofInteger(parser.getText());
                default -> null;
            };
        }

        /** 1e1000000000 is ten bytes here and a gigabyte for whoever expands it. */
        private void requireSaneExponent() throws IOException, MalformedMessage {
            char[] text = parser.getTextCharacters();
            int start = parser.getTextOffset();
            int end = start + parser.getTextLength();
            for (int i = start; i < end; i++) {
                if ((text[i] | 0x20) == 'e') {
                    int digits = end - i - 1;
                    if (digits > 0 && (text[i + 1] == '+' || text[i + 1] == '-')) {
                        digits--;
                    }
                    if (digits > EXPONENT_DIGITS_MAX) {
                        throw malformed("A number's exponent has more than " + EXPONENT_DIGITS_MAX + " digits");
                    }
                }
            }
        }

        MalformedMessage malformed(String message) {
            return new MalformedMessage(ErrorCode.PARSE_ERROR, message, offset());
        }

        MalformedMessage invalid(String message) {
            return new MalformedMessage(ErrorCode.INVALID_REQUEST, message, -1);
        }

        private int offset() {
            return (int) Math.max(0, parser.currentLocation().getByteOffset());
        }
    }
}
