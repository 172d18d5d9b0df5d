package io.mcpgate.http.endpoint;

import io.mcpgate.core.identity.Credential;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Finds the one credential of a request. Two of them, one in the wrong place or one of another form are never resolved by
 * a guess: whoever else reads this request may guess differently.
 */
final class Credentials {
    private static final int LENGTH_MAX = 8 << 10;
    private static final String BEARER = "bearer ";
    private static final Set<String> QUERY_NAMES = Set.of(
            "accesstoken", "apikey", "auth", "authorization", "bearer", "idtoken", "jwt", "key", "token", "xapikey");

    private Credentials() {}

    static Credential of(HttpExchange exchange) {
        List<String> authorizations = exchange.headers("Authorization");
        List<String> keys = exchange.headers("X-API-Key");
        if (exchange.query().filter(Credentials::holdsCredential).isPresent()) {
            return new Credential.Ambiguous("A credential must not be sent in the URL");
        }
        if (authorizations.size() + keys.size() > 1) {
            return new Credential.Ambiguous("There is more than one credential");
        }
        if (!authorizations.isEmpty()) {
            return bearer(authorizations.get(0).strip());
        }
        return keys.isEmpty() ? new Credential.None() : key(keys.get(0).strip());
    }

    private static Credential bearer(String authorization) {
        int start = BEARER.length();
        while (start < authorization.length() && authorization.charAt(start) == ' ') {
            start++;
        }
        boolean named = authorization.regionMatches(true, 0, BEARER, 0, BEARER.length());
        String token = named ? authorization.substring(start) : "";
        return isToken68(token) && token.length() <= LENGTH_MAX
                ? new Credential.Secret(token)
                : new Credential.Ambiguous("Authorization is not a bearer token");
    }

    /** RFC 7235, section 2.1: letters, digits and six marks, and then nothing but equals signs. */
    private static boolean isToken68(String text) {
        int end = text.length();
        while (end > 0 && text.charAt(end - 1) == '=') {
            end--;
        }
        for (int i = 0; i < end; i++) {
            char c = text.charAt(i);
            boolean letterOrDigit = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
            if (!letterOrDigit && "-._~+/".indexOf(c) < 0) {
                return false;
            }
        }
        return end > 0;
    }

    private static Credential key(String text) {
        boolean visible = !text.isEmpty() && text.chars().allMatch(c -> c > 0x20 && c < 0x7F);
        return visible && text.length() <= LENGTH_MAX
                ? new Credential.Secret(text)
                : new Credential.Ambiguous("X-API-Key is not a key");
    }

    private static boolean holdsCredential(String query) {
        for (String parameter : query.split("[&;]", -1)) {
            int equals = parameter.indexOf('=');
            String name = equals < 0 ? parameter : parameter.substring(0, equals);
            if (QUERY_NAMES.contains(decoded(name).toLowerCase(Locale.ROOT).replaceAll("[_-]", ""))) {
                return true;
            }
        }
        return false;
    }

    private static String decoded(String name) {
        try {
            return URLDecoder.decode(name, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException malformed) {
            return name;
        }
    }
}
