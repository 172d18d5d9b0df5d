package io.mcpgate.http.endpoint;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The names under which a client may reach the endpoint. A web page can make a name of its own point here (DNS rebinding),
 * but it cannot make a browser send another name than that one.
 *
 * <p>Unless names were configured, these are the address on which the connection came in, written as an address, and the
 * loopback names if that is a loopback address: a page cannot have any of them as its own.
 */
final class Hosts {
    private static final Pattern HOST = Pattern.compile("([A-Za-z0-9._-]+|\\[[0-9A-Fa-f:.]+])(?::[0-9]{1,5})?");
    private static final String OCTET = "(?:25[0-5]|2[0-4][0-9]|[01]?[0-9]?[0-9])";
    private static final Pattern ADDRESS = Pattern.compile(OCTET + "(?:\\." + OCTET + "){3}|\\[.*]");
    private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");

    private final Set<String> configured;
    private volatile @Nullable Allowed last;

    Hosts(Set<String> configured) {
        this.configured =
                configured.stream().map(name -> name.toLowerCase(Locale.ROOT)).collect(Collectors.toUnmodifiableSet());
    }

    static boolean isLoopbackName(String host) {
        return LOOPBACK.contains(host);
    }

    /** What was allowed before: nearly all requests come under one name to one address, and need no second look. */
    private record Allowed(String host, @Nullable InetAddress local) {}

    boolean allow(HttpExchange exchange) {
        List<String> hosts = exchange.headers("Host");
        InetAddress local = configured.isEmpty() ? exchange.localAddress().orElse(null) : null;
        if (hosts.size() != 1) {
            return false;
        }
        Allowed asked = new Allowed(hosts.get(0), local);
        if (asked.equals(last)) {
            return true;
        }
        boolean allowed = allow(asked.host(), local);
        if (allowed) {
            last = asked;
        }
        return allowed;
    }

    private boolean allow(String written, @Nullable InetAddress local) {
        Matcher form = HOST.matcher(written);
        if (!form.matches()) {
            return false;
        }
        String withPort = form.group().toLowerCase(Locale.ROOT);
        String host = form.group(1).toLowerCase(Locale.ROOT);
        return configured.isEmpty()
                ? local != null && isOwnName(host, local)
                : configured.contains(host) || configured.contains(withPort);
    }

    private static boolean isOwnName(String host, InetAddress local) {
        return (local.isLoopbackAddress() && isLoopbackName(host))
                || address(host).filter(local::equals).isPresent();
    }

    /** Whether the JDK takes it for an address. Any other text it would look up, and wait for that. */
    static boolean isAddress(String host) {
        return ADDRESS.matcher(host).matches();
    }

    private static Optional<InetAddress> address(String host) {
        try {
            return isAddress(host) ? Optional.of(InetAddress.getByName(host)) : Optional.empty();
        } catch (UnknownHostException noAddress) {
            return Optional.empty();
        }
    }
}
