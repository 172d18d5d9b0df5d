package io.mcpgate.core.config;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Locale;

/**
 * Where HTTP clients find the gate.
 *
 * @param address a name or an IP address of this machine; {@code 0.0.0.0} or {@code ::} for all of them
 * @param port 0 for any free one
 * @param path below which each server has its own, e.g. {@code /mcp} for {@code /mcp/crm}
 * @param allowedHosts names by which clients reach it, as they stand in {@code Host}, with or without a port; none for
 *     the address at which a connection comes in, and the loopback names if that is a loopback address
 * @param allowedOrigins web pages whose scripts may call, e.g. {@code https://app.example}; none for those of this
 *     machine, if the connection comes in at a loopback address
 */
public record Listen(String address, int port, String path, List<String> allowedHosts, List<String> allowedOrigins) {

    /** {@code http://127.0.0.1:8080/mcp}, for this machine only. */
    public static final Listen DEFAULT = new Listen("127.0.0.1", 8080, "/mcp", List.of(), List.of());

    public Listen {
        if (port < 0 || port > 65_535) {
            throw new IllegalArgumentException("A port is a number from 0 to 65535");
        }
        allowedHosts = List.copyOf(allowedHosts);
        allowedOrigins = List.copyOf(allowedOrigins);
    }

    /** Whether only this machine can connect. A name other than {@code localhost} might mean anything, so it cannot. */
    public boolean isLoopback() {
        return isLoopback(address);
    }

    /** Whether clients may use a name of another machine's: then there is something, like a proxy, that lets them in. */
    boolean hasHostOfOthers() {
        return !allowedHosts.stream().map(Listen::withoutPort).allMatch(Listen::isLoopback);
    }

    private static String withoutPort(String host) {
        return host.replaceFirst(":[0-9]{1,5}$", "").replaceAll("[\\[\\]]", "").toLowerCase(Locale.ROOT);
    }

    static boolean isLoopback(String address) {
        boolean literal = address.indexOf(':') >= 0 || address.matches("[0-9.]+");
        try {
            return literal
                    ? InetAddress.getByName(address).isLoopbackAddress() // asks nobody, as it is no name
                    : address.equals("localhost");
        } catch (UnknownHostException malformed) {
            return false;
        }
    }
}
