package io.mcpgate.core.config;

/**
 * A text that may hold a secret: what it means, and what may be shown of it.
 *
 * @param value the meaning, with all references to the environment replaced
 * @param shown the text as it was written, with the references still in it
 */
public record ConfigText(String value, String shown) {

    /** A text without a secret. */
    public static ConfigText of(String value) {
        return new ConfigText(value, value);
    }

    /** A text of which nothing may be shown. */
    public static ConfigText secret(String value) {
        return new ConfigText(value, "…");
    }

    /** What may be shown. */
    @Override
    public String toString() {
        return shown;
    }
}
