package io.mcpgate.core.config;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A rule for a text: gives the sentence that says what is wrong with it and what to do, or nothing. */
@FunctionalInterface
interface Check {
    Check NONE = text -> null;

    @Nullable
    String offence(String text);

    static Check matches(Pattern form, String otherwise) {
        return text -> form.matcher(text).matches() ? null : otherwise;
    }
}
