package io.mcpgate.core.json;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.util.List;

/** JSON text for what is put into a body. */
public final class JsonText {
    private JsonText() {}

    /** A string as it stands between its quotes. */
    public static String inString(String text) {
        StringBuilder out = new StringBuilder();
        JsonStringEncoder.getInstance().quoteAsString(text, out);
        return out.toString();
    }

    /** A string. */
    static String string(String text) {
        return quote(text, new StringBuilder()).toString();
    }

    /** An array of strings. */
    static String array(List<String> texts) {
        StringBuilder out = new StringBuilder("[");
        for (String text : texts) {
            quote(text, out.length() == 1 ? out : out.append(','));
        }
        return out.append(']').toString();
    }

    /** Appends a string. */
    public static StringBuilder quote(String text, StringBuilder out) {
        out.append('"');
        if (isPlain(text)) {
            out.append(text); // as nearly all are: names, methods, ids
        } else {
            JsonStringEncoder.getInstance().quoteAsString(text, out);
        }
        return out.append('"');
    }

    private static boolean isPlain(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < 0x20 || c == '"' || c == '\\') {
                return false;
            }
        }
        return true;
    }
}
