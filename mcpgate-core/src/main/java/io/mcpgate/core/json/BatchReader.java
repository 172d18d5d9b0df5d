package io.mcpgate.core.json;

import com.fasterxml.jackson.core.JsonToken;
import io.mcpgate.ErrorCode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Reads the messages of an array one after the other, each by an {@link EnvelopeReader} of its own. */
final class BatchReader implements JsonReader.Walk {
    private final JsonReader reader;
    private final byte[] bytes;
    private final int messagesMax;
    private final List<Batch.Element> elements = new ArrayList<>();

    BatchReader(JsonReader reader, byte[] bytes, int messagesMax) {
        this.reader = reader;
        this.bytes = bytes;
        this.messagesMax = messagesMax;
    }

    @Override
    public void over(JsonReader.Tokens tokens) throws IOException, MalformedMessage {
        if (tokens.current() != JsonToken.START_ARRAY) {
            throw tokens.invalid("A JSON-RPC batch is an array");
        }
        while (tokens.value() != JsonToken.END_ARRAY) {
            if (elements.size() == messagesMax) {
                throw tokens.invalid("A batch has more than " + messagesMax + " messages");
            }
            elements.add(element(tokens));
        }
    }

    private Batch.Element element(JsonReader.Tokens tokens) throws IOException, MalformedMessage {
        if (tokens.current() != JsonToken.START_OBJECT) {
            tokens.skip();
            return new Batch.Invalid(tokens.invalid("A JSON-RPC message is an object"));
        }
        EnvelopeReader envelope = new EnvelopeReader(reader, bytes);
        envelope.over(tokens);
        try {
            return new Batch.Message(envelope.finish());
        } catch (MalformedMessage problem) {
            return new Batch.Invalid(problem);
        }
    }

    Batch finish() throws MalformedMessage {
        if (elements.isEmpty()) {
            throw new MalformedMessage(ErrorCode.INVALID_REQUEST, "A batch is never empty", -1);
        }
        return new Batch(elements);
    }
}
