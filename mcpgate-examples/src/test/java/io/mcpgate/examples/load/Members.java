package io.mcpgate.examples.load;

import java.util.Arrays;

/**
 * Walks over the members of one JSON object, which must be valid, without looking into their values: so reading a message
 * costs the harness next to nothing. For one thread; used again and again.
 */
final class Members {
    private byte[] text = {};
    private int at;
    private int end;
    private int nameFrom;
    private int nameTo;
    private int valueFrom;
    private int valueTo;

    /** Begins before the first member of the object between the two offsets. */
    Members over(byte[] json, int from, int to) {
        text = json;
        at = from;
        end = to;
        return this;
    }

    /** Goes to the next member; false if there is none. */
    boolean next() {
        while (at < end && text[at] != '"') {
            if (text[at] == '}') return false;
            at++; // the bracket, a comma or white space
        }
        if (at >= end) return false;
        nameFrom = at + 1;
        skipString();
        nameTo = at - 1;
        while (at < end && (text[at] == ':' || text[at] <= ' ')) at++;
        valueFrom = at;
        skipValue();
        valueTo = at;
        return true;
    }

    /** Whether this member has that name, which needs no escape. */
    boolean named(byte[] name) {
        return Arrays.equals(text, nameFrom, nameTo, name, 0, name.length);
    }

    int valueFrom() {
        return valueFrom;
    }

    int valueTo() {
        return valueTo;
    }

    private void skipValue() {
        if (at >= end) return;
        byte first = text[at];
        if (first == '"') skipString();
        else if (first == '{' || first == '[') skipStructure();
        else while (at < end && text[at] != ',' && text[at] != '}' && text[at] != ']' && text[at] > ' ') at++;
    }

    private void skipStructure() {
        int depth = 0;
        do {
            byte here = text[at];
            if (here == '"') {
                skipString();
                continue;
            }
            if (here == '{' || here == '[') depth++;
            else if (here == '}' || here == ']') depth--;
            at++;
        } while (depth > 0 && at < end);
    }

    private void skipString() {
        at++;
        while (at < end && text[at] != '"') at += text[at] == '\\' ? 2 : 1;
        at++;
    }
}
