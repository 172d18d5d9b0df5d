package io.mcpgate.core.policy;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A template of URIs (RFC 6570, levels 1 to 4, of single values), as far as some of its variables are known: those that are open
 * stand in the URI as they are, {@code {id}}.
 */
record UriTemplate(String text) {
    private static final Pattern EXPRESSION = Pattern.compile("\\{([+#./;?&]?)([^{}]*)}");

    private record Variable(String name, int length) {
        private static final Pattern PREFIX = Pattern.compile("(.*):([0-9]{1,4})");

        static List<Variable> of(String list) {
            List<Variable> variables = new ArrayList<>();
            for (String each : list.split(",", -1)) {
                String spec = each.endsWith("*") ? each.substring(0, each.length() - 1) : each;
                Matcher prefix = PREFIX.matcher(spec);
                variables.add(
                        prefix.matches()
                                ? new Variable(prefix.group(1), Integer.parseInt(prefix.group(2)))
                                : new Variable(spec, Integer.MAX_VALUE));
            }
            return variables;
        }

        String cut(String value) {
            int characters = value.codePointCount(0, value.length());
            return characters <= length ? value : value.substring(0, value.offsetByCodePoints(0, length));
        }
    }

    /** Whether a value for this variable has a place in it. */
    boolean has(String variable) {
        Matcher expression = EXPRESSION.matcher(text);
        while (expression.find()) {
            if (Variable.of(expression.group(2)).stream()
                    .anyMatch(each -> each.name().equals(variable))) {
                return true;
            }
        }
        return false;
    }

    /**
     * The URI.
     *
     * @param known the values of variables; {@code null} for those that are open
     * @param encode whether values are percent-encoded where the template does not say that they stand as they are
     */
    String expand(Function<String, @Nullable String> known, boolean encode) {
        Matcher expression = EXPRESSION.matcher(text);
        StringBuilder uri = new StringBuilder();
        while (expression.find()) {
            List<Variable> variables = Variable.of(expression.group(2));
            boolean open = variables.stream().allMatch(each -> known.apply(each.name()) == null);
            String made = open ? expression.group() : expanded(expression.group(1), variables, known, encode);
            expression.appendReplacement(uri, Matcher.quoteReplacement(made));
        }
        return expression.appendTail(uri).toString();
    }

    private static String expanded(
            String operator, List<Variable> variables, Function<String, @Nullable String> known, boolean encode) {
        boolean asItIs = operator.equals("+") || operator.equals("#");
        boolean named = ";?&".contains(operator) && !operator.isEmpty();
        String between = operator.isEmpty() || asItIs ? "," : operator.equals("?") ? "&" : operator;
        StringJoiner text = new StringJoiner(between, operator.equals("+") ? "" : operator, "");
        for (Variable variable : variables) {
            String value = known.apply(variable.name());
            String shown = value == null ? "{" + variable.name() + "}" : variable.cut(value);
            String written = value == null || asItIs || !encode ? shown : encoded(shown);
            text.add(named ? variable.name() + "=" + written : written);
        }
        return text.toString();
    }

    private static String encoded(String value) {
        return URLEncoder.encode(value, StandardCharsets.UTF_8)
                .replace("+", "%20")
                .replace("*", "%2A")
                .replace("%7E", "~");
    }
}
