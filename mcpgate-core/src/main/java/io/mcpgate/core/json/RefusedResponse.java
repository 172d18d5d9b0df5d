package io.mcpgate.core.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.io.JsonEOFException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import io.mcpgate.RequestId;
import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A second, lenient look at a text that {@link JsonReader} has refused: which request it would have answered. That id is all
 * that is taken from it, so that the call, which nothing else will answer, can fail at once.
 *
 * <p>In doubt it answers nothing, for noise must not fail a call: a text counts as a response only if {@code jsonrpc}, one
 * {@code id}, and {@code result} or {@code error} are among the members of its object as far as that can be read, and
 * {@code method} is not. A text that ends in the middle is none.
 */
public final class RefusedResponse {
    private static final int DEPTH_MAX = 10_000; // bounds what the look costs; what is deeper counts as far as there

    private @Nullable RequestId id;
    private boolean ambiguous;
    private boolean version;
    private boolean response;
    private boolean request;

    private RefusedResponse() {}

    /** The id of the request that a refused text would have answered; empty if it is no response, or does not say to what. */
    public static Optional<RequestId> idOf(byte[] text) {
        RefusedResponse seen = new RefusedResponse();
        try (JsonParser parser = lenient().createParser(text)) {
            seen.look(parser);
        } catch (JsonEOFException cutShort) {
            return Optional.empty(); // its writer has died over it: that will be seen, and fails more than this call
        } catch (IOException broken) {
            // What stands before that counts.
        }
        return seen.id();
    }

    /** One for each look, which is rare: it would keep names and buffers of all gateways in this JVM. */
    private static JsonFactory lenient() {
        return new JsonFactoryBuilder()
                .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
                .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                .recyclerPool(JsonRecyclerPools.nonRecyclingPool())
                .streamReadConstraints(StreamReadConstraints.builder()
                        .maxNestingDepth(DEPTH_MAX)
                        .build())
                .build();
    }

    private void look(JsonParser parser) throws IOException {
        if (parser.nextToken() != JsonToken.START_OBJECT) {
            return;
        }
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String member = parser.currentName();
            JsonToken value = parser.nextToken();
            switch (member) {
                case "jsonrpc" -> version = value == JsonToken.VALUE_STRING && "2.0".equals(parser.getText());
                case "id" -> take(value, parser);
                case "result", "error" -> response = true;
                case "method" -> request = true;
                default -> {}
            }
            parser.skipChildren();
        }
    }

    private void take(JsonToken value, JsonParser parser) throws IOException {
        ambiguous |= id != null;
        id = switch (value) {
            case VALUE_STRING -> RequestId.of(parser.getText());
            case VALUE_NUMBER_INT -> RequestId.ofInteger(parser.getText());
            default -> null;
        };
    }

    private Optional<RequestId> id() {
        return version && response && !request && !ambiguous ? Optional.ofNullable(id) : Optional.empty();
    }
}
