package io.mcpgate.core.config;

import io.mcpgate.core.route.PoolLimits;
import io.mcpgate.core.route.Sharing;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One entry of {@code servers}. */
final class ServerReader {
    private static final int CONNECTIONS_MAX = 1_000_000;
    private static final List<String> OF_PROCESSES = List.of("env", "inheritEnv", "cwd");
    private static final List<String> OF_CONNECTIONS = List.of(
            "command",
            "url",
            "headers",
            "env",
            "inheritEnv",
            "cwd",
            "share",
            "connections",
            "idle",
            "connectTimeout",
            "message");

    private final String name;
    private final Fields server;
    private final Context context;

    ServerReader(String name, Fields server, Context context) {
        this.name = name;
        this.server = server;
        this.context = context;
    }

    ServerConfig read() {
        if (server.has("wrapped")) {
            if (!server.flag("wrapped") && !server.isBroken("wrapped")) {
                server.problem("wrapped", "is true or not there; remove it");
            }
            OF_CONNECTIONS.forEach(key -> refuse(
                    key,
                    "is for a server to which the gate opens connections, and this one's"
                            + " are the host's own (wrapped)"));
            return new ServerConfig(
                    name,
                    new Destination.Wrapped(),
                    Sharing.SESSION,
                    PoolLimits.DEFAULT,
                    timeout(),
                    ServerConfig.MESSAGE_BYTES);
        }
        Sharing sharing = server.choice("share", List.of(Sharing.values()), Sharing.SESSION);
        if (sharing == Sharing.ALL && server.has("connections")) {
            server.problem(
                    "connections",
                    "share: all lets everybody use one connection, so connections bounds nothing; remove one");
        }
        return new ServerConfig(name, destination(), sharing, pool(), timeout(), messageBytes());
    }

    private int messageBytes() {
        int bytes = server.size("message", ServerConfig.MESSAGE_BYTES);
        if (bytes >= ServerConfig.MESSAGE_BYTES_MIN) {
            return bytes;
        }
        server.problem("message", "is less than a server needs to say anything; write at least 1KiB");
        return ServerConfig.MESSAGE_BYTES;
    }

    private PoolLimits pool() {
        PoolLimits standard = PoolLimits.DEFAULT;
        return new PoolLimits(
                server.integer("connections", 1, CONNECTIONS_MAX, standard.connectionsMax()),
                server.duration("idle", standard.idle()),
                server.duration("connectTimeout", standard.connectTimeout()));
    }

    private @Nullable Duration timeout() {
        Duration timeout = server.duration("timeout", Duration.ZERO);
        return timeout.isZero() ? null : timeout;
    }

    /** Both kinds are read, so that what is wrong in either is told; then one is taken. */
    private Destination destination() {
        ConfigText url = server.text("url", Checks::url);
        Map<String, ConfigText> headers = server.namedTexts("headers", Checks.HEADER_NAME, Checks.HEADER_VALUE);
        List<ConfigText> command = command();
        Map<String, ConfigText> env = server.namedTexts("env", Checks.VARIABLE, Checks.NO_NUL);
        List<String> inheritEnv = server.strings("inheritEnv", Checks.VARIABLE);
        var cwd = context.path(server, "cwd");
        if (isProcess()) {
            inheritEnv.stream()
                    .filter(env::containsKey)
                    .findFirst()
                    .ifPresent(twice -> server.problem(
                            "inheritEnv",
                            "env and inheritEnv both say what one variable holds; remove it from one of them"));
            return new Destination.Process(command, env, inheritEnv, cwd);
        }
        return new Destination.Http(url == null ? ConfigText.of("") : url, headers);
    }

    private List<ConfigText> command() {
        Node node = server.node("command");
        if (node instanceof Node.Scalar) {
            context.problem(
                    node,
                    "is " + node.kind() + "; write each word by itself, like [npx, -y, server]: there is no shell");
            return List.of(ConfigText.of(""));
        }
        List<ConfigText> words = server.texts("command");
        boolean empty = words.isEmpty() || words.get(0).value().isBlank();
        if (node != null && empty && !server.isBroken("command")) {
            server.problem("command", "names no program; write at least its name, like [npx, -y, server]");
        }
        if (words.stream().anyMatch(word -> Checks.NO_NUL.offence(word.value()) != null)) {
            server.problem("command", "has a NUL character; remove it");
        }
        return words.isEmpty() ? List.of(ConfigText.of("")) : words;
    }

    private boolean isProcess() {
        boolean process = server.has("command");
        boolean http = server.has("url");
        if (process && http) {
            server.problem("url", "command and url both say where the server is; remove one of them");
        } else if (!process && !http) {
            server.problem("command", "has neither command nor url; say where the server is by one of them");
        } else if (http) {
            OF_PROCESSES.forEach(key -> refuse(key, "is for a server with a command, and this one has a url"));
        } else {
            refuse("headers", "is for a server with a url, and this one has a command");
        }
        return process;
    }

    private void refuse(String key, String why) {
        if (server.has(key)) {
            server.problem(key, why + "; remove one of them");
        }
    }
}
