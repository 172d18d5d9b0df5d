package io.mcpgate.core.catalog;

import io.mcpgate.Principal;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The cursors of merged lists: one text that holds the cursor of each server that has more. Only this gateway can make
 * one (HMAC-SHA-256 under a key that is drawn when the gateway is built and never leaves it), and it serves only the
 * principal and the list that it was made for, for {@link #LIFE}. What a server's cursor says is no secret: the server
 * gives it to every client that asks it directly. Safe for use by many threads.
 */
final class Cursors {
    /** How long a cursor can be used. */
    static final Duration LIFE = Duration.ofHours(1);

    /** How many characters a cursor has at most. */
    static final int LENGTH_MAX = 8_192;

    private static final String ALGORITHM = "HmacSHA256";
    private static final int SEAL_BYTES = 32;
    private static final int BODY_BYTES_MAX = LENGTH_MAX / 4 * 3 - SEAL_BYTES;
    private static final int HEAD_BYTES = Long.BYTES + Short.BYTES;

    private final SecretKeySpec key;
    private final Clock clock;

    Cursors(Clock clock) {
        byte[] secret = new byte[SEAL_BYTES];
        new SecureRandom().nextBytes(secret);
        this.key = new SecretKeySpec(secret, ALGORITHM);
        this.clock = clock;
    }

    /**
     * Those of the servers' cursors, in order, that fit into one.
     *
     * @param next the cursor of each server that has more, as JSON text
     */
    static Map<String, String> fitting(Map<String, String> next) {
        Map<String, String> fitting = new LinkedHashMap<>();
        int size = HEAD_BYTES;
        for (Map.Entry<String, String> one : next.entrySet()) {
            int more = Short.BYTES + one.getKey().length() + Integer.BYTES + utf8(one.getValue()).length;
            if (size + more <= BODY_BYTES_MAX) {
                fitting.put(one.getKey(), one.getValue());
                size += more;
            }
        }
        return fitting;
    }

    /** The cursor for cursors that fit. */
    String seal(Map<String, String> next, Principal principal, CatalogList list) {
        byte[] body = write(next);
        byte[] sealed = Arrays.copyOf(body, body.length + SEAL_BYTES);
        System.arraycopy(mac(body, principal, list), 0, sealed, body.length, SEAL_BYTES);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(sealed);
    }

    /** The servers' cursors in a cursor; empty if it was not made here for this principal and list, or too long ago. */
    Optional<Map<String, String>> open(String cursor, Principal principal, CatalogList list) {
        if (cursor.length() > LENGTH_MAX) {
            return Optional.empty();
        }
        byte[] sealed;
        try {
            sealed = Base64.getUrlDecoder().decode(cursor);
        } catch (IllegalArgumentException foreign) {
            return Optional.empty();
        }
        if (sealed.length < HEAD_BYTES + SEAL_BYTES) {
            return Optional.empty();
        }
        byte[] body = Arrays.copyOf(sealed, sealed.length - SEAL_BYTES);
        byte[] seal = Arrays.copyOfRange(sealed, body.length, sealed.length);
        return MessageDigest.isEqual(seal, mac(body, principal, list)) ? read(body) : Optional.empty();
    }

    private byte[] write(Map<String, String> next) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeLong(clock.instant().plus(LIFE).toEpochMilli());
            out.writeShort(next.size());
            for (Map.Entry<String, String> one : next.entrySet()) {
                out.writeUTF(one.getKey());
                byte[] cursor = utf8(one.getValue());
                out.writeInt(cursor.length);
                out.write(cursor);
            }
        } catch (IOException impossible) {
            throw new UncheckedIOException("Writing to memory failed", impossible);
        }
        return bytes.toByteArray();
    }

    private Optional<Map<String, String>> read(byte[] body) {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(body))) {
            if (in.readLong() < clock.millis()) {
                return Optional.empty();
            }
            Map<String, String> next = new LinkedHashMap<>();
            for (int left = in.readUnsignedShort(); left > 0; left--) {
                String server = in.readUTF();
                next.put(server, new String(in.readNBytes(in.readInt()), StandardCharsets.UTF_8));
            }
            return Optional.of(next);
        } catch (IOException impossible) {
            throw new UncheckedIOException("What was sealed here cannot be read again", impossible);
        }
    }

    private byte[] mac(byte[] body, Principal principal, CatalogList list) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            byte[] who = utf8(principal.id());
            mac.update(utf8(list.method() + ' ' + who.length + ' ')); // the length keeps id and body apart
            mac.update(who);
            return mac.doFinal(body);
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("Every Java platform has " + ALGORITHM, impossible);
        }
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
