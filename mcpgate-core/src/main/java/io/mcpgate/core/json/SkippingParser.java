package io.mcpgate.core.json;

import static io.mcpgate.core.json.StrictText.BACKSLASHES;
import static io.mcpgate.core.json.StrictText.BLANKS;
import static io.mcpgate.core.json.StrictText.HIGH_BITS;
import static io.mcpgate.core.json.StrictText.LOW_BITS;
import static io.mcpgate.core.json.StrictText.WORD;
import static io.mcpgate.core.json.StrictText.eight;

import com.fasterxml.jackson.core.JsonEncoding;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.ObjectCodec;
import com.fasterxml.jackson.core.io.IOContext;
import com.fasterxml.jackson.core.json.UTF8StreamJsonParser;
import com.fasterxml.jackson.core.sym.ByteQuadsCanonicalizer;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Jackson's own parser, but that strings which nobody asks for are passed over eight bytes at a time. In large messages nearly
 * all bytes are those of such strings, and going through them one by one was most of what reading cost.
 *
 * <p>What is accepted does not change: escapes are Jackson's to decode, and what is no part of a string is Jackson's to refuse.
 * Bytes above ASCII are not looked at, so the text must have passed {@link StrictText}. It is read as UTF-8 and never taken for
 * anything else.
 */
final class SkippingParser extends UTF8StreamJsonParser {
    private static final long QUOTES = 0x2222222222222222L;

    private SkippingParser(
            IOContext context,
            int features,
            @Nullable ObjectCodec codec,
            ByteQuadsCanonicalizer names,
            byte[] bytes,
            int start,
            int end) {
        super(context, features, null, codec, names, bytes, start, end, 0, false);
    }

    /** Makes such parsers. */
    static final class Factory extends JsonFactory {
        private static final long serialVersionUID = 1L;

        Factory(JsonFactoryBuilder builder) {
            super(builder);
        }

        @Override
        protected JsonParser _createParser(byte[] bytes, int start, int length, IOContext context) throws IOException {
            _streamReadConstraints.validateDocumentLength(length);
            context.setEncoding(JsonEncoding.UTF8);
            ByteQuadsCanonicalizer names = _byteSymbolCanonicalizer.makeChild(_factoryFeatures);
            return new SkippingParser(context, _parserFeatures, _objectCodec, names, bytes, start, start + length);
        }
    }

    @Override
    protected void _skipString() throws IOException {
        while (true) {
            _inputPtr = behindPlain(_inputBuffer, _inputPtr, _inputEnd);
            if (_inputPtr == _inputEnd || _inputBuffer[_inputPtr] != '\\') {
                super._skipString(); // the closing quote, or what is refused
                return;
            }
            _inputPtr++;
            _decodeEscaped();
        }
    }

    /** The offset of the first quote, backslash or control character, or the end. */
    private static int behindPlain(byte[] bytes, int start, int end) {
        int at = start;
        if (end - at >= WORD && special(eight(bytes, at)) == 0) { // most strings are short
            at += WORD;
            while (end - at >= 4 * WORD
                    && (special(eight(bytes, at))
                                    | special(eight(bytes, at + WORD))
                                    | special(eight(bytes, at + 2 * WORD))
                                    | special(eight(bytes, at + 3 * WORD)))
                            == 0) {
                at += 4 * WORD;
            }
        }
        for (; end - at >= WORD; at += WORD) {
            long found = special(eight(bytes, at));
            if (found != 0) {
                return at + Long.numberOfTrailingZeros(found) / Byte.SIZE;
            }
        }
        while (at < end && (bytes[at] < 0 || bytes[at] >= ' ') && bytes[at] != '"' && bytes[at] != '\\') {
            at++;
        }
        return at;
    }

    /** The high bit of each such byte; behind the first one, perhaps of others too, because subtraction borrows. */
    private static long special(long eight) {
        return (((eight ^ QUOTES) - LOW_BITS) | ((eight ^ BACKSLASHES) - LOW_BITS) | (eight - BLANKS))
                & ~eight
                & HIGH_BITS;
    }
}
