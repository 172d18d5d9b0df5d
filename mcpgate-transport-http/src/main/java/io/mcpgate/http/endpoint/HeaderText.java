package io.mcpgate.http.endpoint;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;

/** The text in a header's value: as it is, or in base64 where a header cannot hold it (2026-07-28, "Header Encoding"). */
final class HeaderText {
    private static final String PREFIX = "=?base64?";
    private static final String SUFFIX = "?=";

    private HeaderText() {}

    /** The text; empty if it claims to be encoded and is not. */
    static Optional<String> decode(String value) {
        String text = value.strip();
        if (!text.startsWith(PREFIX) || !text.endsWith(SUFFIX) || text.length() < PREFIX.length() + SUFFIX.length()) {
            return Optional.of(text);
        }
        try {
            byte[] utf8 = Base64.getDecoder().decode(text.substring(PREFIX.length(), text.length() - SUFFIX.length()));
            return Optional.of(StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(utf8))
                    .toString());
        } catch (IllegalArgumentException | CharacterCodingException malformed) {
            return Optional.empty();
        }
    }
}
