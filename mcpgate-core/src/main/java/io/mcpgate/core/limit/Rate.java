package io.mcpgate.core.limit;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * So many calls in a period; they come back evenly over the period, and unused ones pile up to at most {@code calls}.
 *
 * @param calls how many, at least 1 and at most one for each nanosecond
 * @param period in what time, at least a millisecond and at most 366 days
 */
public record Rate(long calls, Duration period) {
    private static final Pattern FORM = Pattern.compile("([0-9]{1,12}) ?/ ?([0-9]{1,6})?(ms|s|m|h|d)");
    private static final Duration PERIOD_MAX = Duration.ofDays(366);

    public Rate {
        if (calls < 1 || period.compareTo(Duration.ofMillis(1)) < 0 || period.compareTo(PERIOD_MAX) > 0) {
            throw new IllegalArgumentException("A rate has at least 1 call, in a period between 1 ms and 366 days");
        }
        if (calls > period.toNanos()) {
            throw new IllegalArgumentException("A rate has at most one call for each nanosecond");
        }
    }

    /**
     * Reads e.g. {@code 10/s}, {@code 500/h}, {@code 20/10s}; the units are ms, s, m, h and d.
     *
     * @throws IllegalArgumentException if the text is not of this form, with a sentence that says what is
     */
    public static Rate parse(String text) {
        Matcher form = FORM.matcher(text.strip());
        if (!form.matches()) {
            throw new IllegalArgumentException("A rate is written like 10/s, 500/h or 20/10s (units ms, s, m, h, d)");
        }
        long count = form.group(2) == null ? 1 : Long.parseLong(form.group(2));
        Duration unit = switch (form.group(3)) {
            case "ms" -> Duration.ofMillis(1);
            case "s" -> Duration.ofSeconds(1);
            case "m" -> Duration.ofMinutes(1);
            case "h" -> Duration.ofHours(1);
            default -> Duration.ofDays(1);
        };
        return new Rate(Long.parseLong(form.group(1)), unit.multipliedBy(count));
    }
}
