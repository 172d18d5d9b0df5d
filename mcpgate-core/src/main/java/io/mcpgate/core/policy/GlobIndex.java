package io.mcpgate.core.policy;

import io.mcpgate.policy.Decision;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Which of many globs matches a text, and if several do, which stands first. Costs one look-up among those without a star,
 * one binary search among those that only end in one, and a comparison with each other that stands before what was found.
 */
final class GlobIndex {
    private final Map<String, Entry> literals = new HashMap<>();
    private final Prefix[] prefixes; // sorted
    private final List<Entry> others; // by rank

    /**
     * One glob.
     *
     * @param rank its place: of those that match, the lowest counts
     * @param decision what it decides
     */
    record Entry(String glob, int rank, Decision decision) {
        static @Nullable Entry earlier(@Nullable Entry one, @Nullable Entry other) {
            return one == null || (other != null && other.rank < one.rank) ? other : one;
        }

        private boolean isPrefix() {
            return glob.indexOf('*') == glob.length() - 1;
        }
    }

    /** Indexes globs, which come by rank. */
    GlobIndex(List<Entry> globs) {
        globs.stream()
                .filter(entry -> entry.glob.indexOf('*') < 0)
                .forEach(entry -> literals.putIfAbsent(entry.glob, entry));
        List<Entry> patterns =
                globs.stream().filter(entry -> entry.glob.indexOf('*') >= 0).toList();
        this.prefixes = prefixes(patterns.stream().filter(Entry::isPrefix).toList());
        this.others = patterns.stream().filter(entry -> !entry.isPrefix()).toList();
    }

    /**
     * What a text may begin with.
     *
     * @param shorter the longest other one with which this one begins
     * @param first the earliest of this one and all the shorter ones
     */
    private record Prefix(String text, @Nullable Prefix shorter, Entry first) {}

    private static Prefix[] prefixes(List<Entry> globs) {
        Map<String, Entry> byText = new HashMap<>();
        globs.forEach(entry -> byText.putIfAbsent(entry.glob.substring(0, entry.glob.length() - 1), entry));
        String[] sorted = byText.keySet().toArray(new String[0]);
        Arrays.sort(sorted, Comparator.naturalOrder());
        Prefix[] prefixes = new Prefix[sorted.length];
        for (int i = 0; i < sorted.length; i++) {
            Prefix shorter = longest(i == 0 ? null : prefixes[i - 1], sorted[i]);
            Entry own = Objects.requireNonNull(byText.get(sorted[i]));
            Entry first = shorter == null || own.rank < shorter.first.rank ? own : shorter.first;
            prefixes[i] = new Prefix(sorted[i], shorter, first);
        }
        return prefixes;
    }

    /** What a text begins with sorts before it, and whatever sorts between the two begins with it as well. */
    private static @Nullable Prefix longest(@Nullable Prefix lastBefore, String text) {
        Prefix at = lastBefore;
        while (at != null && !text.startsWith(at.text)) {
            at = at.shorter;
        }
        return at;
    }

    private @Nullable Prefix lastUpTo(String text) {
        int low = 0;
        int high = prefixes.length;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (prefixes[middle].text.compareTo(text) <= 0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low == 0 ? null : prefixes[low - 1];
    }

    /** The first glob that matches; {@code null} if none does. */
    @Nullable
    Entry find(String text) {
        Prefix prefix = longest(lastUpTo(text), text);
        Entry best = Entry.earlier(literals.get(text), prefix == null ? null : prefix.first);
        for (Entry other : others) {
            if (best != null && best.rank < other.rank) {
                break;
            }
            if (Globs.matches(other.glob, text)) {
                return other;
            }
        }
        return best;
    }
}
