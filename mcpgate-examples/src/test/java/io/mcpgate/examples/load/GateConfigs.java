package io.mcpgate.examples.load;

import io.mcpgate.core.identity.ApiKeys;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The configurations of the gates that are measured. */
final class GateConfigs {
    /** The name of the server behind them. */
    static final String SERVER = "fixed";

    /** What the caller shows to a gate that asks for a key. */
    static final String KEY = "mcpgate_load";

    private static final int RULES = 100;

    private GateConfigs() {}

    /** Nothing switched on: everybody may do everything, and what they do is kept in memory only. */
    static String bare(String server) {
        return """
                listen: {port: 0}
                servers:
                %s
                anonymous: {principal: guest, roles: [all]}
                roles: {all: {allow: [{tools: ["*"]}]}}
                audit: {to: memory}
                """.formatted(indented(server));
    }

    /** An API key, a policy of 100 rules, two limits that let everything through, an audit trail in a file, metrics. */
    static String full(String server, Path audit) {
        return full(server, audit, principal("bench", KEY, List.of("bench")), "  bench: {allow: [" + rules() + "]}");
    }

    /** The same with these principals and roles, which are lines of YAML. */
    static String full(String servers, Path audit, String principals, String roles) {
        return """
                listen: {port: 0}
                servers:
                %s
                principals:
                %s
                roles:
                %s
                limits:
                  - {name: calls, per: principal, rates: [100000000/s, 1000000000/h]}
                  - {name: tools, per: tool, rates: [100000000/s]}
                audit: {file: "%s"}
                metrics: {port: 0}
                """.formatted(indented(servers), principals, roles, audit);
    }

    /** What the wrapped stdio server's gate has: the same, and a local user. */
    static String wrapping(Path audit) {
        return """
                stdio: {principal: me, roles: [bench]}
                roles:
                  bench: {allow: [%s]}
                limits:
                  - {name: calls, per: principal, rates: [100000000/s, 1000000000/h]}
                  - {name: tools, per: tool, rates: [100000000/s]}
                audit: {file: "%s"}
                """.formatted(rules(), audit);
    }

    static String at(URI endpoint) {
        return SERVER + ": {url: \"" + endpoint + "\"}";
    }

    static String command(List<String> words) {
        return SERVER + ": {share: all, command: ["
                + words.stream().map(word -> "\"" + word + "\"").collect(Collectors.joining(", ")) + "]}";
    }

    static String principal(String name, String key, List<String> roles) {
        return "  " + name + ": {keys: [\"" + ApiKeys.hash(key) + "\"], roles: [" + String.join(", ", roles) + "]}";
    }

    /** One of them, in the middle, is the one that counts. */
    private static String rules() {
        return IntStream.range(0, RULES)
                .mapToObj(number -> number == RULES / 2
                        ? "{server: fixed, tools: [\"small*\", \"large*\", \"progress-*\", \"tool-*\"]}"
                        : "{server: fixed, tools: [\"read_" + number + "_*\", find_" + number + "]}")
                .collect(Collectors.joining(", "));
    }

    private static String indented(String lines) {
        return lines.lines().map(line -> "  " + line).collect(Collectors.joining("\n"));
    }
}
