package io.mcpgate.examples.load;

import static io.mcpgate.examples.load.Tables.number;

import io.mcpgate.examples.load.Jmh.Score;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The section about wrapped transports, whose words stay and whose table follows the last run of its benchmark. */
final class WrappingSection {
    private static final Pattern TABLE = Pattern.compile("(?m)^\\| \\| bare \\|.*\\n(?:\\|.*\\n)+\\n.*\\n");

    private final Jmh jmh;
    private final Machine machine;

    WrappingSection(Jmh jmh, Machine machine) {
        this.jmh = jmh;
        this.machine = machine;
    }

    /** The same section with the last figures; as it is if there are none. */
    String renewed(String section) {
        Optional<String> client = row("a client's transport (`McpSdk.wrap`)", "bare", "wrapped");
        Optional<String> server =
                row("a stateless server's handler (`McpSdk.wrap`)", "bareStatelessServer", "wrappedStatelessServer");
        if (client.isEmpty() || server.isEmpty()) return section;
        String table =
                Tables.line(List.of("", "bare", "wrapped", "the gateway adds")).replace("|  |", "| |")
                        + "|---|---|---|---|\n"
                        + client.get()
                        + server.get()
                        + "\n%d cores, %s, %s; the error is JMH's, 99.9 %%.\n"
                                .formatted(machine.cores(), machine.jdk(), machine.date());
        return TABLE.matcher(section).replaceFirst(Matcher.quoteReplacement(table));
    }

    private Optional<String> row(String name, String bare, String wrapped) {
        return jmh.find("WrapBenchmark." + bare, "")
                .flatMap(without -> jmh.find("WrapBenchmark." + wrapped, "").map(with -> row(name, without, with)));
    }

    private static String row(String name, Score bare, Score wrapped) {
        String added = "**%s µs, %s KiB**"
                .formatted(number(wrapped.micros() - bare.micros()), number((wrapped.bytes() - bare.bytes()) / 1_024));
        return Tables.line(List.of(name, cell(bare), cell(wrapped), added));
    }

    private static String cell(Score score) {
        return number(score.micros()) + " µs ± " + number(score.errorMicros()) + ", " + number(score.bytes()) + " B";
    }
}
