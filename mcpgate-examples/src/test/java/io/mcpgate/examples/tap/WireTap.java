package io.mcpgate.examples.tap;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Keeps what a gate says to its clients and servers, as it was on the wire, and judges it: by the specification's schema of
 * the revision that is spoken there, where the schemas are, and by rules of this project's own. To be closed when the gate is
 * closed: it fails then if something was wrong that is no {@link KnownFlaw}, and if nothing was said at all.
 */
public final class WireTap implements AutoCloseable {
    private static final Schemas SCHEMAS = new Schemas();

    private final Path directory;
    private final Map<String, HttpTap> servers = new LinkedHashMap<>();
    private final List<HttpTap> clients = new ArrayList<>();
    private final Map<String, Path> children = new LinkedHashMap<>();
    private final Map<Spoken, List<String>> verdicts = new HashMap<>(); // so that each is judged once
    private final Set<String> told = new HashSet<>();

    /** Keeps the bytes in a directory that is deleted in the end, if nothing was wrong. */
    public WireTap() {
        try {
            directory = Files.createTempDirectory("mcpgate-wire");
        } catch (IOException problem) {
            throw new UncheckedIOException(problem);
        }
        if (!Schemas.areThere()) {
            System.out.println("No schemas of the specification: messages are judged by the project's own rules only.");
        }
    }

    /** Where the gate finds a server. */
    public URI server(String name, URI server) {
        HttpTap tap = http(server, name);
        servers.put(name, tap);
        return tap.uri();
    }

    /** The tap at that server. */
    public HttpTap server(String name) {
        return servers.get(name);
    }

    /** Where clients find the gate. */
    public URI clients(URI gate) {
        HttpTap tap = http(gate, "clients" + clients.size());
        clients.add(tap);
        return tap.uri();
    }

    private HttpTap http(URI target, String name) {
        try {
            return new HttpTap(target, Files.createDirectory(directory.resolve(name)));
        } catch (IOException problem) {
            throw new UncheckedIOException(problem);
        }
    }

    /** The command by which the gate starts a server. */
    public List<String> child(String name, List<String> command) {
        return StdioTap.around(command, child(name));
    }

    /** The command by which clients start the gate. */
    public List<String> client(List<String> gate) {
        return StdioTap.around(gate, child(Spoken.CLIENT));
    }

    private Path child(String name) {
        return children.computeIfAbsent(name, any -> {
            try {
                return Files.createDirectory(directory.resolve(name + " lines"));
            } catch (IOException problem) {
                throw new UncheckedIOException(problem);
            }
        });
    }

    /** What a client writes to a gate that is a process. */
    public OutputStream writing(Process gate) throws IOException {
        return StdioTap.writing(gate.getOutputStream(), child(Spoken.CLIENT), "" + gate.pid());
    }

    /** What it reads from there. */
    public InputStream reading(Process gate) throws IOException {
        return StdioTap.reading(gate.getInputStream(), child(Spoken.CLIENT), "" + gate.pid());
    }

    /** What the gate said so far. */
    public List<Spoken> spoken() {
        return judged().spoken;
    }

    /** What is wrong in it and was not told before, without what is known; each with where it was. */
    public List<String> problems() {
        return judged().problems.stream().filter(told::add).toList();
    }

    private record Judged(List<Spoken> spoken, List<String> problems) {
        void over(String what, List<String> found) {
            found.forEach(problem -> problems.add(problem + "\n  in " + what));
        }
    }

    private Judged judged() {
        Judged judged = new Judged(new ArrayList<>(), new ArrayList<>());
        try {
            for (HttpTap tap : clients) {
                overHttp(judged, Spoken.CLIENT, tap.exchanges());
            }
            for (Map.Entry<String, HttpTap> server : servers.entrySet()) {
                overHttp(judged, server.getKey(), server.getValue().exchanges());
            }
        } catch (IOException problem) {
            throw new UncheckedIOException(problem);
        }
        children.forEach((name, kept) -> StdioTap.read(kept).forEach(lines -> overStdio(judged, name, lines)));
        for (Spoken each : judged.spoken) {
            judged.over(shortened(each.toString()), verdicts.computeIfAbsent(each, WireTap::verdict));
        }
        return judged;
    }

    private static List<String> verdict(Spoken spoken) {
        List<String> found = new ArrayList<>(SCHEMAS.problems(spoken));
        found.addAll(WireRules.problems(spoken));
        found.removeIf(problem -> KnownFlaw.covers(spoken, problem));
        return found;
    }

    private static void overHttp(Judged judged, String where, List<HttpBytes.Exchange> exchanges) {
        boolean toClient = where.equals(Spoken.CLIENT);
        Spoken.Sessions sessions = new Spoken.Sessions(exchanges);
        judged.spoken.addAll(Spoken.overHttp(where, exchanges, sessions));
        for (HttpBytes.Exchange exchange : exchanges) {
            String revision = sessions.revision(exchange);
            judged.over(
                    where + ": " + shortened(exchange.toString()),
                    toClient ? HttpRules.answer(exchange, revision) : HttpRules.request(exchange, revision));
        }
        judged.over(where, toClient ? TalkRules.toClients(exchanges) : TalkRules.toServer(exchanges));
    }

    private static void overStdio(Judged judged, String where, StdioTap.Lines lines) {
        boolean toClient = where.equals(Spoken.CLIENT);
        List<JsonNode> said = messages(toClient ? lines.out() : lines.in());
        List<JsonNode> heard = messages(toClient ? lines.in() : lines.out());
        judged.spoken.addAll(Spoken.overStdio(where, said, heard));
        judged.over(where, TalkRules.asking(said));
        judged.over(where, TalkRules.inOrder(said, heard));
    }

    private static List<JsonNode> messages(List<String> lines) {
        return lines.stream().map(Json::readOrText).toList();
    }

    private static String shortened(String text) {
        return text.length() < 2_000 ? text : text.substring(0, 2_000) + "…";
    }

    @Override
    public void close() throws IOException {
        for (HttpTap tap : servers.values()) {
            tap.close();
        }
        for (HttpTap tap : clients) {
            tap.close();
        }
        Judged judged = judged();
        List<String> problems = judged.problems.stream().filter(told::add).toList();
        assertThat(problems).as("what was said stays in %s", directory).isEmpty();
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
        assertThat(judged.spoken).as("what the gate said").isNotEmpty();
    }
}
