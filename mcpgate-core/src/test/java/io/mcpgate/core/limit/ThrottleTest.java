package io.mcpgate.core.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mcpgate.Call;
import io.mcpgate.ErrorCode;
import io.mcpgate.Interceptor;
import io.mcpgate.Payload;
import io.mcpgate.Principal;
import io.mcpgate.Reply;
import io.mcpgate.contract.InterceptorContract;
import io.mcpgate.contract.RecordingSession;
import io.mcpgate.contract.Samples;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ThrottleTest {
    private static final List<String> ANY = List.of("*");
    private final AtomicLong nanos = new AtomicLong();
    private final RecordingSession session = RecordingSession.legacy("s");

    private Throttle throttle(Limit... limits) {
        return new Throttle(List.of(limits), nanos::get);
    }

    private static Reply pass(Throttle throttle, Call call) {
        return throttle.intercept(call, further -> CompletableFuture.completedFuture(Reply.complete(Payload.empty())))
                .toCompletableFuture()
                .join();
    }

    private static boolean passes(Throttle throttle, Call call) {
        return pass(throttle, call) instanceof Reply.Complete;
    }

    private Call search() {
        return Samples.toolCall("search", session);
    }

    @Nested
    class AsAStep extends InterceptorContract {
        @Override
        protected Interceptor interceptor() {
            return throttle(Limit.of("burst", Limit.Per.PRINCIPAL, Rate.parse("5/s")));
        }
    }

    @Test
    void refusesTheCallOverTheLimitAndSaysWhenToComeBack() {
        Throttle throttle = throttle(Limit.of("burst", Limit.Per.PRINCIPAL, Rate.parse("2/10s")));
        assertThat(passes(throttle, search())).isTrue();
        assertThat(passes(throttle, search())).isTrue();

        Reply.Failure refused = (Reply.Failure) pass(throttle, search());

        assertThat(refused.kind()).isEqualTo(ErrorCode.RATE_LIMITED);
        assertThat(refused.data()).isNotNull();
        assertThat(refused.data().members())
                .containsEntry("reason", "rate_limited")
                .containsEntry("retryAfterMs", 5_001L);
    }

    @Test
    void letsCallsThroughAgainAfterTheTimeThatItSaid() {
        Throttle throttle = throttle(Limit.of("burst", Limit.Per.PRINCIPAL, Rate.parse("1/10s")));
        assertThat(passes(throttle, search())).isTrue();
        assertThat(passes(throttle, search())).isFalse();

        nanos.addAndGet(Duration.ofMillis(10_001).toNanos());

        assertThat(passes(throttle, search())).isTrue();
    }

    @Test
    void keepsSeveralWindowsAtOnce() {
        Throttle throttle = throttle(Limit.of("both", Limit.Per.PRINCIPAL, Rate.parse("2/s"), Rate.parse("3/h")));
        assertThat(passes(throttle, search())).isTrue();
        assertThat(passes(throttle, search())).isTrue();
        assertThat(passes(throttle, search())).as("2/s").isFalse();
        nanos.addAndGet(Duration.ofSeconds(1).toNanos());
        assertThat(passes(throttle, search())).isTrue();
        nanos.addAndGet(Duration.ofSeconds(1).toNanos());

        assertThat(passes(throttle, search())).as("3/h").isFalse();
    }

    @Test
    void countsARefusedCallAgainstNoLimit() {
        Throttle throttle = throttle(
                Limit.of("all", Limit.Per.GLOBAL, Rate.parse("2/h")),
                Limit.of("each", Limit.Per.PRINCIPAL, Rate.parse("1/h")));
        assertThat(passes(throttle, search())).isTrue();
        for (int i = 0; i < 10; i++) {
            assertThat(passes(throttle, search())).isFalse();
        }

        assertThat(passes(throttle, search().withPrincipal(Principal.of("bob"))))
                .isTrue();
    }

    @Test
    void countsByPrincipalWhateverTheSession() {
        Throttle throttle = throttle(Limit.of("each", Limit.Per.PRINCIPAL, Rate.parse("1/h")));
        assertThat(passes(throttle, search())).isTrue();

        assertThat(passes(throttle, Samples.toolCall("search", RecordingSession.modern("another"))))
                .isFalse();
        assertThat(passes(throttle, search().withPrincipal(Principal.of("bob"))))
                .isTrue();
    }

    @Test
    void countsByToolForEverybodyTogether() {
        Throttle throttle = throttle(Limit.of("tool", Limit.Per.TOOL, Rate.parse("1/h")));
        assertThat(passes(throttle, search())).isTrue();

        assertThat(passes(throttle, search().withPrincipal(Principal.of("bob"))))
                .isFalse();
        assertThat(passes(throttle, search().withServer("other"))).isTrue();
        assertThat(passes(throttle, Samples.toolCall("get", session))).isTrue();
    }

    @Test
    void countsByPrincipalAndToolByServerOrAltogether() {
        Throttle each = throttle(Limit.of("x", Limit.Per.PRINCIPAL_TOOL, Rate.parse("1/h")));
        assertThat(passes(each, search())).isTrue();
        assertThat(passes(each, search())).isFalse();
        assertThat(passes(each, search().withPrincipal(Principal.of("bob")))).isTrue();

        Throttle server = throttle(Limit.of("x", Limit.Per.SERVER, Rate.parse("1/h")));
        assertThat(passes(server, search())).isTrue();
        assertThat(passes(server, search().withPrincipal(Principal.of("bob")))).isFalse();
        assertThat(passes(server, search().withServer("other"))).isTrue();

        Throttle global = throttle(Limit.of("x", Limit.Per.GLOBAL, Rate.parse("1/h")));
        assertThat(passes(global, search())).isTrue();
        assertThat(passes(global, search().withServer("other").withPrincipal(Principal.of("bob"))))
                .isFalse();
    }

    @Test
    void countsOnlyWhatTheLimitIsAbout() {
        Throttle throttle = throttle(new Limit(
                "searches", Limit.Per.PRINCIPAL, List.of(Rate.parse("1/h")), List.of("crm"), List.of("sea*"), ANY));
        assertThat(passes(throttle, search())).isTrue();
        assertThat(passes(throttle, search())).isFalse();

        assertThat(passes(throttle, search().withServer("other"))).isTrue();
        assertThat(passes(throttle, Samples.toolCall("get", session))).isTrue();
        assertThat(passes(throttle, Samples.request("tools/list", Map.of(), session)))
                .isTrue();
    }

    @Test
    void doesNotCountListsUnlessAsked() {
        Throttle throttle = throttle(Limit.of("work", Limit.Per.PRINCIPAL, Rate.parse("1/h")));

        for (int i = 0; i < 5; i++) {
            assertThat(passes(throttle, Samples.request("tools/list", Map.of(), session)))
                    .isTrue();
        }
    }

    @Test
    void countsOnceForEachOfTwoLimitsThatAreEqualAlsoWhenTheyAreTakenOver() {
        Limit limit = Limit.of("same", Limit.Per.PRINCIPAL, Rate.parse("2/h"));
        Throttle before = throttle(limit, limit);
        assertThat(passes(before, search())).isTrue();

        Throttle after = before.withLimits(List.of(limit, limit));

        assertThat(passes(after, search())).isTrue();
        assertThat(passes(after, search())).isFalse();
    }

    /** A client can call as many tools as it can make up names. */
    @Nested
    class WithNoRoomForAnotherCount {
        private final Limit each = Limit.of("each", Limit.Per.PRINCIPAL_TOOL, Rate.parse("1/h"));
        private final Throttle full = new Throttle(List.of(each), nanos::get, new Counts.Room(3, 3));

        private boolean mayCall(String tool) {
            return passes(full, Samples.toolCall(tool, session));
        }

        private void invent(int names) {
            for (int i = 0; i < names; i++) {
                mayCall("invented-" + i);
            }
        }

        @Test
        void forgetsNoneOfWhichSomethingIsUsedUp() {
            assertThat(mayCall("expensive")).isTrue();

            invent(1_000);

            assertThat(mayCall("expensive")).isFalse();
        }

        @Test
        void leavesRoomForOthersThanWhoHasInventedTooManyNames() {
            Throttle roomy = new Throttle(List.of(each), nanos::get, new Counts.Room(100, 3));
            for (int i = 0; i < 1_000; i++) {
                passes(roomy, Samples.toolCall("invented-" + i, session));
            }

            assertThat(passes(roomy, Samples.toolCall("new", session))).isFalse();
            assertThat(passes(roomy, search().withPrincipal(Principal.of("bob"))))
                    .as("of somebody else")
                    .isTrue();
        }

        @Test
        void countsAllWhoComeNewTogether() {
            invent(3);

            assertThat(mayCall("new")).isTrue();
            assertThat(mayCall("newer")).isFalse();
        }

        @Test
        void makesRoomWhenCountsAreWholeAgain() {
            invent(4);
            assertThat(mayCall("new")).isFalse();

            nanos.addAndGet(Duration.ofHours(1).toNanos());

            assertThat(mayCall("new")).isTrue();
            assertThat(mayCall("newer")).as("has a count of its own").isTrue();
        }

        @Test
        void makesRoomOnlyInPlaceOfThoseThatAreWhole() {
            invent(2);
            nanos.addAndGet(Duration.ofMinutes(30).toNanos());
            assertThat(mayCall("expensive")).isTrue();
            nanos.addAndGet(Duration.ofMinutes(30).toNanos());

            assertThat(mayCall("new")).isTrue();

            assertThat(mayCall("newer")).as("also has a count of its own").isTrue();
            assertThat(mayCall("expensive")).isFalse();
        }

        /** Otherwise it would have twice as much: what was shared, and then its own. */
        @Test
        void beginsACountWithNoMoreThanIsLeftOfTheSharedOne() {
            invent(3);
            nanos.addAndGet(Duration.ofMinutes(30).toNanos());
            assertThat(mayCall("new")).as("by the shared count").isTrue();
            nanos.addAndGet(Duration.ofMinutes(30).toNanos());

            assertThat(mayCall("new")).as("there is room by now").isFalse();
        }

        @Test
        void givesBackWhatItHasTakenFromTheSharedCount() {
            Throttle two = new Throttle(
                    List.of(
                            Limit.of("each", Limit.Per.PRINCIPAL_TOOL, Rate.parse("1/d")),
                            Limit.of("all", Limit.Per.GLOBAL, Rate.parse("1/h"))),
                    nanos::get,
                    new Counts.Room(1, 1));
            assertThat(passes(two, search())).isTrue();
            Call newcomer = Samples.toolCall("new", session);
            assertThat(passes(two, newcomer)).as("refused by the other limit").isFalse();

            nanos.addAndGet(Duration.ofHours(1).toNanos());

            assertThat(passes(two, newcomer)).isTrue();
        }
    }

    @Nested
    class ARate {
        @ParameterizedTest
        @CsvSource({
            "10/s, 10, PT1S",
            "500/h, 500, PT1H",
            "20/10s, 20, PT10S",
            "1/250ms, 1, PT0.25S",
            "7 / d, 7, P1D",
            "3/5m, 3, PT5M"
        })
        void isReadLikePeopleWriteIt(String text, long calls, Duration period) {
            assertThat(Rate.parse(text)).isEqualTo(new Rate(calls, period));
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "",
                    "10",
                    "10/",
                    "/s",
                    "0/s",
                    "-1/s",
                    "10/0s",
                    "10/w",
                    "ten/s",
                    "10/s/s",
                    "1/999999d",
                    "1000001/ms", // more than one for each nanosecond
                    "9999999999999/s"
                })
        void isRefusedOtherwise(String text) {
            assertThatThrownBy(() -> Rate.parse(text)).isInstanceOf(IllegalArgumentException.class);
        }
    }
}
