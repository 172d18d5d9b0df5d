package io.mcpgate.core.policy;

import io.mcpgate.Call;
import io.mcpgate.ErrorCode;
import io.mcpgate.Payload;
import io.mcpgate.Reply;
import io.mcpgate.Target;
import io.mcpgate.core.json.JsonReader;
import io.mcpgate.core.json.Rewrite;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Cuts values out of a completion that would name a hidden resource. A value for a template's variable is put in its place
 * in the template, together with the variables that the client has chosen already, and the URI that results is decided as
 * one to read; variables that are still open stand in it as they are, {@code {id}}, so that a pattern like
 * {@code crm://acme/*} covers them and the exact URI of one resource does not. Values for a prompt's argument are the
 * prompt's business: whoever may use the prompt sees them.
 */
record CompletionFilter(JsonReader reader) {
    private static final Pattern VARIABLE = Pattern.compile("\\{(\\+?)([A-Za-z0-9_.%]+)}"); // RFC 6570 §3.2.2, §3.2.3

    Reply cut(Call call, Reply.Complete complete, Rights rights) {
        if (call.target().kind() != Target.Kind.TEMPLATE) {
            return complete;
        }
        if (!(complete.result().members().get("completion") instanceof Map<?, ?> completion
                && completion.get("values") instanceof List<?> values
                && values.stream().allMatch(String.class::isInstance))) {
            return Reply.failure(ErrorCode.BAD_UPSTREAM, "The answer to completion/complete holds no values");
        }
        String argument = call.params().string("argument", "name").orElse("");
        List<String> kept = values.stream()
                .map(String.class::cast)
                .filter(value -> mayRead(call, argument, value, rights))
                .toList();
        if (kept.size() == values.size()) {
            return complete;
        }
        Rewrite changes = Rewrite.builder()
                .putTexts(kept, "completion", "values")
                .remove("completion", "total") // it counts what is hidden
                .build();
        Payload left = changes.apply(reader, complete.result());
        return Reply.complete(left);
    }

    /** Servers differ in whether a resource's URI holds a value as it is or percent-encoded, so both must be open. */
    private static boolean mayRead(Call call, String argument, String value, Rights rights) {
        return mayRead(expanded(call, argument, value, true), rights)
                && mayRead(expanded(call, argument, value, false), rights);
    }

    private static boolean mayRead(String uri, Rights rights) {
        return rights.mayUse("resources/read", new Target(Target.Kind.RESOURCE, uri));
    }

    private static String expanded(Call call, String argument, String value, boolean encode) {
        Matcher variable = VARIABLE.matcher(call.target().name());
        StringBuilder uri = new StringBuilder();
        while (variable.find()) {
            String known = variable.group(2).equals(argument) ? value : chosen(call, variable.group(2));
            boolean encoded = encode && variable.group(1).isEmpty();
            String text = known == null ? variable.group() : encoded ? encoded(known) : known;
            variable.appendReplacement(uri, Matcher.quoteReplacement(text));
        }
        return variable.appendTail(uri).toString();
    }

    private static @Nullable String chosen(Call call, String name) {
        return call.params().string("context", "arguments", name).orElse(null);
    }

    private static String encoded(String value) {
        return URLEncoder.encode(value, StandardCharsets.UTF_8)
                .replace("+", "%20")
                .replace("*", "%2A")
                .replace("%7E", "~");
    }
}
