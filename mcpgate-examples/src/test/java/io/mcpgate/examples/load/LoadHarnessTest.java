package io.mcpgate.examples.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A harness that takes wrong answers for right ones measures nothing. */
@Timeout(120)
class LoadHarnessTest {
    private static final Duration SHORT = Duration.ofMillis(200);

    private static Bench bench;

    @BeforeAll
    static void start() throws Exception {
        bench = new Bench(Plan.QUICK, List.of(Jdk.own()), new Figures());
    }

    @AfterAll
    static void end() throws Exception {
        bench.close();
    }

    private static Bench.Measured measure(String tool, int connections) throws Exception {
        Target direct = Target.direct(bench.upstream);
        return bench.measure(direct, bench.calls(direct, tool, connections, SHORT));
    }

    @Nested
    class ARun {
        @Test
        void countsWhatBothSidesCount() throws Exception {
            long before = bench.upstream.calls();

            Outcome outcome = measure("small", 16).outcome();

            assertThat(outcome.right()).isPositive().isEqualTo(bench.upstream.calls() - before);
            assertThat(outcome.latency().count()).isEqualTo(outcome.counted()).isLessThanOrEqualTo(outcome.right());
        }

        @Test
        void countsTheBytesOfLargeResults() throws Exception {
            Outcome outcome = measure(Fixture.LARGE, 2).outcome();

            assertThat(outcome.bytes()).isGreaterThanOrEqualTo(outcome.counted() * Fixture.LARGE_BYTES);
        }

        @Test
        void knowsHowLateEachEventIs() throws Exception {
            Outcome outcome = measure("progress-5-1", 3).outcome();

            assertThat(outcome.lag().count()).isEqualTo(5 * outcome.right());
        }

        @Test
        void failsIfAnAnswerBelongsToAnotherCall() {
            assertThatThrownBy(() -> measure(Fixture.WRONG_ID, 1)).hasMessageContaining("not the answer to 1000000001");
        }

        @Test
        void failsIfACallFails() {
            assertThatThrownBy(() -> measure(Fixture.FAILING, 1)).hasMessageContaining("This tool fails");
        }

        @Test
        void failsIfCallsDoNotReachTheServer() {
            Target cached = new Target("cache", bench.upstream.endpoint("/mcp"), "", null, false, () -> 0);

            assertThatThrownBy(() -> bench.measure(cached, bench.calls(cached, "small", 1, SHORT)))
                    .hasMessageContaining("and 0 reached the server");
        }

        @Test
        void failsIfNobodyListens() throws Exception {
            try (Socket taken = new Socket()) { // so that nobody else listens there
                taken.bind(new InetSocketAddress("127.0.0.1", 0));
                URI nobody = URI.create("http://127.0.0.1:" + taken.getLocalPort() + "/mcp");
                Target target = new Target("nobody", nobody, "", null, false, () -> 0);

                assertThatThrownBy(() -> bench.measure(target, bench.calls(target, "small", 1, SHORT)))
                        .hasMessageContaining("cannot connect");
            }
        }

        /** Each call takes 200 ms and one is due every 50 ms: what waits for its turn must not look fast. */
        @Test
        void countsFromWhenACallShouldHaveBeenSent() throws Exception {
            Target direct = Target.direct(bench.upstream);
            Job job = bench.calls(direct, "progress-1-100", 1, Duration.ofSeconds(1));

            Outcome outcome = bench.measure(direct, job.withRate(20)).outcome();

            double waitedMicros = 200_000 + 150_000.0 * (outcome.latency().count() - 1);
            assertThat(outcome.late()).isPositive();
            assertThat(outcome.latency().max()).isGreaterThan(0.99 * waitedMicros);
        }
    }

    @Nested
    class AtStandardInput {
        @TempDir
        Path counts;

        @Test
        void everyCallIsCounted() throws Exception {
            List<String> command = bench.processes.programCommand(StdioUpstream.class, counts.toString());
            try (StdioClient client = new StdioClient("bare", bench.processes.start("bare", command, Map.of()))) {
                assertThat(client.calls(SHORT).count()).isPositive().isEqualTo(Counts.sum(counts));
            }
        }
    }

    @Nested
    class Readers {
        @Test
        void readMessagesInWhateverPiecesTheyCome() {
            String wire = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
                    + "5\r\ndata:\r\n7\r\n a\ndata\r\n5\r\n:b\n\n:\r\n0\r\nX: y\r\n\r\n"
                    + "HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n"
                    + "HTTP/1.1 200 OK\r\ncontent-length: 2\r\nMCP-Session-ID: s1\r\n\r\n{}";
            for (int piece = 1; piece < wire.length(); piece++) {
                assertThat(read(wire, piece)).containsExactly("200", "event ab", "202", "200", "{}", "session s1");
            }
        }

        private List<String> read(String wire, int piece) {
            List<String> seen = new ArrayList<>();
            HttpReader[] reader = new HttpReader[1];
            EventReader events = new EventReader((data, bytes) -> seen.add("event " + text(data, 0, bytes)));
            StringBuilder body = new StringBuilder();
            reader[0] = HttpReader.ofResponses(new HttpReader.Receiver() {
                @Override
                public void head() {
                    seen.add("" + reader[0].status());
                }

                @Override
                public void body(byte[] bytes, int from, int to) {
                    if (reader[0].isEventStream()) events.feed(bytes, from, to);
                    else body.append(text(bytes, from, to));
                }

                @Override
                public void end() {
                    if (!body.isEmpty()) seen.add(body.toString());
                    if (!reader[0].session().isEmpty()) seen.add("session " + reader[0].session());
                }
            });
            byte[] bytes = wire.getBytes(StandardCharsets.US_ASCII);
            for (int at = 0; at < bytes.length; at += piece)
                reader[0].feed(bytes, at, Math.min(bytes.length, at + piece));
            return seen;
        }

        private String text(byte[] bytes, int from, int to) {
            return new String(bytes, from, to - from, StandardCharsets.US_ASCII);
        }

        @Test
        void findTheMembersOfAMessageInAnyOrder() {
            byte[] json = ("{ \"params\" : {\"_meta\":{\"x\":[1,{\"progressToken\":0}],\"progressToken\":\"t\\\"1\"},"
                            + "\"arguments\":{\"name\":\"no\",\"s\":\"}\\\\\"},\"name\":\"tool\"}, \"method\":\"tools/call\","
                            + "\"id\":\"a,b\" , \"jsonrpc\":\"2.0\"}")
                    .getBytes(StandardCharsets.UTF_8);
            Message message = new Message();

            message.read(json, 0, json.length);

            assertThat(message.id).hasToString("\"a,b\"");
            assertThat(message.method).hasToString("tools/call");
            assertThat(message.name).hasToString("tool");
            assertThat(message.token).hasToString("\"t\\\"1\"");
            assertThat(message.result.present()).isFalse();
        }
    }
}
