package io.mcpgate.examples.load;

import static io.mcpgate.examples.load.Message.ascii;

import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * What the fixed server knows: one result for each method and tool, made once. A tool's name says what it does; every name
 * that is not one of these is a small call.
 */
final class Fixture {
    /** Answered with {@link #LARGE_BYTES} of text. */
    static final String LARGE = "large";

    static final int LARGE_BYTES = 1 << 20;

    /** Answered as an event stream: {@code progress-50}, or {@code progress-50-20} with 20 ms between two of them. */
    static final String PROGRESS = "progress-";

    /** Answered with an id that nobody asked for: a client that does not notice is none. */
    static final String WRONG_ID = "wrong-id";

    /** Answered with an error. */
    static final String FAILING = "failing";

    private static final byte[] NAME_LARGE = ascii(LARGE);
    private static final byte[] NAME_WRONG_ID = ascii(WRONG_ID);
    private static final byte[] NAME_FAILING = ascii(FAILING);
    private static final byte[] INITIALIZE = ascii("initialize");
    private static final byte[] DISCOVER = ascii("server/discover");
    private static final byte[] LIST = ascii("tools/list");
    private static final byte[] CALL = ascii("tools/call");
    private static final byte[] PING = ascii("ping");

    private static final byte[] BEFORE_ID = ascii("{\"jsonrpc\":\"2.0\",\"id\":");
    private static final byte[] BEFORE_RESULT = ascii(",\"result\":");
    private static final byte[] BEFORE_ERROR = ascii(",\"error\":");
    private static final byte[] END = ascii("}");
    private static final byte[] NO_ID = ascii("4000000000");

    private static final byte[] UNKNOWN = ascii("{\"code\":-32601,\"message\":\"Method not found\"}");
    private static final byte[] BROKEN = ascii("{\"code\":-32603,\"message\":\"This tool fails\"}");

    private final byte[] initialized = ascii("{\"protocolVersion\":\"2025-11-25\",\"capabilities\":{\"tools\":{}},"
            + "\"serverInfo\":{\"name\":\"fixed\",\"version\":\"1\"}}");
    private final byte[] discovered = ascii("{\"supportedVersions\":[\"2026-07-28\"],\"capabilities\":{\"tools\":{}},"
            + "\"resultType\":\"complete\",\"ttlMs\":0,\"cacheScope\":\"private\","
            + "\"_meta\":{\"io.modelcontextprotocol/serverInfo\":{\"name\":\"fixed\",\"version\":\"1\"}}}");
    private final byte[] nothing = ascii("{}");
    private final byte[] small;
    private final byte[] large;
    private final Map<Integer, byte[]> lists = new HashMap<>();
    private final String resultType;

    private Fixture(String resultType) {
        this.resultType = resultType;
        this.small = ascii("{\"content\":[{\"type\":\"text\",\"text\":\"" + "The answer to a small call. ".repeat(2)
                + "\"}]" + resultType + "}");
        this.large = ascii("{\"content\":[{\"type\":\"text\",\"text\":\"" + "0123456789abcdef".repeat(LARGE_BYTES / 16)
                + "\"}]" + resultType + "}");
    }

    /** Of revision 2025-11-25. */
    static Fixture legacy() {
        return new Fixture("");
    }

    /** Of revision 2026-07-28. */
    static Fixture modern() {
        return new Fixture(",\"resultType\":\"complete\"");
    }

    /** Whether it is an ordinary call of a tool, of which the server keeps count. */
    static boolean counts(Message request) {
        return request.method.is(CALL);
    }

    static boolean initializes(Message request) {
        return request.method.is(INITIALIZE);
    }

    /** How many bytes {@link #put} needs. */
    int bytes(Message request, int tools) {
        return 96 + request.id.length() + answer(request, tools).length;
    }

    /** Writes the whole response. */
    void put(Message request, int tools, ByteBuffer out) {
        byte[] answer = answer(request, tools);
        out.put(BEFORE_ID);
        if (request.name.is(NAME_WRONG_ID)) out.put(NO_ID);
        else request.id.putInto(out);
        out.put(answer == UNKNOWN || answer == BROKEN ? BEFORE_ERROR : BEFORE_RESULT)
                .put(answer)
                .put(END);
    }

    private byte[] answer(Message request, int tools) {
        if (request.method.is(CALL)) {
            if (request.name.is(NAME_LARGE)) return large;
            return request.name.is(NAME_FAILING) ? BROKEN : small;
        }
        if (request.method.is(LIST)) return lists.computeIfAbsent(tools, this::list);
        if (request.method.is(PING)) return nothing;
        if (request.method.is(INITIALIZE) && resultType.isEmpty()) return initialized;
        if (request.method.is(DISCOVER) && !resultType.isEmpty()) return discovered;
        return UNKNOWN;
    }

    private byte[] list(int tools) {
        return ascii(IntStream.range(0, tools)
                .mapToObj(number -> "{\"name\":\"tool-" + number + "\",\"title\":\"Tool number " + number
                        + "\",\"description\":\"Looks up what is known of one customer, by number or by name.\","
                        + "\"inputSchema\":{\"type\":\"object\",\"properties\":{\"q\":{\"type\":\"string\","
                        + "\"description\":\"What to look for\"},\"max\":{\"type\":\"integer\",\"minimum\":1}},"
                        + "\"required\":[\"q\"]},\"annotations\":{\"readOnlyHint\":true}}")
                .collect(Collectors.joining(
                        ",",
                        "{\"tools\":[",
                        "]" + (resultType.isEmpty() ? "" : resultType + ",\"ttlMs\":0,\"cacheScope\":\"private\"")
                                + "}")));
    }
}
