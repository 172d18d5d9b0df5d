package io.mcpgate.core.json;

/**
 * What the reader takes at the most. All sizes are in bytes of the UTF-8 text, or counts.
 *
 * @param messageBytes one whole JSON-RPC message
 * @param depth nesting of objects and arrays
 * @param nameLength characters of a member's name
 * @param numberLength characters of a number
 * @param objectMembers members of one object
 */
public record JsonLimits(int messageBytes, int depth, int nameLength, int numberLength, int objectMembers) {

    /** 4 MiB, depth 64, names of 1,024 characters, numbers of 1,000, objects of 10,000 members. */
    public static final JsonLimits DEFAULT = new JsonLimits(4 << 20, 64, 1_024, 1_000, 10_000);

    /** For texts that are made here of parts which have each been read within the limits of their senders. */
    public static final JsonLimits OF_PARTS = new JsonLimits(
            Integer.MAX_VALUE, Integer.MAX_VALUE, Integer.MAX_VALUE, Integer.MAX_VALUE, Integer.MAX_VALUE);

    public JsonLimits {
        if (messageBytes < 1 || depth < 1 || nameLength < 1 || numberLength < 1 || objectMembers < 1) {
            throw new IllegalArgumentException("Every JSON limit must be at least 1");
        }
    }

    /** These limits with another bound for the whole message. */
    public JsonLimits withMessageBytes(int bytes) {
        return new JsonLimits(bytes, depth, nameLength, numberLength, objectMembers);
    }
}
