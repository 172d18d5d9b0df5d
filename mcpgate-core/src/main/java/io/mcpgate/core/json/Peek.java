package io.mcpgate.core.json;

import io.mcpgate.RequestId;
import org.jspecify.annotations.Nullable;

/**
 * The few members of a body that the gateway routes and decides by, picked up while the envelope was read. Offsets are
 * into the message's bytes. Filled by {@link JsonReader} and not changed afterwards.
 */
final class Peek {
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

    boolean isError;
    boolean holdsTask;
    boolean declaresCapabilities;
    boolean declaresSomeCapability;

    /** Where the value of {@code _meta.progressToken}, or else of {@code progressToken}, stands. */
    int tokenStart = -1;

    int tokenEnd = -1;
}
