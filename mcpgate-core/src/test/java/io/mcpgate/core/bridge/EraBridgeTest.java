package io.mcpgate.core.bridge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mcpgate.Call;
import io.mcpgate.ErrorCode;
import io.mcpgate.Reply;
import io.mcpgate.contract.RecordingSession;
import io.mcpgate.contract.Samples;
import io.mcpgate.core.route.Sharing;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class EraBridgeTest extends EraBridgeFixture {
    @Nested
    class AServerOfBothEras {
        @Test
        void isNotProbedForALegacyClientAndAnswersItItself() {
            bridgeTo(bothEras());
            RecordingSession session = RecordingSession.legacy("s");

            send("initialize", session);
            send("tools/list", session);

            assertThat(server.methods()).containsExactly("initialize", "tools/list");
            assertThat(server.last("tools/list").session()).isSameAs(session);
        }

        @Test
        void answersAModernClientItself() {
            bridgeTo(bothEras());
            RecordingSession session = modernClient();

            send("tools/list", session);
            send("tools/list", session);

            assertThat(server.methods()).containsExactly("server/discover", "tools/list", "tools/list");
            assertThat(server.last("tools/list").session()).isSameAs(session);
        }
    }

    @Nested
    class AModernServer {
        static Stream<Reply> refusals() {
            return Stream.of(
                    ScriptedServer.error(-32601),
                    ScriptedServer.error(-32022),
                    Reply.failure(ErrorCode.BAD_UPSTREAM, "HTTP 404"));
        }

        @ParameterizedTest
        @MethodSource("refusals")
        void isBridgedForALegacyClientHoweverItRefusesTheHandshake(Reply refusal) {
            bridgeTo(ScriptedServer.modern().on("initialize", refusal));
            RecordingSession session = RecordingSession.legacy("s");

            Reply greeted = send("initialize", session);
            send("tools/list", session);

            assertThat(((Reply.Complete) greeted).result().string("protocolVersion"))
                    .contains("2025-11-25");
            assertThat(server.last("tools/list").session().isModern()).isTrue();
        }

        @Test
        void isBridgedForALegacyClientHoweverSlowlyItStarts() {
            bridgeTo(ScriptedServer.modern());
            CompletableFuture<Reply> discovered = server.later("server/discover");
            CompletableFuture<Reply> greeted = begin("initialize", RecordingSession.legacy("s"));
            timer.advance(Duration.ofSeconds(25));
            assertThat(greeted).isNotDone();

            discovered.complete(ScriptedServer.result("{'resultType':'complete','supportedVersions':['2026-07-28']}"));

            assertThat(greeted).isCompletedWithValueMatching(Reply.Complete.class::isInstance);
        }

        @Test
        void isNotAskedForAHandshakeAgainUntilItMayHaveChanged() {
            bridgeTo(ScriptedServer.modern());
            send("initialize", RecordingSession.legacy("a"));
            send("initialize", RecordingSession.legacy("b"));
            assertThat(server.received("initialize")).hasSize(1);

            timer.advance(NO_LASTS);
            send("initialize", RecordingSession.legacy("c"));

            assertThat(server.received("initialize")).hasSize(2);
        }

        @Test
        void isBridgedWhereAllClientsShareOneConnection() {
            bridgeTo(ScriptedServer.modern(), Sharing.ALL);

            Reply greeted = send("initialize", RecordingSession.legacy("s"));

            assertThat(greeted).isInstanceOf(Reply.Complete.class);
        }

        @Test
        void tellsALegacyClientOfChangesAlsoWhereAllShareOneConnection() {
            bridgeTo(ScriptedServer.modern().on("server/discover", """
                                    {'resultType':'complete','capabilities':{'tools':{'listChanged':true}}}"""), Sharing.ALL);
            server.later(Terms.LISTEN);
            RecordingSession session = RecordingSession.legacy("s");
            send("initialize", session);
            begin(Call.notification("notifications/initialized", Json.body("{}"), session)
                    .withPrincipal(Samples.ALICE)
                    .withServer("crm"));
            Call listen = server.last(Terms.LISTEN);
            server.tell(listen, Terms.ACKNOWLEDGED, "{'_meta':{'" + Terms.SUBSCRIPTION_ID + "':1}}");

            server.tell(listen, "notifications/tools/list_changed", "{'_meta':{'" + Terms.SUBSCRIPTION_ID + "':1}}");

            assertThat(session.delivered())
                    .extracting(Call::method)
                    .containsExactly("notifications/tools/list_changed");
        }
    }

    @Nested
    class ALegacyServer {
        @Test
        void isBridgedForAModernClient() {
            bridgeTo(ScriptedServer.legacy());

            Reply listed = send("tools/list", modernClient());

            assertThat(((Reply.Complete) listed).result().string("resultType")).contains("complete");
            assertThat(server.methods())
                    .containsExactly("server/discover", "initialize", "notifications/initialized", "tools/list");
        }

        @Test
        void mayDieOfAMethodThatItDoesNotKnow() {
            bridgeTo(ScriptedServer.legacy());
            server.with("server/discover", call -> {
                server.drop();
                return CompletableFuture.completedFuture(Reply.failure(ErrorCode.UNAVAILABLE, "it died"));
            });

            Reply first = send("tools/list", modernClient());
            Reply second = send("tools/list", modernClient());

            assertThat(List.of(first, second))
                    .allSatisfy(reply -> assertThat(reply).isInstanceOf(Reply.Complete.class));
            assertThat(server.received("server/discover")).hasSize(1);
            assertThat(server.openLines()).isEqualTo(1);
        }

        @Test
        void isAskedAgainWhenItMayHaveLearnedTheNewEra() {
            bridgeTo(ScriptedServer.legacy());
            send("tools/list", modernClient());
            send("tools/list", modernClient());
            assertThat(server.received("server/discover")).hasSize(1);

            timer.advance(NO_LASTS);
            send("tools/list", modernClient());

            assertThat(server.received("server/discover")).hasSize(2);
        }

        @Test
        void mayBeSilentWhenItIsAskedForItsEra() {
            bridgeTo(ScriptedServer.legacy());
            server.later("server/discover");
            CompletableFuture<Reply> listed = begin("tools/list", modernClient());
            assertThat(listed).isNotDone();

            timer.advance(Duration.ofSeconds(5));

            assertThat(listed).isCompletedWithValueMatching(Reply.Complete.class::isInstance);
            assertThat(server.last("server/discover").cancellation().isCancelled())
                    .isTrue();
        }

        @Test
        void isWaitedForIfItIsOnlySlowAndRefusesTheHandshake() {
            bridgeTo(ScriptedServer.modern());
            CompletableFuture<Reply> discovered = server.later("server/discover");
            CompletableFuture<Reply> listed = begin("tools/list", modernClient());
            timer.advance(Duration.ofSeconds(25));
            assertThat(listed).isNotDone();

            discovered.complete(ScriptedServer.result("{'resultType':'complete'}"));

            assertThat(listed).isCompletedWithValueMatching(Reply.Complete.class::isInstance);
            assertThat(server.received("initialize")).hasSize(1);
            assertThat(send("tools/list", modernClient())).isInstanceOf(Reply.Complete.class);
            assertThat(server.received("server/discover")).hasSize(1);
        }

        @Test
        void isNotAskedAgainIfItRefusesTheHandshakeWhenItsEraIsKnown() {
            bridgeTo(ScriptedServer.modern());
            CompletableFuture<Reply> discovered = server.later("server/discover");
            CompletableFuture<Reply> greeted = server.later("initialize");
            begin("tools/list", modernClient());
            timer.advance(Duration.ofSeconds(6));

            discovered.complete(ScriptedServer.result("{'resultType':'complete'}"));
            greeted.complete(ScriptedServer.error(-32601));

            assertThat(send("tools/list", modernClient())).isInstanceOf(Reply.Complete.class);
            assertThat(server.received("server/discover")).hasSize(1);
        }

        @Test
        void speaksTheEraWhoseOpeningItAnswersFirst() {
            for (boolean modernFirst : List.of(true, false)) {
                bridgeTo(ScriptedServer.legacy());
                CompletableFuture<Reply> discovered = server.later("server/discover");
                CompletableFuture<Reply> greeted = server.later("initialize");
                begin("tools/list", modernClient());
                timer.advance(Duration.ofSeconds(6));
                Reply modern = ScriptedServer.result("{'resultType':'complete'}");
                Reply legacy = ScriptedServer.result("{'protocolVersion':'2025-11-25','capabilities':{}}");

                (modernFirst ? discovered : greeted).complete(modernFirst ? modern : legacy);
                (modernFirst ? greeted : discovered).complete(modernFirst ? legacy : modern);

                send("tools/list", modernClient());
                assertThat(server.last("tools/list").session().isModern()).isEqualTo(modernFirst);
            }
        }

        @Test
        void isNotWaitedForForEverIfItIsSilentInBothEras() {
            bridgeTo(ScriptedServer.legacy());
            server.later("server/discover");
            server.later("initialize");
            CompletableFuture<Reply> listed = begin("tools/list", modernClient());

            timer.advance(Duration.ofSeconds(30));

            assertThat(listed)
                    .isCompletedWithValueMatching(
                            reply -> reply instanceof Reply.Failure failure && failure.is(ErrorCode.DEADLINE));
        }

        @Test
        void isFoundOutAboutEvenIfWhoAskedHasGone() {
            bridgeTo(ScriptedServer.legacy());
            server.later("server/discover");
            Call asking = Samples.request("tools/list", Map.of(), modernClient());
            begin(asking);
            CompletableFuture<Reply> other = begin("tools/list", modernClient());
            asking.cancellation().cancel();

            timer.advance(Duration.ofSeconds(5));

            assertThat(other).isCompletedWithValueMatching(Reply.Complete.class::isInstance);
        }
    }

    @Nested
    class AServerThatIsNotThere {
        @Test
        void saysSoToAModernClientAndIsAskedAgain() {
            bridgeTo(ScriptedServer.modern().unreachable(true));
            Reply reply = send("tools/list", modernClient());
            assertThat(((Reply.Failure) reply).is(ErrorCode.UNAVAILABLE)).isTrue();

            server.unreachable(false);

            await().untilAsserted(
                            () -> assertThat(send("tools/list", modernClient())).isInstanceOf(Reply.Complete.class));
            assertThat(server.received("initialize")).isEmpty();
        }

        @Test
        void saysSoToALegacyClientAndIsAskedAgain() {
            bridgeTo(ScriptedServer.legacy().unreachable(true));
            RecordingSession session = RecordingSession.legacy("s");
            Reply reply = send("initialize", session);
            assertThat(((Reply.Failure) reply).is(ErrorCode.UNAVAILABLE)).isTrue();

            server.unreachable(false);

            await().untilAsserted(() -> assertThat(send("initialize", session)).isInstanceOf(Reply.Complete.class));
            assertThat(server.received("server/discover")).isEmpty();
        }

        @Test
        void hasNoEraByAFailureOfTheGatewayItself() {
            bridgeTo(ScriptedServer.modern());
            server.with("server/discover", call -> {
                throw new IllegalStateException("broken");
            });
            Reply reply = send("tools/list", modernClient());
            assertThat(((Reply.Failure) reply).is(ErrorCode.INTERNAL)).isTrue();

            server.on("server/discover", "{'resultType':'complete'}");

            assertThat(send("tools/list", modernClient())).isInstanceOf(Reply.Complete.class);
        }
    }
}
