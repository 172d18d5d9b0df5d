package io.mcpgate.core.config;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * References to the environment in a text: <code>${env:NAME}</code>; <code>$${</code> stands for the characters
 * <code>${</code>. One pass: what a variable holds is never looked into again.
 */
final class References {
    private static final Pattern MARK = Pattern.compile("\\$\\$\\{|\\$\\{(?:env:([A-Za-z_][A-Za-z0-9_]*)\\})?");

    private final Map<String, String> environment;

    References(Map<String, String> environment) {
        this.environment = Map.copyOf(environment);
    }

    /**
     * The text with its references replaced.
     *
     * @throws IllegalArgumentException with a sentence that names the variable and no value
     */
    ConfigText resolve(String text) {
        Matcher mark = MARK.matcher(text);
        StringBuilder value = new StringBuilder();
        int end = 0;
        while (mark.find()) {
            value.append(text, end, mark.start()).append(meaning(mark));
            end = mark.end();
        }
        return new ConfigText(value.append(text, end, text.length()).toString(), text);
    }

    private String meaning(Matcher mark) {
        if (mark.group().equals("$${")) {
            return "${";
        }
        String variable = mark.group(1);
        if (variable == null) {
            throw new IllegalArgumentException(
                    "has ${ but no reference; write ${env:NAME}, or $${ for the characters themselves");
        }
        String value = environment.get(variable);
        if (value == null) {
            throw new IllegalArgumentException(
                    "needs the environment variable " + variable + ", which is not set; set it before the start");
        }
        return value;
    }
}
