package io.mcpgate;

import java.util.Objects;

/**
 * A JSON-RPC request id with its JSON type kept: {@code 7} and {@code "7"} are different ids (JSON-RPC 2.0 §4, MCP
 * "Requests"). Never {@code null}, never fractional.
 */
public final class RequestId {
    private final String text;
    private final boolean string;

    private RequestId(String text, boolean string) {
        this.text = text;
        this.string = string;
    }

    /** A numeric id. */
    public static RequestId of(long number) {
        return new RequestId(Long.toString(number), false);
    }

    /**
     * A numeric id of any size, written as JSON writes an integer.
     *
     * @throws IllegalArgumentException if {@code digits} is not a JSON integer
     */
    public static RequestId ofInteger(String digits) {
        if (!isInteger(digits)) {
            throw new IllegalArgumentException("A numeric JSON-RPC id must be an integer");
        }
        return new RequestId(digits, false);
    }

    /** A string id. */
    public static RequestId of(String text) {
        return new RequestId(Objects.requireNonNull(text, "text"), true);
    }

    /** The id's text: the string's characters, or the integer's digits. */
    public String text() {
        return text;
    }

    /** Whether the id is a JSON string; otherwise it is an integer. */
    public boolean isString() {
        return string;
    }

    /** A zero stands in front only where it is alone: whoever reads the id back must not stumble over it. */
    private static boolean isInteger(String digits) {
        int start = digits.startsWith("-") ? 1 : 0;
        if (digits.startsWith("0", start) && digits.length() > start + 1) {
            return false;
        }
        for (int i = start; i < digits.length(); i++) {
            if (digits.charAt(i) < '0' || digits.charAt(i) > '9') {
                return false;
            }
        }
        return digits.length() > start;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof RequestId that && that.string == string && that.text.equals(text);
    }

    @Override
    public int hashCode() {
        return string ? ~text.hashCode() : text.hashCode();
    }

    @Override
    public String toString() {
        return string ? '"' + text + '"' : text;
    }
}
