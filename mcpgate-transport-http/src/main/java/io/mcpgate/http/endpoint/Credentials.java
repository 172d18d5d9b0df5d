package io.mcpgate.http.endpoint;

import io.mcpgate.core.identity.Credential;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds the one credential of a request. Two of them, one in the wrong place or one of another form are never resolved by
 * a guess: whoever else reads this request may guess differently.
 */
final class Credentials {
    private static final int LENGTH_MAX = 8 << 10;
    private static final Pattern BEARER = Pattern.compile("(?i:bearer) +([A-Za-z0-9._~+/-]+=*)");
    private static final Pattern KEY = Pattern.compile("[!-~]+");
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
            return secret(BEARER.matcher(authorizations.get(0).strip()), 1, "Authorization is not a bearer token");
        }
        return keys.isEmpty()
                ? new Credential.None()
                : secret(KEY.matcher(keys.get(0).strip()), 0, "X-API-Key is not a key");
    }

    private static Credential secret(Matcher form, int group, String otherwise) {
        return form.matches() && form.group(group).length() <= LENGTH_MAX
                ? new Credential.Secret(form.group(group))
                : new Credential.Ambiguous(otherwise);
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
