package io.mcpgate.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.mcpgate.Call;
import io.mcpgate.Payload;
import io.mcpgate.Reply;
import io.mcpgate.core.PolicyBench.Way;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every method of MCP: who may send it, and what whoever may not gets. Read the table; the tests below it walk through all
 * of it, message by message, in each era that has the method.
 */
class PolicyTableTest {
    /** What whoever may not gets. A name that is refused looks like an unknown one unless refusals are revealed, as here. */
    private static final Map<String, Integer> ANSWERS =
            Map.of("no such server", 404, "no such method", -32601, "not allowed", 403, "no such task", -32602);

    private static final List<String> ERAS = List.of("legacy", "modern");

    /**
     * One line of the table.
     *
     * @param way who sends it to whom, as a request or as a notification
     * @param eras the eras that have it
     * @param params an example
     * @param granted the least that a role must say for it to pass
     * @param refused a role with which it does not pass
     * @param answer the error that its sender gets then
     */
    record Row(Way way, String method, List<String> eras, String params, String granted, String refused, int answer) {
        static Row of(String... columns) {
            String[] column = Stream.of(columns).map(String::strip).toArray(String[]::new);
            return new Row(
                    Way.valueOf(column[0].replace(' ', '_').toUpperCase(Locale.ROOT)),
                    column[1],
                    column[2].equals("both") ? ERAS : List.of(column[2]),
                    column[3],
                    column[4],
                    column[5],
                    ANSWERS.get(column[6]));
        }

        /** Whether it names something; a task, too, is something. */
        boolean names() {
            return answer == ANSWERS.get("not allowed")
                    || PolicyBench.json(params).string("taskId").isPresent();
        }

        @Override
        public String toString() {
            return method + ", " + way;
        }
    }

    private static final List<Row> TABLE = rows("""
            # way        | method                                   | era    | example                                                | granted by                         | refused to                     | with

            # What any grant on the server includes.
            client asks  | initialize                               | legacy | {"capabilities": {}}                                   | prompts: x                         | -                              | no such server
            client asks  | server/discover                          | modern | {}                                                     | prompts: x                         | -                              | no such server
            client asks  | ping                                     | legacy | {}                                                     | prompts: x                         | -                              | no such server
            client asks  | logging/setLevel                         | legacy | {"level": "info"}                                      | prompts: x                         | prompts: x !methods: logging/* | no such method
            client asks  | subscriptions/listen                     | modern | {"notifications": {}}                                  | prompts: x                         | prompts: x !methods: subscr*   | no such method
            client tells | notifications/initialized                | legacy | {}                                                     | prompts: x                         | -                              | no such server
            client tells | notifications/progress                   | legacy | {"progressToken": 1}                                   | prompts: x                         | -                              | no such server
            client tells | notifications/roots/list_changed         | legacy | {}                                                     | prompts: x                         | -                              | no such server
            server asks  | ping                                     | legacy | {}                                                     | prompts: x                         | tools: x !methods: pin*        | no such method
            server tells | notifications/message                    | both   | {"level": "info", "data": 1}                           | prompts: x                         | tools: x !methods: *message    | no such method
            server tells | notifications/progress                   | both   | {"progressToken": 1}                                   | prompts: x                         | tools: x !methods: *progress   | no such method
            server tells | notifications/subscriptions/acknowledged | modern | {"notifications": {}}                                  | prompts: x                         | tools: x !methods: *acknowl*   | no such method

            # What comes with the kind of thing that it is for, and is filtered entry by entry.
            client asks  | tools/list                               | both   | {}                                                     | tools: search                      | prompts: x                     | no such method
            client asks  | prompts/list                             | both   | {}                                                     | prompts: greet                     | tools: x                       | no such method
            client asks  | resources/list                           | both   | {}                                                     | resources: mem://a                 | templates: x                   | no such method
            client asks  | resources/templates/list                 | both   | {}                                                     | templates: mem://{id}              | resources: x                   | no such method
            client asks  | tasks/list                               | legacy | {}                                                     | tools: search                      | prompts: x                     | no such method
            server tells | notifications/tools/list_changed         | both   | {}                                                     | tools: search                      | prompts: x                     | no such method
            server tells | notifications/prompts/list_changed       | both   | {}                                                     | prompts: greet                     | tools: x                       | no such method
            server tells | notifications/resources/list_changed     | both   | {}                                                     | templates: mem://{id}              | tools: x                       | no such method

            # What names something: decided by the name.
            client asks  | tools/call                               | both   | {"name": "search"}                                     | tools: sea*                        | tools: other                   | not allowed
            client asks  | prompts/get                              | both   | {"name": "greet"}                                      | prompts: greet                     | prompts: other                 | not allowed
            client asks  | resources/read                           | both   | {"uri": "mem://a"}                                     | resources: mem://*                 | resources: mem://b             | not allowed
            client asks  | resources/subscribe                      | legacy | {"uri": "mem://a"}                                     | resources: mem://a                 | resources: mem://b             | not allowed
            client asks  | resources/unsubscribe                    | legacy | {"uri": "mem://a"}                                     | resources: mem://a                 | resources: mem://b             | not allowed
            server tells | notifications/resources/updated          | both   | {"uri": "mem://a"}                                     | resources: mem://a                 | resources: mem://b             | not allowed
            client asks  | completion/complete                      | both   | {"ref": {"type": "ref/prompt", "name": "greet"}}       | prompts: greet                     | prompts: other                 | not allowed
            client asks  | completion/complete                      | both   | {"ref": {"type": "ref/resource", "uri": "mem://{id}"}} | templates: mem://*                 | resources: *                   | not allowed
            client asks  | completion/complete                      | both   | {"ref": {"type": "ref/resource", "uri": "mem://a"}}    | resources: mem://a                 | templates: *                   | not allowed

            # What a server wants of the client: always by name. (On 2026-07-28 it stands in inputRequests; see there.)
            server asks  | sampling/createMessage                   | legacy | {"maxTokens": 9}                                       | methods: sampling/*                | tools: *                       | no such method
            server asks  | elicitation/create                       | legacy | {"message": "?"}                                       | methods: elicitation/create        | tools: *                       | no such method
            server asks  | roots/list                               | legacy | {}                                                     | methods: roots/list                | tools: *                       | no such method
            server tells | notifications/elicitation/complete       | legacy | {"elicitationId": "e"}                                 | methods: elicitation/create        | tools: *                       | no such method

            # Tasks: the owner's alone, and decided as what they were made for. (The bench makes s-task and c-task
            # beforehand.)
            client asks  | tasks/get                                | both   | {"taskId": "s-task", $declared}                        | tools: search                      | tools: other                   | no such task
            client asks  | tasks/result                             | legacy | {"taskId": "s-task"}                                   | tools: search                      | tools: other                   | no such task
            client asks  | tasks/update                             | modern | {"taskId": "s-task", $declared}                        | tools: search                      | tools: other                   | no such task
            client asks  | tasks/cancel                             | both   | {"taskId": "s-task", $declared}                        | tools: search                      | prompts: x                     | no such method
            server tells | notifications/tasks                      | modern | {"taskId": "s-task"}                                   | tools: search                      | tools: other                   | no such task
            server tells | notifications/tasks/status               | legacy | {"taskId": "s-task"}                                   | tools: search                      | tools: other                   | no such task
            server asks  | tasks/get                                | legacy | {"taskId": "c-task"}                                   | methods: sampling/*                | methods: roots/list            | no such task
            server asks  | tasks/result                             | legacy | {"taskId": "c-task"}                                   | methods: sampling/*                | methods: roots/list            | no such task
            server asks  | tasks/cancel                             | legacy | {"taskId": "c-task"}                                   | methods: sampling/*                | methods: roots/list            | no such task
            server asks  | tasks/list                               | legacy | {}                                                     | methods: sampling/*                | tools: x !methods: tasks/*     | no such method
            client tells | notifications/tasks/status               | legacy | {"taskId": "c-task"}                                   | methods: sampling/*                | methods: roots/list            | no such task

            # What names something and goes the other way, which no revision knows: a grant of the name does not open it.
            server asks  | tools/call                               | legacy | {"name": "search"}                                     | methods: tools/call                | tools: *                       | not allowed
            server asks  | prompts/get                              | legacy | {"name": "greet"}                                      | methods: prompts/get               | prompts: *                     | not allowed
            server asks  | resources/read                           | legacy | {"uri": "mem://a"}                                     | methods: resources/read            | resources: *                   | not allowed
            client tells | notifications/resources/updated          | both   | {"uri": "mem://a"}                                     | methods: notifications/resources/* | resources: mem://a             | not allowed

            # What nobody knows: refused, unless it is allowed by name.
            client asks  | vendor/do                                | both   | {"name": "search"}                                     | methods: vendor/*                  | tools: *                       | no such method
            client tells | notifications/vendor/done                | both   | {}                                                     | methods: notifications/vendor/done | tools: *                       | no such method
            server asks  | vendor/do                                | legacy | {}                                                     | methods: vendor/do                 | tools: *                       | no such method
            server tells | notifications/vendor/done                | both   | {}                                                     | methods: *done                     | tools: *                       | no such method
            """);

    private static List<Row> rows(String table) {
        return table.lines()
                .filter(line -> !line.isEmpty() && !line.startsWith("#"))
                .map(line -> Row.of(line.split("\\|")))
                .toList();
    }

    /** Belongs to one connection, whose two ends take and send it; never passed on, whatever a role says. */
    private static final String CONNECTIONS_OWN = "notifications/cancelled";

    private final List<PolicyBench> benches = new ArrayList<>();

    private PolicyBench bench(String era, String rules) {
        PolicyBench bench = new PolicyBench(era, rules);
        benches.add(bench);
        return bench;
    }

    @AfterEach
    void close() {
        benches.forEach(PolicyBench::close);
    }

    record Cell(Row row, String era) {
        @Override
        public String toString() {
            return row + ", " + era;
        }
    }

    static Stream<Cell> cells() {
        return TABLE.stream().flatMap(row -> row.eras().stream().map(era -> new Cell(row, era)));
    }

    @ParameterizedTest
    @MethodSource("cells")
    void passesUntouchedWithTheLeastGrant(Cell cell) {
        Row row = cell.row();
        PolicyBench bench = bench(cell.era(), row.granted()).withTasks();
        Payload params = PolicyBench.json(row.params());

        Reply reply = bench.send(row.way(), row.method(), params);

        assertThat(reply).isInstanceOf(row.way().isRequest() ? Reply.Complete.class : Reply.Accepted.class);
        assertThat(bench.arrived(row.way(), row.method()))
                .singleElement()
                .extracting(Call::params)
                .isSameAs(params);
    }

    @ParameterizedTest
    @MethodSource("cells")
    void doesNotPassWithoutIt(Cell cell) {
        Row row = cell.row();
        PolicyBench bench = bench(cell.era(), row.refused()).withTasks();

        Reply reply = bench.send(row.way(), row.method(), PolicyBench.json(row.params()));

        assertThat(((Reply.Failure) reply).code()).isEqualTo(row.answer());
        assertThat(bench.arrived(row.way(), row.method())).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("cells")
    void doesNotPassWhenADenyRuleNamesItsMethod(Cell cell) {
        Row row = cell.row();
        PolicyBench bench = bench(
                cell.era(), "tools: *, prompts: *, resources: *, templates: *, methods: * !methods: " + row.method());

        Reply reply = bench.send(row.way(), row.method(), PolicyBench.json(row.params()));

        assertThat(reply).isInstanceOf(Reply.Failure.class);
        assertThat(bench.arrived(row.way(), row.method())).isEmpty();
    }

    static Stream<Cell> namingCells() {
        return cells().filter(cell -> cell.row().names());
    }

    @ParameterizedTest
    @MethodSource("namingCells")
    void isRefusedWhenItMustNameSomethingAndDoesNot(Cell cell) {
        Row row = cell.row();
        PolicyBench bench = bench(cell.era(), "tools: *, prompts: *, resources: *, templates: *, methods: *");

        Reply reply =
                bench.send(row.way(), row.method(), PolicyBench.json("{\"ref\": {\"name\": \"greet\"}, $declared}"));

        assertThat(((Reply.Failure) reply).code()).isEqualTo(-32602);
        assertThat(bench.arrived(row.way(), row.method())).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("eras")
    void neverPassesWhatBelongsToAConnection(String era) {
        PolicyBench bench = bench(era, "tools: *, methods: *");

        for (Way way : List.of(Way.CLIENT_TELLS, Way.SERVER_TELLS)) {
            assertThat(bench.send(way, CONNECTIONS_OWN, PolicyBench.json("{\"requestId\": 1}")))
                    .isInstanceOf(Reply.Failure.class);
            assertThat(bench.arrived(way, CONNECTIONS_OWN)).isEmpty();
        }
    }

    static Stream<String> eras() {
        return ERAS.stream();
    }

    /** So that the table cannot fall behind the specification. */
    @Test
    void leavesOutNoMethodOfTheSpecification() throws IOException {
        Path schemas = Path.of("../../shared/data/mcp-schema");
        Assumptions.assumeTrue(
                Files.isDirectory(schemas), () -> "No schemas at " + schemas.toAbsolutePath() + "; skipped");
        Set<String> methods = new TreeSet<>();
        Pattern method = Pattern.compile("\"method\":\\s*\\{[^{}]*\"const\":\\s*\"([^\"]+)\"");
        try (Stream<Path> files = Files.walk(schemas)) {
            for (Path file : files.filter(path -> path.endsWith("schema.json")).toList()) {
                Matcher found = method.matcher(Files.readString(file));
                while (found.find()) {
                    methods.add(found.group(1));
                }
            }
        }

        assertThat(methods).hasSizeGreaterThan(30).isSubsetOf(inTheTable());
    }

    @Test
    void leavesOutNoMethodOfTheProjectsOwnNotes() throws IOException {
        Path notes = Path.of("../../shared/docs/PROTOCOL.md");
        Assumptions.assumeTrue(Files.exists(notes), () -> "No notes at " + notes.toAbsolutePath() + "; skipped");
        String section = Files.readString(notes).split("(?m)^## ", -1)[5];
        List<String> missing = section.lines()
                .filter(line -> line.startsWith("| ") && line.contains("/"))
                .flatMap(line -> Stream.of(line.split("\\|")[1].split("[,·]")))
                .map(String::strip)
                .filter(name -> inTheTable().stream().noneMatch(method -> isMeant(name, method)))
                .toList();

        assertThat(section).startsWith("5. Methods");
        assertThat(missing).isEmpty();
    }

    /** The notes shorten what they have just named: {@code resources/list · templates/list}. */
    private static boolean isMeant(String name, String method) {
        String pattern = Stream.of(name.replace("(/status)", "").split("\\*", -1))
                .map(Pattern::quote)
                .collect(Collectors.joining(".*"));
        return method.matches("(.*/)?" + pattern);
    }

    private static Set<String> inTheTable() {
        Set<String> methods = TABLE.stream().map(Row::method).collect(Collectors.toSet());
        methods.add(CONNECTIONS_OWN);
        return methods;
    }
}
