package io.mcpgate.core.json;

import io.mcpgate.core.json.ListDocument.Entry;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * One list result with entries cut out, copied once. What is left of a text that was found well-formed, without whole entries
 * of an array and with one string in the place of another, is well-formed, and says the same in every other member; so it is
 * not read again, which would cost more than everything else about a list.
 */
final class ListCut {
    private static final byte[] PRIVATE = "\"private\"".getBytes(StandardCharsets.UTF_8);

    private final RawPayload raw;
    private final List<Entry> entries;
    private final boolean[] kept;
    private final int start; // of what is written anew
    private final int end;
    private final int size; // of what is written in its place
    private final boolean rescoped;

    ListCut(RawPayload raw, List<Entry> entries, boolean[] kept) {
        this.raw = raw;
        this.entries = entries;
        this.kept = kept;
        this.rescoped = !raw.peek().isPrivate && raw.peek().scopeStart >= 0;
        int bytes = 0;
        int count = 0;
        for (int i = 0; i < kept.length; i++) {
            if (kept[i]) {
                bytes += entries.get(i).end() - entries.get(i).start();
                count++;
            }
        }
        boolean cuts = count < kept.length;
        this.start = cuts ? entries.get(0).start() : 0;
        this.end = cuts ? entries.get(kept.length - 1).end() : 0;
        this.size = cuts ? bytes + Math.max(0, count - 1) : 0;
    }

    boolean changesNothing() {
        return start == end && !rescoped;
    }

    RawPayload apply() {
        Peek peek = raw.peek();
        byte[] out = new byte[moved(raw.size())];
        copy(0, raw.size(), out);
        if (start < end) {
            joinKept(out);
        }
        if (rescoped) {
            System.arraycopy(PRIVATE, 0, out, moved(peek.scopeStart), PRIVATE.length);
        }
        return new RawPayload(raw.reader(), out, 0, out.length, peek.afterCut(this::moved));
    }

    /** Everything that stays as it is and where it goes: before, between and behind the two places that change. */
    private void copy(int from, int to, byte[] out) {
        int scopeStart = rescoped ? raw.peek().scopeStart : to;
        int scopeEnd = rescoped ? raw.peek().scopeEnd : to;
        boolean listFirst = start <= scopeStart;
        stay(from, listFirst ? start : scopeStart, out);
        stay(listFirst ? end : scopeEnd, listFirst ? scopeStart : start, out);
        stay(listFirst ? scopeEnd : end, to, out);
    }

    private void stay(int from, int to, byte[] out) {
        System.arraycopy(raw.bytes(), raw.start() + from, out, moved(from), to - from);
    }

    private void joinKept(byte[] out) {
        int at = moved(start);
        int first = at;
        for (int i = 0; i < kept.length; i++) {
            if (kept[i]) {
                if (at > first) {
                    out[at++] = ',';
                }
                Entry entry = entries.get(i);
                int length = entry.end() - entry.start();
                System.arraycopy(raw.bytes(), raw.start() + entry.start(), out, at, length);
                at += length;
            }
        }
    }

    /** Where it stands afterwards what stood outside of the two places, or at the beginning of one. */
    private int moved(int offset) {
        int moved = offset;
        if (start < end && offset >= end) {
            moved += size - (end - start);
        }
        if (rescoped && offset >= raw.peek().scopeEnd) {
            moved += PRIVATE.length - (raw.peek().scopeEnd - raw.peek().scopeStart);
        }
        return moved;
    }
}
