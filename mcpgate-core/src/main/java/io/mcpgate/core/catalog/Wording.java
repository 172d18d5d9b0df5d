package io.mcpgate.core.catalog;

/** Texts for people that may hold a name. */
final class Wording {
    private Wording() {}

    /** The text with a name replaced where it stands as a whole: {@code search} is not in {@code research}. */
    static String replace(String text, String name, String replacement) {
        if (name.isEmpty() || !text.contains(name)) {
            return text;
        }
        StringBuilder out = new StringBuilder(text.length() + replacement.length());
        int done = 0;
        for (int at = text.indexOf(name); at >= 0; at = text.indexOf(name, at)) {
            int end = at + name.length();
            if (isWhole(text, at, end)) {
                out.append(text, done, at).append(replacement);
                done = end;
            }
            at = end;
        }
        return out.append(text, done, text.length()).toString();
    }

    private static boolean isWhole(String text, int start, int end) {
        return (start == 0 || !continues(text.charAt(start - 1), ".-/+"))
                && (end == text.length() || !goesOn(text, end));
    }

    /** A full stop or a colon may end a sentence, but does not if a name goes on behind it. */
    private static boolean goesOn(String text, int end) {
        char next = text.charAt(end);
        return continues(next, "-")
                || (".:/?#+".indexOf(next) >= 0 && end + 1 < text.length() && continues(text.charAt(end + 1), ""));
    }

    private static boolean continues(char c, String others) {
        return Character.isLetterOrDigit(c) || c == '_' || others.indexOf(c) >= 0;
    }
}
