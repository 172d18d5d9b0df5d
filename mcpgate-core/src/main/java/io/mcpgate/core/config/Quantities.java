package io.mcpgate.core.config;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations and sizes with a unit: a bare number would leave the reader guessing. */
final class Quantities {
    static final String DURATION_FORM = "a duration like 500ms, 30s, 5m, 2h or 1d";
    static final String SIZE_FORM = "a size like 512B, 64KiB, 4MiB or 1GiB";

    private static final Pattern DURATION = Pattern.compile("([0-9]{1,9})(ms|s|m|h|d)");
    private static final Pattern SIZE = Pattern.compile("([0-9]{1,9})(B|KiB|MiB|GiB)");
    private static final Duration DURATION_MAX = Duration.ofDays(366);

    private Quantities() {}

    /** More than nothing, at most 366 days. */
    static Duration duration(String text) {
        Matcher form = DURATION.matcher(text);
        if (!form.matches()) {
            throw new IllegalArgumentException("is no duration; write " + DURATION_FORM);
        }
        long count = Long.parseLong(form.group(1));
        Duration duration = switch (form.group(2)) {
            case "ms" -> Duration.ofMillis(count);
            case "s" -> Duration.ofSeconds(count);
            case "m" -> Duration.ofMinutes(count);
            case "h" -> Duration.ofHours(count);
            default -> Duration.ofDays(count);
        };
        if (duration.isZero() || duration.compareTo(DURATION_MAX) > 0) {
            throw new IllegalArgumentException("is out of range; write more than 0 and at most 366d");
        }
        return duration;
    }

    /** In bytes; more than nothing, less than 2 GiB. */
    static int size(String text) {
        Matcher form = SIZE.matcher(text);
        if (!form.matches()) {
            throw new IllegalArgumentException("is no size; write " + SIZE_FORM);
        }
        long count = Long.parseLong(form.group(1));
        long bytes = switch (form.group(2)) {
            case "B" -> count;
            case "KiB" -> count << 10;
            case "MiB" -> count << 20;
            default -> count << 30;
        };
        if (bytes < 1 || bytes > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("is out of range; write at least 1B and less than 2GiB");
        }
        return (int) bytes;
    }
}
