package io.mcpgate.http.endpoint;

import java.security.SecureRandom;
import java.util.Base64;

/** Names that nobody can guess: 192 random bits as visible ASCII. */
final class Tokens {
    private static final int BYTES = 24;

    private final SecureRandom random = new SecureRandom();

    String next() {
        byte[] bytes = new byte[BYTES];
        random.nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
