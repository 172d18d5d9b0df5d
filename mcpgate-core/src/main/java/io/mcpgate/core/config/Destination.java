package io.mcpgate.core.config;

import java.net.URI;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Where a governed server is: in a process of its own on this machine, behind a URL, or at the host's own transports. */
public sealed interface Destination {

    /**
     * A child process that speaks MCP over stdin and stdout. There is no shell: the words are handed over as they are.
     *
     * @param command the program and its arguments
     * @param env variables that are set for it
     * @param inheritEnv names of variables that it gets from the gateway's own environment; it gets no others
     * @param cwd its working directory; {@code null} for the gateway's
     */
    record Process(
            List<ConfigText> command,
            Map<String, ConfigText> env,
            List<String> inheritEnv,
            @Nullable Path cwd) implements Destination {

        public Process {
            if (command.isEmpty()) {
                throw new IllegalArgumentException("A command needs at least the program's name");
            }
            command = List.copyOf(command);
            env = Map.copyOf(env);
            inheritEnv = List.copyOf(inheritEnv);
        }

        /** A child process without a variable of its own. */
        public static Process of(String... command) {
            return new Process(Arrays.stream(command).map(ConfigText::of).toList(), Map.of(), List.of(), null);
        }

        /** The words of the command. */
        public List<String> words() {
            return command.stream().map(ConfigText::value).toList();
        }

        /** The variables and their values. Holds secrets. */
        public Map<String, String> variables() {
            return values(env);
        }

        /** The command as it was written; no variable. */
        @Override
        public String toString() {
            return command.stream().map(ConfigText::shown).collect(Collectors.joining(" "));
        }
    }

    /**
     * A server that speaks Streamable HTTP.
     *
     * @param url absolute, {@code http} or {@code https}, without user info and fragment
     * @param headers that are sent with every request, e.g. {@code Authorization}
     */
    record Http(ConfigText url, Map<String, ConfigText> headers) implements Destination {

        public Http {
            headers = Map.copyOf(headers);
        }

        /** A server that needs no headers. */
        public static Http of(String url) {
            return new Http(ConfigText.of(url), Map.of());
        }

        /** The URL. */
        public URI uri() {
            return URI.create(url.value());
        }

        /** The headers and their values. Holds secrets. */
        public Map<String, String> headerValues() {
            return values(headers);
        }

        /** The URL as it was written, without its query; no header. */
        @Override
        public String toString() {
            int query = url.shown().indexOf('?');
            return query < 0 ? url.shown() : url.shown().substring(0, query) + "?…";
        }
    }

    /** A server that the host's own clients reach; it wraps their transports one by one. */
    record Wrapped() implements Destination {
        @Override
        public String toString() {
            return "wrapped by the host";
        }
    }

    private static Map<String, String> values(Map<String, ConfigText> texts) {
        Map<String, String> values = new LinkedHashMap<>();
        texts.forEach((name, text) -> values.put(name, text.value()));
        return values;
    }
}
