package io.mcpgate.core.config;

import io.mcpgate.core.catalog.CatalogNames;
import io.mcpgate.core.identity.ApiKeys;
import io.mcpgate.core.limit.Rate;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The forms of the texts in a file. No sentence repeats the text: it may be a secret that stands in the wrong place. */
final class Checks {
    static final Check SERVER_NAME = Check.matches(
            CatalogNames.SERVER_NAME,
            "is no name for a server; use 1 to 32 of a-z, 0-9 and -, beginning with a letter");
    static final Check NAME = Check.matches(
            Pattern.compile("[^\\s\\p{Cntrl}]{1,128}"), "is no name; use 1 to 128 characters without spaces");
    static final Check VARIABLE = Check.matches(
            Pattern.compile("[A-Za-z_][A-Za-z0-9_]{0,255}"),
            "is no name of an environment variable; write its exact name, of letters, digits and _");
    static final Check HEADER_NAME = Check.matches(
            Pattern.compile("[A-Za-z0-9!#$%&'*+.^_`|~-]{1,128}"), "is no name of an HTTP header (RFC 9110 §5.1)");
    static final Check HEADER_VALUE = Check.matches(
            Pattern.compile("[\\x21-\\x7e](?:[\\x20-\\x7e]*[\\x21-\\x7e])?"),
            "is no value of an HTTP header; use visible ASCII characters, on one line");
    static final Check NO_NUL = text -> text.indexOf('\0') < 0 ? null : "has a NUL character; remove it";
    static final Check HASH = text -> ApiKeys.isHash(text)
            ? null
            : "is no hash of a key; run \"mcpgate key\" and put its hash (sha256:…) here, never the key itself";
    static final Check ADDRESS = Check.matches(
            Pattern.compile("[A-Za-z0-9.:-]{1,253}"),
            "is no address; write a host name or an IP address, like 127.0.0.1");
    static final Check LISTEN_PATH =
            Check.matches(Pattern.compile("(?:/[A-Za-z0-9._~-]+)+"), "is no path; write it like /mcp");
    static final Check HOST = Check.matches(
            Pattern.compile("(?:[A-Za-z0-9.-]+|\\[[0-9A-Fa-f:.]+\\])(?::[0-9]{1,5})?"),
            "is no host; write it like gate.example or gate.example:8443, without *");
    static final Check ORIGIN = Check.matches(
            Pattern.compile("https?://(?:[A-Za-z0-9.-]+|\\[[0-9A-Fa-f:.]+\\])(?::[0-9]{1,5})?"),
            "is no origin; write it like https://app.example, without a path and without *");
    static final Check SERVER_GLOB = Check.matches(
            Pattern.compile("(?!.*\\*\\*)[a-z0-9*-]{1,64}"),
            "is no pattern for servers' names; write a name, or * for any characters");

    private static final Pattern CONTROL = Pattern.compile(".*[\\p{Cntrl}].*", Pattern.DOTALL);
    private static final int GLOB_MAX = 2_048;

    private Checks() {}

    /** Resources and templates: anything, as {@code ?} and braces are ordinary characters there. */
    static @Nullable String uriGlob(String text) {
        if (text.isEmpty() || text.length() > GLOB_MAX || CONTROL.matcher(text).matches()) {
            return "is no pattern; write 1 to " + GLOB_MAX + " characters, * for any";
        }
        return text.contains("**") ? "has **, which means no more than *; write *" : null;
    }

    /** Tools, prompts and methods: other tools' wild cards would match nothing, and nobody would notice. */
    static @Nullable String nameGlob(String text) {
        String offence = uriGlob(text);
        return offence == null && text.matches(".*[?\\[\\]{}!|].*")
                ? "has a wild card that does not exist; only * stands for other characters"
                : offence;
    }

    static @Nullable String rate(String text) {
        try {
            Rate.parse(text);
            return null;
        } catch (IllegalArgumentException invalid) {
            return "is no rate; write it like 10/s, 500/h or 20/10s (units ms, s, m, h, d; at least 1 call)";
        }
    }

    static @Nullable String url(String text) {
        try {
            return url(new URI(text));
        } catch (URISyntaxException invalid) {
            return "is no URL; write it like https://crm.example/mcp";
        }
    }

    private static @Nullable String url(URI uri) {
        if (!"http".equals(uri.getScheme()) && !"https".equals(uri.getScheme())) {
            return "is neither http nor https; write it like https://crm.example/mcp";
        }
        if (uri.getHost() == null) {
            return "has no host; write it like https://crm.example/mcp";
        }
        if (uri.getRawUserInfo() != null) {
            return "has a user or password in it; send credentials as headers: {Authorization: …}";
        }
        return uri.getRawFragment() == null ? null : "has a fragment (#…), which is never sent; remove it";
    }
}
