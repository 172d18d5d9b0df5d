package io.mcpgate.core.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.mcpgate.Call;
import io.mcpgate.ErrorCode;
import io.mcpgate.Payload;
import io.mcpgate.Principal;
import io.mcpgate.Reply;
import io.mcpgate.RequestId;
import io.mcpgate.Session;
import io.mcpgate.contract.RecordingSession;
import io.mcpgate.core.json.Envelope;
import io.mcpgate.core.protocol.Duplex;
import io.mcpgate.core.protocol.ForwardingSession;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PooledUpstreamTest extends PooledUpstreamFixture {
    @Nested
    class ASession {
        @Test
        void hasOneConnectionForAllItsCalls() {
            RecordingSession session = RecordingSession.legacy("s");
            send(request("initialize", session));
            for (int i = 0; i < 5; i++) {
                send(request("tools/list", session));
            }

            assertThat(server.lines).hasSize(1);
            assertThat(server.lines.get(0).methods)
                    .startsWith("initialize", "tools/list")
                    .hasSize(6);
        }

        @Test
        void sharesItsConnectionWithNobody() {
            send(request("initialize", RecordingSession.legacy("a")));
            send(request("initialize", RecordingSession.legacy("b")));
            send(request("initialize", RecordingSession.legacy("a"), Principal.of("bob")));

            assertThat(server.lines).hasSize(3);
        }

        @Test
        void isIntroducedByTheGatewayWhenItHasNoConnectionYet() {
            send(request("tools/list", RecordingSession.legacy("s")));

            assertThat(server.lines.get(0).methods)
                    .containsExactly("initialize", "notifications/initialized", "tools/list");
        }

        @Test
        void isIntroducedAgainAfterALossAndTheCallIsSentOnce() {
            RecordingSession session = RecordingSession.legacy("s");
            send(request("initialize", session));
            server.lines.get(0).sessionLost = true;

            Reply reply = send(request("tools/call", session));

            assertThat(reply).isInstanceOf(Reply.Complete.class);
            assertThat(server.lines).hasSize(2);
            assertThat(server.lines.get(1).methods)
                    .containsExactly("initialize", "notifications/initialized", "tools/call");
        }

        @Test
        void opensOnlyOneConnectionWhenManyCallsComeAtOnce() {
            CompletableFuture<Reply> handshake = new CompletableFuture<>();
            server.special = call -> call.method().equals("initialize") ? handshake : null;
            RecordingSession session = RecordingSession.legacy("s");
            List<CompletableFuture<Reply>> replies = IntStream.range(0, 20)
                    .mapToObj(i ->
                            upstream.forward(request("tools/list", session)).toCompletableFuture())
                    .toList();

            handshake.complete(Reply.complete(Payload.empty()));

            replies.forEach(reply ->
                    assertThat(reply.orTimeout(5, TimeUnit.SECONDS).join()).isInstanceOf(Reply.Complete.class));
            assertThat(server.lines).hasSize(1);
        }

        @Test
        void givesItsConnectionBackWhenItEnds() {
            RecordingSession session = RecordingSession.legacy("s");
            send(request("initialize", session));

            upstream.ended(session);

            assertThat(server.lines.get(0).open).isFalse();
            assertThat(upstream.connections()).isZero();
        }

        @Test
        void isToldOfWhatTheServerSaysByItself() {
            RecordingSession session = RecordingSession.legacy("s");
            send(request("initialize", session));
            Duplex.Origin origin = server.lines.get(0).origin;

            origin.handle(
                    origin.call(new Envelope.Request(null, "notifications/tools/list_changed", Payload.empty()), null));

            assertThat(session.delivered())
                    .extracting(Call::method)
                    .containsExactly("notifications/tools/list_changed");
        }
    }

    @Nested
    class ASessionThatHasNotInitialized {
        private final Session session = new ForwardingSession(RecordingSession.legacy("s")) {
            @Override
            public Optional<Payload> handshake() {
                return Optional.empty();
            }
        };

        @Test
        void getsNoConnectionForItsCalls() {
            for (int i = 0; i < 3; i++) {
                assertThat(kind(send(request("tools/list", session)))).isEqualTo(ErrorCode.UNAVAILABLE);
            }

            assertThat(server.lines).isEmpty();
        }

        @Test
        void mayDoSoAfterwards() {
            send(request("tools/list", session));

            assertThat(send(request("initialize", session))).isInstanceOf(Reply.Complete.class);
            assertThat(send(request("tools/list", session))).isInstanceOf(Reply.Complete.class);
        }
    }

    @Nested
    class ASessionWhoseHandshakeBreaks {
        private final AtomicBoolean broken = new AtomicBoolean(true);
        private final Session session = new ForwardingSession(RecordingSession.legacy("s")) {
            @Override
            public Optional<Payload> handshake() {
                if (broken.get()) {
                    throw new IllegalStateException("broken");
                }
                return super.handshake();
            }
        };

        @Test
        void isIntroducedByItsNextCall() {
            assertThatThrownBy(() -> send(request("tools/list", session))).hasRootCauseMessage("broken");
            broken.set(false);

            assertThat(send(request("tools/list", session))).isInstanceOf(Reply.Complete.class);

            assertThat(server.lines).hasSize(1);
        }
    }

    @Nested
    class AConnectionOnWhichTheIntroductionFails {
        private final RecordingSession session = RecordingSession.legacy("s");

        /** The first connection is good, and lost; what is done to introduce the session again on the second breaks. */
        private void breakOnTheSecond(String method, Supplier<CompletionStage<Reply>> how) {
            send(request("initialize", session));
            send(Call.request(RequestId.of(2), "resources/subscribe", Payload.of(Map.of("uri", "mem://a")), session)
                    .withPrincipal(ALICE)
                    .withServer("crm"));
            server.lines.get(0).sessionLost = true;
            server.special = call -> call.method().equals(method) ? how.get() : null;
        }

        @ParameterizedTest
        @ValueSource(strings = {"initialize", "notifications/initialized", "resources/subscribe"})
        void isClosed(String method) {
            breakOnTheSecond(method, () -> CompletableFuture.failedFuture(new UpstreamException("broken pipe")));

            assertThat(kind(send(request("tools/list", session)))).isEqualTo(ErrorCode.UNAVAILABLE);

            assertThat(server.lines).extracting(Line::isOpen).containsExactly(false, false);
        }

        @ParameterizedTest
        @ValueSource(strings = {"initialize", "notifications/initialized", "resources/subscribe"})
        void isClosedAlsoIfItThrows(String method) {
            breakOnTheSecond(method, () -> {
                throw new IllegalStateException("broken");
            });

            assertThatThrownBy(() -> send(request("tools/list", session))).hasRootCauseMessage("broken");

            assertThat(server.lines).extracting(Line::isOpen).containsExactly(false, false);
        }

        @Test
        void isClosedIfItIsTheClientsOwn() {
            server.special = call -> {
                throw new IllegalStateException("broken");
            };

            assertThatThrownBy(() -> send(request("initialize", session))).hasRootCauseMessage("broken");

            assertThat(server.lines).extracting(Line::isOpen).containsExactly(false);
            server.special = call -> null;
            assertThat(send(request("tools/list", session))).isInstanceOf(Reply.Complete.class);
        }
    }

    @Nested
    class ThePool {
        @Test
        void closesTheLongestIdleConnectionWhenItIsFull() {
            upstream = upstream(Sharing.SESSION, new PoolLimits(2, Duration.ofMinutes(1), Duration.ofSeconds(5)));
            for (String key : List.of("a", "b", "c")) {
                send(request("initialize", RecordingSession.legacy(key)));
            }

            assertThat(server.lines).extracting(line -> line.open).containsExactly(false, true, true);
        }

        @Test
        void refusesWhenAllItsConnectionsAreInUse() {
            upstream = upstream(Sharing.SESSION, new PoolLimits(1, Duration.ofMinutes(1), Duration.ofSeconds(5)));
            server.special = call -> call.method().equals("tools/call") ? new CompletableFuture<>() : null;
            upstream.forward(request("tools/call", RecordingSession.legacy("a")));

            Reply reply = send(request("tools/list", RecordingSession.legacy("b")));

            assertThat(((Reply.Failure) reply).message()).contains("no connection free");
        }

        @Test
        void closesNoConnectionThatWasOnlyJustGivenToACall() {
            upstream = upstream(Sharing.SESSION, new PoolLimits(1, Duration.ofMinutes(1), Duration.ofSeconds(5)));
            send(request("initialize", RecordingSession.legacy("a")));
            List<Reply> refused = new ArrayList<>();
            server.lines.get(0).closing = // when "b" has the place of "a", and nothing is sent for it yet
                    () -> refused.add(send(request("tools/list", RecordingSession.legacy("c"), Principal.of("bob"))));

            Reply reply = send(request("tools/list", RecordingSession.legacy("b")));

            assertThat(reply).isInstanceOf(Reply.Complete.class);
            assertThat(refused)
                    .singleElement()
                    .satisfies(other ->
                            assertThat(((Reply.Failure) other).message()).contains("no connection free"));
        }

        @Test
        void closesItsConnectorAlsoBehindAConnectionThatThrows() {
            send(request("initialize", RecordingSession.legacy("a")));
            server.lines.get(0).closing = () -> {
                throw new IllegalStateException("It cannot be closed");
            };

            upstream.close();

            assertThat(server.closed).isTrue();
        }

        @Test
        void hasTheConnectionBackOfACallThatBroke() {
            upstream = upstream(Sharing.SESSION, new PoolLimits(1, Duration.ofMinutes(1), Duration.ofSeconds(5)));
            RecordingSession session = RecordingSession.legacy("a");
            send(request("initialize", session));
            server.lines.get(0).broken = true;
            assertThatThrownBy(() -> send(request("tools/list", session))).hasStackTraceContaining("broken");

            Reply reply = send(request("tools/list", RecordingSession.legacy("b")));

            assertThat(reply).isInstanceOf(Reply.Complete.class);
        }

        @Test
        void closesConnectionsThatNobodyUses() {
            upstream = upstream(Sharing.SESSION, new PoolLimits(10, Duration.ofMillis(20), Duration.ofSeconds(5)));
            send(request("initialize", RecordingSession.legacy("a")));

            await().until(() -> upstream.connections() == 0);
            assertThat(server.lines.get(0).open).isFalse();
        }

        @Test
        void remembersNothingOfASessionWhoseLastCallCameBehindItsEnd() {
            upstream = upstream(Sharing.SESSION, new PoolLimits(10, Duration.ofMillis(20), Duration.ofSeconds(5)));
            RecordingSession gone = RecordingSession.legacy("gone");
            upstream.ended(gone);
            send(request("tools/list", gone));

            await().until(() -> upstream.connections() == 0);
            assertThat(upstream.remembered()).isZero();
        }

        @Test
        void closesEverythingWithTheUpstream() {
            send(request("initialize", RecordingSession.legacy("a")));

            upstream.close();

            assertThat(server.lines.get(0).open).isFalse();
            assertThat(server.closed).isTrue();
            assertThat(kind(send(request("tools/list", RecordingSession.legacy("b")))))
                    .isEqualTo(ErrorCode.UNAVAILABLE);
        }
    }

    @Nested
    class AServerThatIsDown {
        @Test
        void costsItsCallersAClearErrorAndComesBackByItself() {
            server.unreachable = true;
            RecordingSession session = RecordingSession.legacy("s");
            Reply first = send(request("tools/list", session));
            Reply second = send(request("tools/list", session));
            assertThat(kind(first)).isEqualTo(ErrorCode.UNAVAILABLE);
            assertThat(((Reply.Failure) first).message()).isEqualTo("The server \"crm\": connection refused");
            assertThat(((Reply.Failure) second).message()).contains("next attempt is in");

            server.unreachable = false;

            await().untilAsserted(() ->
                    assertThat(send(request("tools/list", session))).isInstanceOf(Reply.Complete.class));
        }

        @Test
        void isGivenUpWhenItDoesNotAnswerTheHandshake() {
            upstream = upstream(Sharing.SESSION, new PoolLimits(10, Duration.ofMinutes(1), Duration.ofMillis(50)));
            server.special = call -> new CompletableFuture<>();

            Reply reply = send(request("initialize", RecordingSession.legacy("s")));

            assertThat(((Reply.Failure) reply).message()).contains("did not answer the handshake");
            assertThat(server.lines.get(0).open).isFalse();
        }

        @Test
        void isNotStartedAgainAndAgainWhenItDiesInItsHandshake() {
            server.special = call -> call.method().equals("initialize")
                    ? CompletableFuture.completedFuture(Reply.failure(ErrorCode.UNAVAILABLE, "exit code 1"))
                    : null;
            for (int i = 0; i < 50; i++) {
                send(request("tools/list", RecordingSession.legacy("s" + i)));
            }

            assertThat(server.lines).hasSizeLessThan(10);
        }

        @Test
        void isNotStartedAgainAndAgainWhenItDiesSoonAfter() {
            RecordingSession session = RecordingSession.legacy("s");
            for (int i = 0; i < 50; i++) {
                send(request("tools/list", session));
                server.lines.get(server.lines.size() - 1).open = false;
            }
            assertThat(server.lines).hasSizeLessThan(10);

            Reply another = send(request("tools/list", RecordingSession.legacy("b"), Principal.of("bob")));
            assertThat(another).as("nobody else waits").isInstanceOf(Reply.Complete.class);
        }

        @Test
        void isNotSentACallTwiceIfItMayHaveBegun() {
            server.special = call -> call.method().equals("tools/call")
                    ? CompletableFuture.completedFuture(Reply.failure(ErrorCode.UNAVAILABLE, "died"))
                    : null;

            send(request("tools/call", RecordingSession.legacy("s")));

            assertThat(server.lines).hasSize(1);
            assertThat(server.lines.get(0).methods).containsOnlyOnce("tools/call");
        }
    }

    @Nested
    class AModernClient {
        private final RecordingSession session = RecordingSession.modern("m");

        @Test
        void getsNoHandshakeMadeForIt() {
            send(request("tools/list", session));

            assertThat(server.lines.get(0).methods).containsExactly("tools/list");
        }

        @Test
        void losesItsConnectionWhenTheServerDoesNotSpeakItsRevision() {
            send(request("tools/list", session));
            send(request("tools/list", RecordingSession.legacy("l")));

            upstream.hangUpOnModern();

            assertThat(server.lines).extracting(Line::isOpen).containsExactly(false, true);
        }
    }
}
