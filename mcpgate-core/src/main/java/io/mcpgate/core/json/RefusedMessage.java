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
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A second, lenient look at a text that {@link JsonReader} has refused: which request it is, or would have answered. That id
 * is all that is taken from it, so that whoever waits for an answer is told at once, wherever the id stands: the TypeScript
 * SDK writes it last.
 *
 * <p>In doubt there is no id: an answer to nobody is better than one to the wrong request. What cannot be read even leniently
 * counts as far as it could be.
 */
public final class RefusedMessage {
    private static final int DEPTH_MAX = 10_000; // bounds what the look costs; what is deeper counts as far as there
    private static final int BYTES_MAX = 64 << 20; // decoded; what is longer counts as far as there

    private @Nullable RequestId id;
    private int ids;
    private boolean version;
    private boolean response;
    private boolean method;
    private boolean cutShort;

    private RefusedMessage() {}

    /** Looks at a text, or at the beginning of one. */
    public static RefusedMessage of(byte[] text) {
        return of(text, 0, text.length);
    }

    static RefusedMessage of(byte[] bytes, int start, int end) {
        RefusedMessage seen = new RefusedMessage();
        // Decoding puts a replacement in the place of what is no UTF-8, which a parser of bytes would stop at.
        String text = new String(bytes, start, Math.min(end - start, BYTES_MAX), StandardCharsets.UTF_8);
        try (JsonParser parser = lenient().createParser(text.startsWith("\ufeff") ? text.substring(1) : text)) {
            seen.look(parser);
        } catch (JsonEOFException early) {
            seen.cutShort = true;
        } catch (IOException broken) {
            // What stands before that counts.
        }
        return seen;
    }

    /** One for each look, which is rare: it would keep names and buffers of all gateways in this JVM. */
    private static JsonFactory lenient() {
        return new JsonFactoryBuilder()
                .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
                .enable(JsonReadFeature.ALLOW_UNESCAPED_CONTROL_CHARS)
                .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
                .recyclerPool(JsonRecyclerPools.nonRecyclingPool())
                .streamReadConstraints(StreamReadConstraints.builder()
                        .maxNestingDepth(DEPTH_MAX)
                        .maxNameLength(Integer.MAX_VALUE) // the text is in memory, and none of it is kept
                        .maxNumberLength(Integer.MAX_VALUE)
                        .build())
                .build();
    }

    private void look(JsonParser parser) throws IOException {
        if (parser.nextToken() != JsonToken.START_OBJECT) {
            return;
        }
        JsonToken next = parser.nextToken();
        while (next == JsonToken.FIELD_NAME) {
            String member = parser.currentName();
            JsonToken value = parser.nextToken();
            RequestId named = null;
            switch (member) {
                case "jsonrpc" -> version = value == JsonToken.VALUE_STRING && "2.0".equals(parser.getText());
                case "id" -> {
                    ids++;
                    named = idIn(value, parser);
                }
                case "result", "error" -> response = true;
                case "method" -> method = true;
                default -> {}
            }
            parser.skipChildren();
            next = parser.nextToken(); // fails where the text ends, which might be in the middle of a number
            if (named != null) {
                id = named;
            }
        }
    }

    private static @Nullable RequestId idIn(JsonToken value, JsonParser parser) throws IOException {
        return switch (value) {
            case VALUE_STRING -> isAsItWasSent(parser.getText()) ? RequestId.of(parser.getText()) : null;
            case VALUE_NUMBER_INT -> RequestId.ofInteger(parser.getText());
            default -> null;
        };
    }

    /** Neither a replacement nor half a surrogate pair, which cannot be sent back. */
    private static boolean isAsItWasSent(String text) {
        return text.codePoints()
                .noneMatch(c -> c == 0xFFFD || (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE));
    }

    /** The only id that was seen, of whatever message. */
    public Optional<RequestId> id() {
        return Optional.ofNullable(single());
    }

    private @Nullable RequestId single() {
        return ids > 1 ? null : id;
    }

    /** The id with which it wants to be answered; {@code null} if it has none, or if it seems to be a response. */
    @Nullable
    RequestId idOfRequest() {
        return method || !response ? single() : null;
    }

    /**
     * The id of the request that it would have answered; {@code null} if it is no response, or does not say to what. It counts as one
     * only if {@code jsonrpc}, one {@code id}, and {@code result} or {@code error} are among its members and {@code method} is
     * not, for noise must not fail a call; nor does a text that ends in the middle: its writer has died over it, which will be
     * seen, and fails more than this call.
     */
    @Nullable
    RequestId idOfAnswered() {
        return version && response && !method && !cutShort ? single() : null;
    }
}
