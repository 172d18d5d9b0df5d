package io.mcpgate.core.limit;

import java.util.List;

/**
 * A limit on requests of clients, all of whose rates hold at once. What servers ask of clients ({@code
 * sampling/createMessage}, {@code elicitation/create}, {@code roots/list}) and notifications never count.
 *
 * @param name appears in the audit record's reason
 * @param per who shares a count
 * @param rates at least one
 * @param servers globs over governed servers' names
 * @param tools globs over tool names; if there are any, only tool calls count
 * @param methods globs over methods
 */
public record Limit(
        String name, Per per, List<Rate> rates, List<String> servers, List<String> tools, List<String> methods) {

    /** The methods that do work, and that a limit counts unless it says otherwise. */
    public static final List<String> WORK =
            List.of("tools/call", "prompts/get", "resources/read", "completion/complete");

    private static final List<String> ANY = List.of("*");

    public Limit {
        if (rates.isEmpty()) {
            throw new IllegalArgumentException("A limit needs at least one rate, like 10/s");
        }
        rates = List.copyOf(rates);
        servers = List.copyOf(servers);
        tools = List.copyOf(tools);
        methods = List.copyOf(methods);
    }

    /** A limit on everything that does work. */
    public static Limit of(String name, Per per, Rate... rates) {
        return new Limit(name, per, List.of(rates), ANY, List.of(), WORK);
    }

    /** Who shares a count. */
    public enum Per {
        /** Each principal has its own. */
        PRINCIPAL,
        /** Each tool of each server has its own, for all principals together. */
        TOOL,
        /** Each principal has its own for each tool of each server. */
        PRINCIPAL_TOOL,
        /** Each server has its own. */
        SERVER,
        /** There is one. */
        GLOBAL
    }
}
