package io.mcpgate.stdio;

import static io.mcpgate.stdio.Child.ask;
import static io.mcpgate.stdio.Child.await;
import static io.mcpgate.stdio.Child.call;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.mcpgate.Call;
import io.mcpgate.ErrorCode;
import io.mcpgate.Payload;
import io.mcpgate.Reply;
import io.mcpgate.RequestId;
import io.mcpgate.core.json.JsonLimits;
import io.mcpgate.core.json.JsonReader;
import io.mcpgate.core.json.MalformedMessage;
import io.mcpgate.core.route.ConnectionLost;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StdioConnectionTest {
    private final List<StdioConnector> connectors = new ArrayList<>();
    private final Child.Gatekeeper gatekeeper = new Child.Gatekeeper();
    private final Child.Client client = new Child.Client();

    @AfterEach
    void close() {
        connectors.forEach(StdioConnector::close);
    }

    private StdioConnection open(StdioCommand command, Child.Gatekeeper origin) {
        StdioConnector connector = new StdioConnector("child", command);
        connectors.add(connector);
        return (StdioConnection) await(connector.connect(client, origin));
    }

    private StdioConnection open(String... behaviour) {
        return open(Child.command(behaviour), gatekeeper);
    }

    @Nested
    class SomethingElseOnStdout {
        @Test
        void skipsAndCountsWhatIsNoMessage() {
            StdioConnection connection = open();

            assertThat(ask(connection, "noise")).isEqualTo("after noise");
            assertThat(ask(connection, "echo", Map.of("value", "still here"))).isEqualTo("still here");
            assertThat(connection.skippedLines()).isEqualTo(8);
        }

        @Test
        void dropsAnErrorThatNamesNoRequest() {
            StdioConnection connection = open();

            assertThat(ask(connection, "nullId")).isEqualTo("after null");
            assertThat(gatekeeper.unexpected).hasValue(1);
        }

        @Test
        void skipsMalformedUtf8AndKeepsWellFormedOneWhateverThePlatformsCharset() {
            StdioConnection connection = open(Child.command().withVariable("LC_ALL", "C"), gatekeeper);

            assertThat(ask(connection, "badUtf8")).isEqualTo("hé € 𝄞");
            assertThat(ask(connection, "echo", Map.of("value", "ü 漢 𝄞"))).isEqualTo("ü 漢 𝄞");
            assertThat(connection.skippedLines()).isEqualTo(1);
        }

        @ParameterizedTest
        @ValueSource(strings = {"duplicateMember", "tooDeep", "tooManyMembers", "loneSurrogate", "notANumber"})
        void failsOnlyTheCallWhoseAnswerIsMalformed(String tool) {
            StdioConnection connection = open();
            CompletableFuture<Reply> other =
                    connection.send(call(client, 5, "never", Map.of())).toCompletableFuture();

            Reply reply = await(connection.send(call(client, 6, tool, Map.of())));

            assertThat(reply)
                    .isInstanceOfSatisfying(
                            Reply.Failure.class,
                            failure -> assertThat(failure.kind()).isEqualTo(ErrorCode.BAD_UPSTREAM));
            assertThat(ask(connection, "echo", Map.of("value", "next"))).isEqualTo("next");
            assertThat(connection.skippedLines()).isEqualTo(1);
            assertThat(other).isNotDone();
        }

        @Test
        void failsNoCallWhoseIdAMalformedRequestHas() {
            StdioConnection connection = open();

            assertThat(ask(connection, "malformedRequest")).isEqualTo("after a malformed request");
            assertThat(connection.skippedLines()).isEqualTo(2);
        }

        @Test
        void takesLinesThatEndLikeOnWindows() {
            assertThat(ask(open(), "crlf")).isEqualTo("crlf");
        }

        @Test
        void splitsOnlyAtLineFeeds() {
            StdioConnection connection = open();

            assertThat(ask(connection, "separators")).isEqualTo("a\u2028b\u2029c\u0085d");
            assertThat(connection.skippedLines()).isZero();
        }

        @Test
        void failsOnlyTheCallWhoseAnswerIsTooLong() {
            StdioConnection connection = open(Child.command().withLineBytesMax(1 << 20), gatekeeper);
            CompletableFuture<Reply> other =
                    connection.send(call(client, 5, "never", Map.of())).toCompletableFuture();

            for (String tool : List.of("hugeIdFirst", "hugeIdLast")) {
                Reply reply = await(connection.send(call(client, 6, tool, Map.of("bytes", 100 << 20))));

                assertThat(reply)
                        .isInstanceOfSatisfying(
                                Reply.Failure.class,
                                failure -> assertThat(failure.code()).isEqualTo(ErrorCode.TOO_LARGE.code()));
            }
            assertThat(ask(connection, "echo", Map.of("value", "next"))).isEqualTo("next");
            assertThat(connection.skippedLines()).isEqualTo(2);
            assertThat(other).isNotDone();
        }
    }

    @Nested
    class StderrOfTheChild {
        @Test
        void isEmptiedHoweverMuchItIs() {
            StdioConnection connection = open();

            assertThat(ask(connection, "stderrFlood", Map.of("bytes", 64 << 20)))
                    .isEqualTo("after flood");
        }
    }

    @Nested
    class TheEndOfTheChild {
        @Test
        void failsCallsInFlightAtOnceWithTheExitCode() {
            StdioConnection connection = open();
            CompletableFuture<Reply> other =
                    connection.send(call(client, 1, "never", Map.of())).toCompletableFuture();

            Reply reply = await(connection.send(call(client, 2, "exit", Map.of("code", 7))));

            assertUnavailable(reply, "The server \"child\" ended with exit code 7");
            assertUnavailable(await(other), "The server \"child\" ended with exit code 7");
            assertThat(connection.isOpen()).isFalse();
        }

        @Test
        void isTheSameForExitCodeZeroAndForASignal() {
            assertUnavailable(await(open().send(call(client, 1, "exit", Map.of("code", 0)))), "exit code 0");
            assertUnavailable(await(open().send(call(client, 1, "kill", Map.of()))), "exit code 137");
        }

        @Test
        void tellsCallersNothingOfStderr() {
            Reply reply = await(open().send(call(client, 1, "complain", Map.of())));

            assertThat(reply)
                    .isInstanceOfSatisfying(
                            Reply.Failure.class,
                            failure -> assertThat(failure.message()).doesNotContain("cannot go on"));
        }

        @Test
        void doesNotLoseWhatItSaidBefore() {
            assertThat(ask(open(), "lastWords")).isEqualTo("said before the end");
        }

        @Test
        void isAlsoTheEndOfItsStdout() {
            StdioConnection connection = open();

            assertUnavailable(await(connection.send(call(client, 1, "closeStdout", Map.of()))), "closed its stdout");
            await().untilAsserted(
                            () -> assertThat(connection.process().isAlive()).isFalse());
        }

        @Test
        void isNoticedAlthoughAGrandchildHoldsThePipes() {
            StdioConnection connection = open();
            long grandchild = Long.parseLong(ask(connection, "forkHolding"));

            assertUnavailable(await(connection.send(call(client, 1, "kill", Map.of()))), "exit code 137");
            await().untilAsserted(() -> assertThat(Child.isRunning(grandchild)).isFalse());
        }

        @Test
        void makesTheNextSendAskForAnotherConnection() {
            StdioConnection connection = open();
            await(connection.send(call(client, 1, "exit", Map.of("code", 1))));

            assertThatThrownBy(() -> await(connection.send(call(client, 2, "echo", Map.of("value", "x")))))
                    .isInstanceOf(ConnectionLost.class);
        }
    }

    @Nested
    class AChildThatDoesNotRead {
        @Test
        void blocksNobodyAndFailsWhatDoesNotFit() {
            StdioConnection connection = open(Child.command("deaf").withLineBytesMax(1 << 20), gatekeeper);
            String value = "x".repeat(100_000);
            List<CompletableFuture<Reply>> replies = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                replies.add(connection
                        .send(call(client, i, "echo", Map.of("value", value)))
                        .toCompletableFuture());
            }

            assertUnavailable(await(replies.get(19)), "does not read");
            assertThat(replies.get(0)).isNotDone();

            connection.close();
            assertThatThrownBy(() -> await(replies.get(5))).isInstanceOf(ConnectionLost.class);
        }

        @Test
        void endsAllTheSame() {
            StdioConnection connection = open("deaf");
            connection.send(call(client, 1, "echo", Map.of("value", "x".repeat(1 << 20))));

            connection.close();

            await(connection.ended());
            assertThat(connection.process().isAlive()).isFalse();
        }
    }

    @Nested
    class Correlation {
        @Test
        void takesTheFirstAnswerOnly() {
            StdioConnection connection = open();

            assertThat(ask(connection, "twice")).isEqualTo("first");
            assertThat(ask(connection, "echo", Map.of("value", "own"))).isEqualTo("own");
            assertThat(gatekeeper.unexpected).hasValue(1);
        }

        @Test
        void dropsAnswersToWhatNobodyAsked() {
            assertThat(ask(open(), "unknownId")).isEqualTo("for you");
            assertThat(gatekeeper.unexpected).hasValue(2);
        }

        @Test
        void tellsTheServerOfACancelAndDropsItsLateAnswer() {
            StdioConnection connection = open();
            Call call = call(client, 1, "never", Map.of());
            CompletableFuture<Reply> reply = connection.send(call).toCompletableFuture();

            call.cancellation().cancel();

            assertThat(await(reply))
                    .isInstanceOfSatisfying(
                            Reply.Failure.class,
                            failure -> assertThat(failure.kind()).isEqualTo(ErrorCode.CANCELLED));
            await().untilAsserted(() -> assertThat(gatekeeper.unexpected).hasValue(1));
        }

        @Test
        void bringsARequestOfTheServerToTheCallThatItBelongsTo() {
            Child.Gatekeeper answering = new Child.Gatekeeper(
                    request -> Reply.complete(Payload.of(Map.of("content", Map.of("type", "text", "text", "hello")))));
            StdioConnection connection = open(Child.command(), answering);

            assertThat(ask(connection, "sample")).isEqualTo("client said hello");
            Call request = answering.handled.get(0);
            assertThat(request.method()).isEqualTo("sampling/createMessage");
            assertThat(request.parent()).map(parent -> parent.target().name()).contains("sample");
        }

        @Test
        void bringsProgressBackUnderTheTokenOfTheCaller() {
            StdioConnection connection = open();
            Call call = Child.asking(client, 1, "reports", Map.of("value", "v"), "mine");

            await(connection.send(call));

            assertThat(gatekeeper.handled).hasSize(2).allSatisfy(progress -> {
                assertThat(progress.params().string("progressToken")).contains("mine");
                assertThat(progress.parent()).map(Call::id).contains(call.id());
            });
        }
    }

    @Nested
    class WhatTheChildGets {
        @Test
        void isOnlyTheAllowedEnvironment() {
            StdioConnection connection =
                    open(Child.command().inheriting("NOT_SET_ANYWHERE").withVariable("GIVEN", "yes"), gatekeeper);

            Map<String, Object> environment = object(ask(connection, "env"));

            assertThat(environment).containsEntry("GIVEN", "yes").containsKey("PATH");
            assertThat(StdioCommand.DEFAULT_NAMES)
                    .containsAll(environment.keySet().stream()
                            .filter(name -> !name.equals("GIVEN"))
                            .toList());
            assertThat(System.getenv().keySet())
                    .as("there is something to hide")
                    .hasSizeGreaterThan(environment.size());
        }

        private Map<String, Object> object(String json) {
            try {
                return new JsonReader(JsonLimits.DEFAULT)
                        .payload(json.getBytes(StandardCharsets.UTF_8))
                        .members();
            } catch (MalformedMessage malformed) {
                throw new AssertionError(malformed);
            }
        }

        @Test
        void isTheWorkingDirectoryThatWasNamed(@TempDir Path directory) throws IOException {
            StdioConnection connection = open(Child.command().withDirectory(directory), gatekeeper);

            assertThat(ask(connection, "cwd")).isEqualTo(directory.toRealPath().toString());
        }
    }

    @Test
    void sendsNotifications() {
        StdioConnection connection = open();
        Call progress = Call.notification(
                "notifications/progress", Payload.of(Map.of("progressToken", "p1", "progress", 1)), client);

        assertThat(await(connection.send(progress))).isInstanceOf(Reply.Accepted.class);
        assertThat(ask(connection, "progressSeen")).isEqualTo("p1");
    }

    @Test
    void closesWithoutMakingItsCallerWait() {
        StdioConnection connection = open(Child.command("stubborn").withGrace(Duration.ofSeconds(2)), gatekeeper);
        CompletableFuture<Reply> reply =
                connection.send(call(client, 1, "never", Map.of())).toCompletableFuture();
        ask(connection, "pid"); // so the line before it has been written

        connection.close();
        connection.close();

        assertThat(connection.process().isAlive())
                .as("it takes its time, its closer does not")
                .isTrue();
        assertUnavailable(await(reply), "was closed");
        await(connection.ended());
        assertThat(connection.process().isAlive()).isFalse();
    }

    @Test
    void passesAnErrorOfTheServerOnAsItIs() {
        Reply reply = await(open().send(Call.request(RequestId.of(1), "no/such", Payload.empty(), client)));

        assertThat(reply)
                .isInstanceOfSatisfying(
                        Reply.Failure.class,
                        failure -> assertThat(failure.code()).isEqualTo(-32601));
    }

    private static void assertUnavailable(Reply reply, String message) {
        assertThat(reply).isInstanceOfSatisfying(Reply.Failure.class, failure -> {
            assertThat(failure.kind()).isEqualTo(ErrorCode.UNAVAILABLE);
            assertThat(failure.message()).contains(message);
        });
    }
}
