package io.mcpgate.core.config;

import io.mcpgate.core.limit.Limit;
import io.mcpgate.core.limit.Rate;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The section {@code limits}. */
final class LimitReader {
    private static final List<String> ANY = List.of("*");
    private static final Rate PLACEHOLDER = Rate.parse("1/s");

    private final Context context;
    private final Set<String> names = new HashSet<>();

    LimitReader(Context context) {
        this.context = context;
    }

    List<Limit> limits(List<Node> items) {
        return items.stream()
                .map(item -> limit(new Fields(item, Shape.LIMIT, context)))
                .toList();
    }

    private Limit limit(Fields limit) {
        List<Rate> rates =
                limit.strings("rates", Checks::rate).stream().map(Rate::parse).toList();
        if (rates.isEmpty() && !limit.isBroken("rates")) {
            limit.problem("rates", "has no rate; add rates: [\"10/s\"]");
        }
        limit.requireItems("servers", "name at least one server, or leave it out for all of them");
        limit.requireItems("tools", "name at least one, or leave it out to count other calls as well");
        limit.requireItems("methods", "name at least one, or leave it out for those that do work");
        return new Limit(
                name(limit),
                limit.choice("per", List.of(Limit.Per.values()), Limit.Per.PRINCIPAL),
                rates.isEmpty() ? List.of(PLACEHOLDER) : rates,
                limit.has("servers") ? limit.strings("servers", Checks.SERVER_GLOB) : ANY,
                limit.strings("tools", Checks::nameGlob),
                limit.has("methods") ? limit.strings("methods", Checks::nameGlob) : Limit.WORK);
    }

    private String name(Fields limit) {
        if (!limit.has("name")) {
            limit.problem("name", "needs a name; audit records say by it which limit refused a call");
        }
        String name = limit.string("name", Checks.NAME, "");
        if (!name.isEmpty() && !names.add(name)) {
            limit.problem("name", "is the name of another limit too; rename one of them");
        }
        return name;
    }
}
