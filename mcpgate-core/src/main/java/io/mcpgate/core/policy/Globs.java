package io.mcpgate.core.policy;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Patterns in which {@code *} stands for any characters, none included, and everything else for itself. Compared exactly:
 * case counts, and nothing is normalised. Matching costs at most pattern times text, whatever the pattern.
 */
public final class Globs {
    private final Set<String> literals = new HashSet<>();
    private final List<String> patterns = new ArrayList<>();

    /** Compiles patterns; none at all match nothing. */
    public Globs(List<String> globs) {
        for (String glob : globs) {
            if (glob.indexOf('*') < 0) {
                literals.add(glob);
            } else {
                patterns.add(glob);
            }
        }
    }

    /** The pattern that matches, for the reason in the audit record. */
    public Optional<String> match(String text) {
        return Optional.ofNullable(first(text));
    }

    /** Whether any pattern matches. */
    public boolean matches(String text) {
        return first(text) != null;
    }

    private @Nullable String first(String text) {
        if (literals.contains(text)) {
            return text;
        }
        for (String pattern : patterns) {
            if (matches(pattern, text)) {
                return pattern;
            }
        }
        return null;
    }

    /** Remembers only the last star: an earlier one never needs to give back what a later one can take. */
    static boolean matches(String pattern, String text) {
        int p = 0;
        int t = 0;
        int star = -1;
        int resume = 0;
        while (t < text.length()) {
            if (p < pattern.length() && pattern.charAt(p) == '*') {
                star = p++;
                resume = t;
            } else if (p < pattern.length() && pattern.charAt(p) == text.charAt(t)) {
                p++;
                t++;
            } else if (star >= 0) {
                p = star + 1;
                t = ++resume;
            } else {
                return false;
            }
        }
        while (p < pattern.length() && pattern.charAt(p) == '*') {
            p++;
        }
        return p == pattern.length();
    }
}
