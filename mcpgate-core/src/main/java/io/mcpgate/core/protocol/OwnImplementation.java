package io.mcpgate.core.protocol;

import java.util.Map;

/** Who the gateway says that it is where it speaks for no client: the {@code Implementation} of MCP. */
public final class OwnImplementation {
    private OwnImplementation() {}

    /** Name and version, for {@code clientInfo}. */
    public static Map<String, String> members() {
        return Map.of("name", "mcpgate", "version", version());
    }

    /** The version of this jar; {@code 0} where there is none, as in a class folder. */
    public static String version() {
        String version = OwnImplementation.class.getPackage().getImplementationVersion();
        return version == null ? "0" : version;
    }
}
