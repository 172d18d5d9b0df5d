package io.mcpgate.core.config;

/**
 * Where a program that runs the gate shows its metrics, over HTTP and apart from the gate itself. Whoever can connect there
 * sees them. An application that builds its own gate has a registry of its own (see {@code core.telemetry}), and no use for this.
 *
 * @param address a name or an IP address of this machine; {@code 0.0.0.0} or {@code ::} for all of them
 * @param port 0 for any free one
 * @param exposed whether this is meant although other machines can connect
 */
public record MetricsConfig(String address, int port, boolean exposed) {

    /** {@code http://127.0.0.1:9464/metrics}, for this machine only; the port is the one that OpenTelemetry's exporters use. */
    public static final MetricsConfig DEFAULT = new MetricsConfig("127.0.0.1", 9464, false);

    public MetricsConfig {
        if (port < 0 || port > 65_535) {
            throw new IllegalArgumentException("A port is a number from 0 to 65535");
        }
    }

    boolean isLoopback() {
        return Listen.isLoopback(address);
    }
}
