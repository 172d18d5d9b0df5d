package io.mcpgate.core.policy;

import io.mcpgate.Call;
import io.mcpgate.ErrorCode;
import io.mcpgate.Payload;
import io.mcpgate.Reply;
import io.mcpgate.Target;
import io.mcpgate.core.json.JsonReader;
import io.mcpgate.core.json.Rewrite;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Cuts values out of a completion that would name a hidden resource. A value for a template's variable is put in its place
 * in the template, together with the variables that the client has chosen already, and the URI that results is decided as
 * one to read; variables that are still open stand in it as they are, {@code {id}}, so that a pattern like
 * {@code crm://acme/*} covers them and the exact URI of one resource does not. A value that has no place in the template, as
 * none has in the URI of one resource, cannot be decided on, and is cut. Values for a prompt's argument are the
 * prompt's business: whoever may use the prompt sees them.
 */
record CompletionFilter(JsonReader reader) {
    Reply cut(Call call, Reply.Complete complete, Rights rights) {
        if (call.target().kind() == Target.Kind.PROMPT) {
            return complete;
        }
        if (!(complete.result().members().get("completion") instanceof Map<?, ?> completion
                && completion.get("values") instanceof List<?> values
                && values.stream().allMatch(String.class::isInstance))) {
            return Reply.failure(ErrorCode.BAD_UPSTREAM, "The answer to completion/complete holds no values");
        }
        String argument = call.params().string("argument", "name").orElse("");
        UriTemplate template = new UriTemplate(call.target().name());
        boolean placed = template.has(argument);
        List<String> kept = values.stream()
                .map(String.class::cast)
                .filter(value -> placed && mayRead(call, template, argument, value, rights))
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
    private static boolean mayRead(Call call, UriTemplate template, String argument, String value, Rights rights) {
        Function<String, @Nullable String> known =
                variable -> variable.equals(argument) ? value : chosen(call, variable);
        return mayRead(template.expand(known, true), rights) && mayRead(template.expand(known, false), rights);
    }

    private static boolean mayRead(String uri, Rights rights) {
        return rights.mayUse("resources/read", new Target(Target.Kind.RESOURCE, uri));
    }

    private static @Nullable String chosen(Call call, String name) {
        return call.params().string("context", "arguments", name).orElse(null);
    }
}
