package io.mcpgate.stdio;

import static io.mcpgate.stdio.Child.ask;
import static io.mcpgate.stdio.Child.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.mcpgate.core.route.UpstreamException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StdioConnectorTest {
    private StdioConnector connector = new StdioConnector("child", Child.command());

    @TempDir
    Path directory;

    @AfterEach
    void close() {
        connector.close();
    }

    private StdioConnection open(Launch launch, String... behaviour) {
        connector = new StdioConnector("child", Child.command(behaviour), launch);
        return open();
    }

    private StdioConnection open() {
        return (StdioConnection) await(connector.connect(new Child.Client(), new Child.Gatekeeper()));
    }

    @Nested
    class ACommandThatCannotBeStarted {
        private void assertRefused(StdioCommand command, String why) {
            connector = new StdioConnector("child", command);
            assertThatThrownBy(StdioConnectorTest.this::open)
                    .isInstanceOf(UpstreamException.class)
                    .hasMessage("it could not be started: " + why);
        }

        @Test
        void isNotFound() {
            assertRefused(
                    StdioCommand.of("no-such-command", "--secret"),
                    "the command \"no-such-command\" was not found on the PATH");
        }

        @Test
        void doesNotExist() {
            assertRefused(StdioCommand.of("/no/such/program"), "the program \"program\" does not exist");
        }

        @Test
        void isNotExecutable() throws IOException {
            Path file = Files.writeString(directory.resolve("plain"), "text");

            assertRefused(StdioCommand.of(file.toString()), "\"plain\" is not executable");
        }

        @Test
        void hasNoSuchDirectory() {
            assertRefused(
                    Child.command().withDirectory(directory.resolve("gone")), "its working directory does not exist");
        }
    }

    @Nested
    class AChildThatIsStartedAhead {
        private StdioConnector ahead(StdioCommand command) {
            connector = new StdioConnector("child", command);
            connector.startAhead();
            return connector;
        }

        private long pidOf(String file) throws IOException {
            Path told = directory.resolve(file);
            await().until(() -> Files.exists(told) && !Files.readString(told).isBlank());
            return Long.parseLong(Files.readString(told).strip());
        }

        /** Tells its process id before it becomes the server. */
        private StdioCommand telling(String file) {
            List<String> words = Child.command().words();
            return StdioCommand.of(
                    "/bin/sh",
                    "-c",
                    "echo $$ >> \"$0\"; exec \"$@\"",
                    directory.resolve(file).toString(),
                    words.get(0),
                    words.get(1));
        }

        @Test
        void isTheFirstConnectionsAndNoOthers() throws IOException {
            ahead(telling("pid"));
            long pid = pidOf("pid");

            StdioConnection first = open();
            StdioConnection second = open();

            assertThat(first.process().pid()).isEqualTo(pid);
            assertThat(second.process().pid()).isNotEqualTo(pid);
            assertThat(ask(first, "echo", Map.of("value", "ahead"))).isEqualTo("ahead");
        }

        @Test
        void isStartedAnewIfItHasEnded() throws IOException {
            ahead(telling("pid"));
            ProcessHandle child = ProcessHandle.of(pidOf("pid")).orElseThrow();
            child.destroyForcibly();
            child.onExit().join();

            await().ignoreExceptions() // a moment passes until its parent knows of its end
                    .untilAsserted(() -> assertThat(ask(open(), "echo", Map.of("value", "anew")))
                            .isEqualTo("anew"));
        }

        /** Leaves another process behind, which keeps its pipes, and ends. */
        private long leftBehind() throws IOException {
            String script = "echo $$ >> \"$0.launcher\"; sleep 600 & echo $! >> \"$0\"; exit 1";
            String file = directory.resolve("pid").toString();
            ahead(StdioCommand.of("/bin/sh", "-c", script, file).withGrace(Duration.ofMillis(300)));
            long left = pidOf("pid");
            long launcher = pidOf("pid.launcher");
            await().until(() -> ProcessHandle.of(launcher).isEmpty());
            assertThat(Child.isRunning(left)).isTrue();
            return left;
        }

        @Test
        void leavesNothingBehindWhereItHasEndedBeforeTheFirstConnection() throws IOException {
            long left = leftBehind();

            open();

            await().untilAsserted(() -> assertThat(Child.isRunning(left)).isFalse());
        }

        @Test
        void leavesNothingBehindWhereItHasEndedAndNobodyCame() throws IOException {
            long left = leftBehind();

            connector.close();

            assertThat(Child.isRunning(left)).isFalse();
            assertThat(connector.children()).isZero();
        }

        @Test
        void endsWithTheConnectorIfNobodyCame() throws IOException {
            ahead(telling("pid"));
            ProcessHandle child = ProcessHandle.of(pidOf("pid")).orElseThrow();

            connector.close();

            assertThat(child.isAlive()).isFalse();
        }

        @Test
        void endsAtOnceIfTheConnectorIsClosedAlready() throws IOException {
            connector = new StdioConnector("child", telling("pid"));
            connector.close();
            connector.startAhead();

            long pid = pidOf("pid");

            await().until(() ->
                    ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isEmpty());
        }

        @Test
        void failsWhoeverComesIfItCannotBeStarted() {
            ahead(StdioCommand.of("/no/such/program"));

            assertThatThrownBy(StdioConnectorTest.this::open)
                    .isInstanceOf(UpstreamException.class)
                    .hasMessage("it could not be started: the program \"program\" does not exist");
        }

        @Test
        void isOne() throws IOException {
            ahead(telling("pids")).startAhead();

            assertThat(ask(open(), "echo", Map.of("value", "one"))).isEqualTo("one"); // by then it has told

            assertThat(Files.readAllLines(directory.resolve("pids"))).hasSize(1);
        }
    }

    @Test
    void findsProgramsOnThePathThatTheChildGets() throws IOException {
        Path program = Files.writeString(directory.resolve("my-server"), "#!/bin/sh\nexec \"$NODE\" \"$@\"\n");
        assertThat(program.toFile().setExecutable(true)).isTrue();
        List<String> words = Child.command().words();
        connector = new StdioConnector(
                "child",
                StdioCommand.of("my-server", words.get(1))
                        .withVariable("PATH", directory + ":/bin")
                        .withVariable("NODE", node()));

        assertThat(ask(open(), "echo", Map.of("value", "found"))).isEqualTo("found");
    }

    private static String node() {
        return Arrays.stream(System.getenv("PATH").split(":"))
                .map(folder -> folder + "/node")
                .filter(file -> Files.isExecutable(Path.of(file)))
                .findFirst()
                .orElseThrow();
    }

    @Nested
    class Closing {
        @Test
        void letsAChildEndByItself() {
            connector = new StdioConnector("child", Child.command().withGrace(Duration.ofSeconds(10)));
            StdioConnection connection = open();
            ask(connection, "pid");

            connector.close();

            assertThat(connection.process().exitValue()).isZero();
        }

        @Test
        void endsAChildThatIgnoresItsStdinAndSigterm() {
            StdioConnection connection = open(Launch.inOwnSession(), "stubborn");
            long grandchild = Long.parseLong(ask(connection, "fork"));

            connector.close();

            assertThat(connection.process().isAlive()).isFalse();
            assertThat(Child.isRunning(grandchild)).isFalse();
            assertThat(connector.children()).isZero();
        }

        @Test
        void endsTheWholeTreeWithoutSetsid() {
            StdioConnection connection = open(Launch.plain(), "stubborn");
            long grandchild = Long.parseLong(ask(connection, "fork"));

            connector.close();

            assertThat(connection.process().isAlive()).isFalse();
            assertThat(Child.isRunning(grandchild)).isFalse();
        }

        @Test
        void endsOrphansOfAChildThatDiedBefore() {
            long orphan = Long.parseLong(ask(open(Launch.inOwnSession()), "forkAndDie"));

            await().atMost(Duration.ofSeconds(10))
                    .untilAsserted(() -> assertThat(Child.isRunning(orphan)).isFalse());
        }

        @Test
        void refusesWhatComesLater() {
            connector.close();

            assertThatThrownBy(StdioConnectorTest.this::open)
                    .isInstanceOf(UpstreamException.class)
                    .hasMessage("the gateway is closing");
        }

        @Test
        void leavesNoThread() {
            connector = new StdioConnector("unique-name", Child.command());
            ask(open(), "pid");
            assertThat(threads()).as("while it is open").isNotEmpty();

            connector.close();

            await().until(() -> threads().isEmpty());
        }

        private static List<String> threads() {
            return Thread.getAllStackTraces().keySet().stream()
                    .map(Thread::getName)
                    .filter(name -> name.contains("unique-name"))
                    .toList();
        }
    }

    /** What a host looks like that is killed. */
    static final class Host {
        private Host() {}

        public static void main(String[] arguments) throws InterruptedException {
            StdioConnector connector = new StdioConnector("child", Child.command());
            System.out.println(ask(await(connector.connect(new Child.Client(), new Child.Gatekeeper())), "pid"));
            Thread.currentThread().join();
        }
    }

    @Test
    void childrenEndWhenTheJvmIsKilled() throws IOException {
        Process host = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Host.class.getName())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        BufferedReader out = new BufferedReader(new InputStreamReader(host.getInputStream(), StandardCharsets.UTF_8));
        long child = Long.parseLong(out.readLine());
        assertThat(Child.isRunning(child)).isTrue();

        host.destroyForcibly();

        await().untilAsserted(() -> assertThat(Child.isRunning(child)).isFalse());
    }
}
