package io.mcpgate.core.json;

import io.mcpgate.RequestId;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The few members of a body that the gateway routes and decides by, picked up while the envelope was read. Offsets are
 * relative to where the body begins, and so hold for a copy of it as well. Filled by {@link JsonReader} and not changed
 * afterwards.
 */
final class Peek implements Cloneable {
    /** Of what a client says of itself: sessions are kept by it. */
    static final int SELF_DESCRIPTION_BYTES_MAX = 64 << 10;

    @Nullable
    String name;

    @Nullable
    String uri;

    @Nullable
    String refType;

    @Nullable
    String refName;

    @Nullable
    String refUri;

    @Nullable
    String resultType;

    @Nullable
    String protocolVersion;

    @Nullable
    String metaProtocolVersion;

    @Nullable
    RequestId requestId;

    @Nullable
    RequestId progressToken;

    @Nullable
    RequestId metaProgressToken;

    @Nullable
    RequestId metaSubscriptionId;

    @Nullable
    String taskId;

    /** Whether a member differs only in case from one that is decided by. */
    boolean lookalike;

    boolean isError;
    boolean holdsTask;
    boolean declaresCapabilities;
    boolean declaresSomeCapability;

    /** How large capabilities and name of the client are, in {@code _meta}. */
    int selfDescriptionBytes;

    /** Where the value of {@code _meta.progressToken}, or else of {@code progressToken}, stands. */
    int tokenStart = -1;

    int tokenEnd = -1;

    /** Where the value of {@code cacheScope} stands, and whether it is {@code private} already. */
    int scopeStart = -1;

    int scopeEnd = -1;
    boolean isPrivate;

    /** The list, if there is one; only in bodies that may be a result. */
    @Nullable
    ListIndex list;

    /** The same members of a body that has lost entries of its list; {@code moved} says where other offsets have gone. */
    Peek afterCut(IntUnaryOperator moved) {
        Peek copy = copy();
        copy.list = null;
        copy.tokenStart = moved(tokenStart, moved);
        copy.tokenEnd = moved(tokenEnd, moved);
        copy.scopeStart = moved(scopeStart, moved);
        copy.scopeEnd = moved(scopeEnd, moved);
        copy.isPrivate = scopeStart >= 0;
        return copy;
    }

    /** The same members of a body that has another {@code progressToken}, of so many bytes, in the place of the one before. */
    Peek underToken(RequestId token, int length) {
        int longer = length - (tokenEnd - tokenStart);
        Peek copy = copy();
        copy.progressToken = token;
        copy.list = null;
        copy.tokenEnd = tokenStart + length;
        copy.scopeStart = scopeStart > tokenStart ? scopeStart + longer : scopeStart;
        copy.scopeEnd = scopeEnd > tokenStart ? scopeEnd + longer : scopeEnd;
        return copy;
    }

    private static int moved(int offset, IntUnaryOperator moved) {
        return offset < 0 ? offset : moved.applyAsInt(offset);
    }

    private Peek copy() {
        try {
            return (Peek) clone();
        } catch (CloneNotSupportedException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** Whether something that it names is longer than names are. */
    boolean isTooLong() {
        return longer(name, NameLengths.NAME_MAX)
                || longer(taskId, NameLengths.NAME_MAX)
                || longer(refName, NameLengths.NAME_MAX)
                || longer(uri, NameLengths.URI_MAX)
                || longer(refUri, NameLengths.URI_MAX);
    }

    private static boolean longer(@Nullable String text, int most) {
        return text != null && text.length() > most;
    }
}
