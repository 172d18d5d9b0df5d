package io.mcpgate.core.json;

import com.fasterxml.jackson.core.JsonToken;
import io.mcpgate.RequestId;
import java.io.IOException;
import java.util.List;

/** Passes over a body, checking all of it, and picks up the members that the gateway routes and decides by. */
final class BodyReader {
    /** What of a request's params is decided by, by the gateway or by the host's own steps. */
    private static final List<String> DECIDED_BY = List.of(
            "name", "uri", "ref", "taskId", "arguments", "_meta", "notifications", "capabilities", "protocolVersion");

    private static final List<String> REF_DECIDED_BY = List.of("type", "name", "uri");

    private final JsonReader.Tokens tokens;
    private final Peek peek;
    private final int base;
    private final boolean notesList;

    /**
     * Offsets in {@code peek} are relative to {@code base}.
     *
     * @param notesList whether to note the entries of a list, because the body may be the result of a method that lists
     */
    BodyReader(JsonReader.Tokens tokens, Peek peek, int base, boolean notesList) {
        this.tokens = tokens;
        this.peek = peek;
        this.base = base;
        this.notesList = notesList;
    }

    void read() throws IOException, MalformedMessage {
        if (tokens.current() != JsonToken.START_OBJECT) {
            tokens.skip();
            return;
        }
        while (tokens.value() != JsonToken.END_OBJECT) {
            String member = tokens.name();
            JsonToken token = tokens.value();
            if (token == JsonToken.START_OBJECT && (member.equals("_meta") || member.equals("ref"))) {
                nested(member.equals("ref"));
            } else if (token == JsonToken.START_ARRAY && notesList) {
                list(member);
            } else {
                pick(member, token);
                tokens.skip();
            }
        }
    }

    private void list(String member) throws IOException, MalformedMessage {
        String key = ListIndex.keyOf(member);
        if (key == null || peek.list != null) {
            tokens.skip();
        } else {
            peek.list = ListIndex.read(tokens, member, key, base, ListIndex.NOTED_MAX);
        }
    }

    private void pick(String member, JsonToken token) throws IOException, MalformedMessage {
        boolean string = token == JsonToken.VALUE_STRING;
        switch (member) {
            case "name" -> peek.name = string ? tokens.text() : null;
            case "uri" -> peek.uri = string ? tokens.text() : null;
            case "taskId" -> peek.taskId = string ? tokens.text() : null;
            case "task" -> peek.holdsTask = token == JsonToken.START_OBJECT;
            case "resultType" -> peek.resultType = string ? tokens.text() : null;
            case "protocolVersion" -> peek.protocolVersion = string ? tokens.text() : null;
            case "requestId" -> peek.requestId = tokens.idValue();
            case "progressToken" -> {
                peek.progressToken = tokens.idValue();
                if (peek.metaProgressToken == null) {
                    markToken();
                }
            }
            case "cacheScope" -> {
                peek.scopeStart = tokens.start() - base;
                peek.isPrivate = string && tokens.text().equals("private");
                tokens.skip();
                peek.scopeEnd = tokens.end() - base;
            }
            case "isError" -> peek.isError = token == JsonToken.VALUE_TRUE;
            default -> peek.lookalike |= isLookalike(member, DECIDED_BY);
        }
    }

    /** Whether a reader that overlooks case would take it for one of these. */
    private static boolean isLookalike(String member, List<String> names) {
        for (String name : names) {
            if (name.equalsIgnoreCase(member) && !name.equals(member)) {
                return true;
            }
        }
        return false;
    }

    private void nested(boolean ref) throws IOException, MalformedMessage {
        while (tokens.value() != JsonToken.END_OBJECT) {
            String member = tokens.name();
            JsonToken token = tokens.value();
            if (ref) {
                pickRef(member, token);
            } else {
                pickMeta(member, token);
            }
            int start = tokens.start();
            tokens.skip();
            if (!ref && member.equals(JsonReader.META_CLIENT_CAPABILITIES)) {
                peek.selfDescriptionBytes += tokens.end() - start;
                peek.declaresSomeCapability = peek.declaresCapabilities && tokens.end() - start > "{}".length();
            } else if (!ref && member.equals(JsonReader.META_CLIENT_INFO)) {
                peek.selfDescriptionBytes += tokens.end() - start;
            }
        }
    }

    private void pickRef(String member, JsonToken token) throws IOException {
        if (token == JsonToken.VALUE_STRING) {
            switch (member) {
                case "type" -> peek.refType = tokens.text();
                case "name" -> peek.refName = tokens.text();
                case "uri" -> peek.refUri = tokens.text();
                default -> peek.lookalike |= isLookalike(member, REF_DECIDED_BY);
            }
        }
    }

    private void pickMeta(String member, JsonToken token) throws IOException {
        if (member.equals("progressToken")) {
            RequestId asked = tokens.idValue();
            if (asked != null) {
                peek.metaProgressToken = asked;
                markToken();
            }
        } else if (member.equals(JsonReader.META_PROTOCOL_VERSION) && token == JsonToken.VALUE_STRING) {
            peek.metaProtocolVersion = tokens.text();
        } else if (member.equals(JsonReader.META_CLIENT_CAPABILITIES)) {
            peek.declaresCapabilities = token == JsonToken.START_OBJECT;
        } else if (member.equals(JsonReader.META_SUBSCRIPTION_ID)) {
            peek.metaSubscriptionId = tokens.idValue();
        }
    }

    private void markToken() throws IOException {
        peek.tokenStart = tokens.start() - base;
        peek.tokenEnd = tokens.end() - base;
    }
}
