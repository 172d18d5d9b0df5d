package io.mcpgate.http;

import io.mcpgate.Payload;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which arguments of one tool are repeated in {@code Mcp-Param-*} headers, as the marks {@code x-mcp-header} in its {@code
 * inputSchema} say (MCP 2026-07-28, "Custom Headers from Tool Parameters"). Derives these headers from a call's params, and
 * tells whether given ones agree with them. Immutable.
 */
public final class ParameterHeaders {
    private static final String PREFIX = "Mcp-Param-";
    private static final int DIGITS_MAX = 1_000;
    private static final Pattern NUMBER = Pattern.compile("-?[0-9]{1,1000}(\\.[0-9]{1,1000})?([eE][+-]?[0-9]{1,4})?");

    private final List<Mark> marks;
    private final Set<String> names;

    private ParameterHeaders(List<Mark> marks) {
        this.marks = List.copyOf(marks);
        Set<String> lower = new HashSet<>();
        marks.forEach(mark -> lower.add(mark.header().toLowerCase(Locale.ROOT)));
        this.names = Set.copyOf(lower);
    }

    /**
     * A marked argument.
     *
     * @param header the whole name of its header
     * @param path the names that lead to it
     */
    record Mark(String header, List<String> path) {
        Mark {
            path = List.copyOf(path);
        }
    }

    /**
     * What a schema marks.
     *
     * @param inputSchema a tool's, as {@link Payload} gives JSON
     * @throws IllegalArgumentException if a mark breaks the specification's rules, which makes the whole tool invalid; with
     *     a sentence that says which rule
     */
    public static ParameterHeaders of(@Nullable Object inputSchema) {
        return new ParameterHeaders(new HeaderMarks().in(inputSchema, PREFIX));
    }

    /** Whether nothing is marked. */
    public boolean isEmpty() {
        return marks.isEmpty();
    }

    /** Whether a header of this name repeats one of the tool's arguments; case does not matter. */
    public boolean isMarked(String header) {
        return names.contains(header.toLowerCase(Locale.ROOT));
    }

    /**
     * The headers for a call, encoded. There is none for an argument that is absent or null, nor for one that is no text,
     * number or truth value and so cannot fit its schema.
     *
     * @param params of {@code tools/call}
     */
    public List<ForwardedHeaders.Header> headers(Payload params) {
        List<ForwardedHeaders.Header> headers = new ArrayList<>(marks.size());
        for (Mark mark : marks) {
            text(argument(params, mark))
                    .ifPresent(text -> headers.add(new ForwardedHeaders.Header(mark.header(), HeaderText.of(text))));
        }
        return headers;
    }

    /**
     * Compares a request's headers with its body. Each marked argument needs its header exactly once; texts and truth values
     * are to be equal, numbers of the same value. Headers that nothing marks do not matter.
     *
     * @param headers all of the request, as they were received
     * @param params of {@code tools/call}
     * @return the name of the first header that is missing, malformed, repeated or says something else
     */
    public Optional<String> mismatch(Iterable<? extends Map.Entry<String, String>> headers, Payload params) {
        return marks.stream()
                .filter(mark -> !agrees(values(headers, mark.header()), argument(params, mark)))
                .map(Mark::header)
                .findFirst();
    }

    private static List<String> values(Iterable<? extends Map.Entry<String, String>> headers, String name) {
        List<String> values = new ArrayList<>(1);
        headers.forEach(header -> {
            if (header.getKey().equalsIgnoreCase(name)) {
                values.add(header.getValue());
            }
        });
        return values;
    }

    private static boolean agrees(List<String> given, @Nullable Object argument) {
        Optional<String> wanted = text(argument);
        if (wanted.isEmpty()) {
            return given.isEmpty();
        }
        if (given.size() != 1) {
            return false;
        }
        Optional<String> said = HeaderText.decode(given.get(0));
        return argument instanceof Number number
                ? said.filter(text -> isSameNumber(text, number)).isPresent()
                : said.equals(wanted);
    }

    private static boolean isSameNumber(String text, Number number) {
        return NUMBER.matcher(text).matches() && new BigDecimal(text).compareTo(decimal(number)) == 0;
    }

    private static @Nullable Object argument(Payload params, Mark mark) {
        Object at = params.members().get("arguments");
        for (String name : mark.path()) {
            at = at instanceof Map<?, ?> map ? map.get(name) : null;
        }
        return at;
    }

    private static Optional<String> text(@Nullable Object argument) {
        if (argument instanceof Number number) {
            return number(number);
        }
        return argument instanceof String || argument instanceof Boolean
                ? Optional.of(argument.toString())
                : Optional.empty();
    }

    /** In decimal digits, and no fraction that is zero; 1e9999 would be a header of ten thousand. */
    private static Optional<String> number(Number number) {
        if (number instanceof Long || number instanceof Integer || number instanceof BigInteger) {
            return Optional.of(number.toString());
        }
        BigDecimal decimal = decimal(number).stripTrailingZeros();
        boolean handy = Math.abs((long) decimal.scale()) <= DIGITS_MAX && decimal.precision() <= DIGITS_MAX;
        return handy ? Optional.of(decimal.toPlainString()) : Optional.empty();
    }

    private static BigDecimal decimal(Number number) {
        return number instanceof BigDecimal decimal ? decimal : new BigDecimal(number.toString());
    }

    /** The names of the headers; no argument. */
    @Override
    public String toString() {
        return "ParameterHeaders" + marks.stream().map(Mark::header).toList();
    }
}
