package io.mcpgate.core.identity;

import io.mcpgate.Principal;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * API keys, of which only the SHA-256 is kept. That is enough because a key is 256 random bits: nobody can search for it,
 * so a slow password hash would only cost time.
 *
 * <p>A key is looked up by the first bytes of its hash, which tell nothing about the key, and then compared in constant
 * time. The transport's own word ({@link Credential.Vouched}) is taken, and a client that shows nothing is the
 * configured anonymous principal, if there is one.
 */
public final class ApiKeys implements Authenticator {
    private static final String HASH_PREFIX = "sha256:";
    private static final String KEY_PREFIX = "mcpgate_";
    private static final int KEY_BYTES = 32;
    private static final int KEY_LENGTH_MAX = 512;

    private final Map<Integer, List<Entry>> entries = new HashMap<>();
    private final @Nullable Principal anonymous;

    /**
     * The known keys.
     *
     * @param keys hash ({@code sha256:} and 64 hexadecimal digits) → principal
     * @param anonymous who a client is that shows no credential; {@code null} to refuse it
     * @throws IllegalArgumentException if a hash is not of that form
     */
    public ApiKeys(Map<String, Principal> keys, @Nullable Principal anonymous) {
        this.anonymous = anonymous;
        keys.forEach((hash, principal) -> {
            byte[] digest = parse(hash);
            entries.merge(slot(digest), List.of(new Entry(digest, principal)), ApiKeys::both);
        });
    }

    private static List<Entry> both(List<Entry> known, List<Entry> added) {
        return Stream.concat(known.stream(), added.stream()).toList();
    }

    /** Whether a text has the form of a stored hash. */
    public static boolean isHash(String text) {
        return text.matches("sha256:[0-9a-fA-F]{64}");
    }

    private static byte[] parse(String hash) {
        if (!isHash(hash)) {
            throw new IllegalArgumentException(
                    "An API key is configured by its hash, \"sha256:\" and 64 hexadecimal digits; run \"mcpgate key\"");
        }
        return HexFormat.of().parseHex(hash.substring(HASH_PREFIX.length()));
    }

    /** Makes a new key of 256 random bits. Show it once, keep only its {@link #hash}. */
    public static String generate(SecureRandom random) {
        byte[] bytes = new byte[KEY_BYTES];
        random.nextBytes(bytes);
        return KEY_PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    /** What is stored of a key. */
    public static String hash(String key) {
        return HASH_PREFIX + HexFormat.of().formatHex(digest(key));
    }

    @Override
    public CompletionStage<Optional<Principal>> authenticate(Credential credential) {
        return CompletableFuture.completedFuture(principal(credential));
    }

    private Optional<Principal> principal(Credential credential) {
        if (credential instanceof Credential.Vouched vouched) {
            return Optional.of(vouched.principal());
        }
        if (credential instanceof Credential.Secret secret) {
            return secret.value().length() > KEY_LENGTH_MAX ? Optional.empty() : find(digest(secret.value()));
        }
        return credential instanceof Credential.None ? Optional.ofNullable(anonymous) : Optional.empty();
    }

    private Optional<Principal> find(byte[] digest) {
        for (Entry entry : entries.getOrDefault(slot(digest), List.of())) {
            if (MessageDigest.isEqual(entry.digest, digest)) {
                return Optional.of(entry.principal);
            }
        }
        return Optional.empty();
    }

    private static int slot(byte[] digest) {
        return (digest[0] & 0xFF) << 16 | (digest[1] & 0xFF) << 8 | (digest[2] & 0xFF);
    }

    private static byte[] digest(String key) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("Every Java platform has SHA-256", impossible);
        }
    }

    private static final class Entry {
        private final byte[] digest;
        private final Principal principal;

        private Entry(byte[] digest, Principal principal) {
            this.digest = digest;
            this.principal = principal;
        }
    }

    @Override
    public String toString() {
        return "ApiKeys[" + entries.size() + (anonymous == null ? "" : ", anonymous as " + anonymous.id()) + "]";
    }
}
