package io.mcpgate.sdk;

import io.mcpgate.core.protocol.ProtocolVersions;
import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** The revisions of MCP that the SDK on the class path knows: it says so in constants, of which it has grown more. */
final class SdkVersions {
    private static final String CONSTANTS = "io.modelcontextprotocol.spec.ProtocolVersions";

    private SdkVersions() {}

    /** Oldest first, as the SDK has them. */
    static List<String> known() {
        Set<String> constants = constants();
        List<String> known = new ArrayList<>(ProtocolVersions.LEGACY);
        known.removeIf(version -> !constants.contains("MCP_" + version.replace('-', '_')));
        Collections.reverse(known);
        return known;
    }

    private static Set<String> constants() {
        try {
            Class<?> versions = Class.forName(CONSTANTS, true, SdkVersions.class.getClassLoader());
            return Arrays.stream(versions.getFields()).map(Field::getName).collect(Collectors.toSet());
        } catch (ClassNotFoundException tooOld) {
            throw new IllegalStateException("This MCP SDK is older than 0.17", tooOld);
        }
    }
}
