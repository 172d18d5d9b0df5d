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
    private static final int NO_SERVER = 404;
    private static final int NO_METHOD = -32601;
    private static final int NOT_ALLOWED = 403; // shown as the server's own "unknown" unless refusals are revealed
    private static final int NO_TASK = -32602;

    private static final String ANY = "legacy modern";
    private static final String OLD = "legacy";
    private static final String NEW = "modern";

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
    record Row(Way way, String method, String eras, String params, String granted, String refused, int answer) {
        @Override
        public String toString() {
            return method + " " + way;
        }
    }

    private static Row asks(String method, String eras, String params, String granted, String refused, int answer) {
        return new Row(Way.CLIENT_ASKS, method, eras, params, granted, refused, answer);
    }

    private static Row tells(String method, String eras, String params, String granted, String refused, int answer) {
        return new Row(Way.CLIENT_TELLS, method, eras, params, granted, refused, answer);
    }

    private static Row serverAsks(
            String method, String eras, String params, String granted, String refused, int answer) {
        return new Row(Way.SERVER_ASKS, method, eras, params, granted, refused, answer);
    }

    private static Row serverTells(
            String method, String eras, String params, String granted, String refused, int answer) {
        return new Row(Way.SERVER_TELLS, method, eras, params, granted, refused, answer);
    }

    // spotless:off
    private static final List<Row> TABLE = List.of(
            //    method                                era  params                                granted by
            //         refused to                        who gets
            // What any grant on the server includes.
            asks("initialize", OLD, "{\"capabilities\": {}}", "prompts: x", "-", NO_SERVER),
            asks("server/discover", NEW, "{}", "prompts: x", "-", NO_SERVER),
            asks("ping", OLD, "{}", "prompts: x", "-", NO_SERVER),
            asks(
                    "logging/setLevel",
                    OLD,
                    "{\"level\": \"info\"}",
                    "prompts: x",
                    "prompts: x !methods: logging/*",
                    NO_METHOD),
            asks(
                    "subscriptions/listen",
                    NEW,
                    "{\"notifications\": {}}",
                    "prompts: x",
                    "prompts: x !methods: subscr*",
                    NO_METHOD),
            tells("notifications/initialized", OLD, "{}", "prompts: x", "-", NO_SERVER),
            tells("notifications/progress", OLD, "{\"progressToken\": 1}", "prompts: x", "-", NO_SERVER),
            tells("notifications/roots/list_changed", OLD, "{}", "prompts: x", "-", NO_SERVER),
            serverAsks("ping", OLD, "{}", "prompts: x", "tools: x !methods: pin*", NO_METHOD),
            serverTells(
                    "notifications/message",
                    ANY,
                    "{\"level\": \"info\", \"data\": 1}",
                    "prompts: x",
                    "tools: x !methods: *message",
                    NO_METHOD),
            serverTells(
                    "notifications/progress",
                    ANY,
                    "{\"progressToken\": 1}",
                    "prompts: x",
                    "tools: x !methods: *progress",
                    NO_METHOD),
            serverTells(
                    "notifications/subscriptions/acknowledged",
                    NEW,
                    "{\"notifications\": {}}",
                    "prompts: x",
                    "tools: x !methods: *acknowl*",
                    NO_METHOD),

            // What comes with the kind of thing that it is for, and is filtered entry by entry.
            asks("tools/list", ANY, "{}", "tools: search", "prompts: x", NO_METHOD),
            asks("prompts/list", ANY, "{}", "prompts: greet", "tools: x", NO_METHOD),
            asks("resources/list", ANY, "{}", "resources: mem://a", "templates: x", NO_METHOD),
            asks("resources/templates/list", ANY, "{}", "templates: mem://{id}", "resources: x", NO_METHOD),
            asks("tasks/list", OLD, "{}", "tools: search", "prompts: x", NO_METHOD),
            serverTells("notifications/tools/list_changed", ANY, "{}", "tools: search", "prompts: x", NO_METHOD),
            serverTells("notifications/prompts/list_changed", ANY, "{}", "prompts: greet", "tools: x", NO_METHOD),
            serverTells(
                    "notifications/resources/list_changed", ANY, "{}", "templates: mem://{id}", "tools: x", NO_METHOD),

            // What names something: decided by the name.
            asks("tools/call", ANY, "{\"name\": \"search\"}", "tools: sea*", "tools: other", NOT_ALLOWED),
            asks("prompts/get", ANY, "{\"name\": \"greet\"}", "prompts: greet", "prompts: other", NOT_ALLOWED),
            asks(
                    "resources/read",
                    ANY,
                    "{\"uri\": \"mem://a\"}",
                    "resources: mem://*",
                    "resources: mem://b",
                    NOT_ALLOWED),
            asks(
                    "resources/subscribe",
                    OLD,
                    "{\"uri\": \"mem://a\"}",
                    "resources: mem://a",
                    "resources: mem://b",
                    NOT_ALLOWED),
            asks(
                    "resources/unsubscribe",
                    OLD,
                    "{\"uri\": \"mem://a\"}",
                    "resources: mem://a",
                    "resources: mem://b",
                    NOT_ALLOWED),
            serverTells(
                    "notifications/resources/updated",
                    ANY,
                    "{\"uri\": \"mem://a\"}",
                    "resources: mem://a",
                    "resources: mem://b",
                    NOT_ALLOWED),
            asks(
                    "completion/complete",
                    ANY,
                    "{\"ref\": {\"type\": \"ref/prompt\", \"name\": \"greet\"}}",
                    "prompts: greet",
                    "prompts: other",
                    NOT_ALLOWED),
            asks(
                    "completion/complete",
                    ANY,
                    "{\"ref\": {\"type\": \"ref/resource\", \"uri\": \"mem://{id}\"}}",
                    "templates: mem://*",
                    "resources: *",
                    NOT_ALLOWED),
            asks(
                    "completion/complete",
                    ANY,
                    "{\"ref\": {\"type\": \"ref/resource\", \"uri\": \"mem://a\"}}",
                    "resources: mem://a",
                    "templates: *",
                    NOT_ALLOWED),

            // What a server wants of the client: always by name. (On 2026-07-28 it stands in inputRequests; see there.)
            serverAsks(
                    "sampling/createMessage", OLD, "{\"maxTokens\": 9}", "methods: sampling/*", "tools: *", NO_METHOD),
            serverAsks(
                    "elicitation/create",
                    OLD,
                    "{\"message\": \"?\"}",
                    "methods: elicitation/create",
                    "tools: *",
                    NO_METHOD),
            serverAsks("roots/list", OLD, "{}", "methods: roots/list", "tools: *", NO_METHOD),
            serverTells(
                    "notifications/elicitation/complete",
                    OLD,
                    "{\"elicitationId\": \"e\"}",
                    "methods: elicitation/create",
                    "tools: *",
                    NO_METHOD),

            // Tasks: the owner's alone, and decided as what they were made for. (The bench makes s-task and c-task
            // beforehand.)
            asks("tasks/get", ANY, "{\"taskId\": \"s-task\"}", "tools: search", "tools: other", NO_TASK),
            asks("tasks/result", OLD, "{\"taskId\": \"s-task\"}", "tools: search", "tools: other", NO_TASK),
            asks("tasks/update", NEW, "{\"taskId\": \"s-task\"}", "tools: search", "tools: other", NO_TASK),
            asks("tasks/cancel", ANY, "{\"taskId\": \"s-task\"}", "tools: search", "prompts: x", NO_METHOD),
            serverTells(
                    "notifications/tasks", NEW, "{\"taskId\": \"s-task\"}", "tools: search", "tools: other", NO_TASK),
            serverTells(
                    "notifications/tasks/status",
                    OLD,
                    "{\"taskId\": \"s-task\"}",
                    "tools: search",
                    "tools: other",
                    NO_TASK),
            serverAsks(
                    "tasks/get",
                    OLD,
                    "{\"taskId\": \"c-task\"}",
                    "methods: sampling/*",
                    "methods: roots/list",
                    NO_TASK),
            serverAsks(
                    "tasks/result",
                    OLD,
                    "{\"taskId\": \"c-task\"}",
                    "methods: sampling/*",
                    "methods: roots/list",
                    NO_TASK),
            serverAsks(
                    "tasks/cancel",
                    OLD,
                    "{\"taskId\": \"c-task\"}",
                    "methods: sampling/*",
                    "methods: roots/list",
                    NO_TASK),
            serverAsks("tasks/list", OLD, "{}", "methods: sampling/*", "tools: x !methods: tasks/*", NO_METHOD),
            tells(
                    "notifications/tasks/status",
                    OLD,
                    "{\"taskId\": \"c-task\"}",
                    "methods: sampling/*",
                    "methods: roots/list",
                    NO_TASK),

            // What nobody knows: refused, unless it is allowed by name.
            asks("vendor/do", ANY, "{\"name\": \"search\"}", "methods: vendor/*", "tools: *", NO_METHOD),
            tells("notifications/vendor/done", ANY, "{}", "methods: notifications/vendor/done", "tools: *", NO_METHOD),
            serverAsks("vendor/do", OLD, "{}", "methods: vendor/do", "tools: *", NO_METHOD),
            serverTells("notifications/vendor/done", ANY, "{}", "methods: *done", "tools: *", NO_METHOD));
    // spotless:on

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
        return TABLE.stream().flatMap(row -> Stream.of(row.eras().split(" ")).map(era -> new Cell(row, era)));
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

    @ParameterizedTest
    @MethodSource("cells")
    void isRefusedWhenItMustNameSomethingAndDoesNot(Cell cell) {
        Row row = cell.row();
        boolean names = row.answer() == NOT_ALLOWED
                || row.answer() == NO_TASK
                || row.method().equals("tasks/cancel");
        Assumptions.assumeTrue(names, "It names nothing");
        PolicyBench bench = bench(cell.era(), "tools: *, prompts: *, resources: *, templates: *, methods: *");

        Reply reply = bench.send(row.way(), row.method(), PolicyBench.json("{\"ref\": {\"name\": \"greet\"}}"));

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
        return Stream.of(ANY.split(" "));
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
