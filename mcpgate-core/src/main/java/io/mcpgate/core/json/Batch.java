package io.mcpgate.core.json;

import java.util.List;

/**
 * Several JSON-RPC messages in one array, which only revision 2025-03-26 has.
 *
 * @param elements in the order of the array, at least one
 */
public record Batch(List<Element> elements) {

    public Batch {
        elements = List.copyOf(elements);
    }

    /** What stands in one place of the array. */
    public sealed interface Element {}

    /** A message, read as strictly as one that comes alone. */
    public record Message(Envelope envelope) implements Element {}

    /** Well-formed JSON that is no message; what is wrong with it concerns no other element. */
    public record Invalid(MalformedMessage problem) implements Element {}
}
