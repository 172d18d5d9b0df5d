package io.mcpgate.examples.load;

import static io.mcpgate.examples.load.Message.ascii;

/**
 * A whole HTTP request, encoded once: of one call to the next only the digits of the id change, which are always ten, so
 * that no length does.
 */
final class EncodedCall {
    private static final int DIGITS = 10;
    private static final String ID = "1000000000";

    /** Below every id of a call. */
    static final long FIRST_ID = 1_000_000_000L;

    private final byte[] bytes;
    private final int idAt;
    private final int tokenAt;

    /** How many notifications of progress the answer has to bring. */
    final int events;

    private EncodedCall(byte[] bytes, int idAt, int tokenAt, int events) {
        this.bytes = bytes;
        this.idAt = idAt;
        this.tokenAt = tokenAt;
        this.events = events;
    }

    static EncodedCall of(String headers, String tool) {
        int events = tool.startsWith(Fixture.PROGRESS) ? Integer.parseInt(tool.split("-", -1)[1]) : 0;
        return encoded(
                headers,
                "\"method\":\"tools/call\",\"params\":{\"name\":\"" + tool + "\",\"arguments\":{\"text\":\"hello\"}"
                        + (events > 0 ? ",\"_meta\":{\"progressToken\":" + ID + "}" : "") + "}}",
                events);
    }

    static EncodedCall ofList(String headers) {
        return encoded(headers, "\"method\":\"tools/list\",\"params\":{}}", 0);
    }

    private static EncodedCall encoded(String headers, String rest, int events) {
        String json = "{\"jsonrpc\":\"2.0\",\"id\":" + ID + "," + rest;
        String head = headers + "Content-Length: " + json.length() + "\r\n\r\n";
        int idAt = head.length() + json.indexOf(ID);
        int tokenAt = events > 0 ? head.length() + json.lastIndexOf(ID) : -1;
        return new EncodedCall(ascii(head + json), idAt, tokenAt, events);
    }

    /** The request with that id; valid until the next call of this method. */
    byte[] with(byte[] id) {
        System.arraycopy(id, 0, bytes, idAt, DIGITS);
        if (tokenAt >= 0) System.arraycopy(id, 0, bytes, tokenAt, DIGITS);
        return bytes;
    }

    /** The ten digits of an id. */
    static void digits(long id, byte[] into) {
        long rest = id;
        for (int i = DIGITS - 1; i >= 0; i--) {
            into[i] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
    }

    static byte[] room() {
        return new byte[DIGITS];
    }
}
