package io.mcpgate.core.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mcpgate.Direction;
import io.mcpgate.Target;
import io.mcpgate.audit.AuditEvent;
import io.mcpgate.audit.AuditEvent.Kind;
import io.mcpgate.audit.AuditEvent.Outcome;
import io.mcpgate.audit.AuditEvent.Verdict;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class CallMetersTest {
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final CallMeters meters = new CallMeters(registry);

    private static AuditEvent ended(Target target, String method, Outcome outcome, Integer code, int... bytes) {
        return new AuditEvent(
                Kind.OUTCOME,
                Instant.EPOCH,
                "c-1",
                "alice",
                "s-1",
                "crm",
                Direction.TO_SERVER,
                method,
                target,
                Verdict.ALLOWED,
                "role support",
                outcome,
                code,
                Duration.ofMillis(30),
                bytes.length > 0 ? bytes[0] : 100,
                bytes.length > 1 ? bytes[1] : 1_000);
    }

    private static AuditEvent tool(String name, Outcome outcome, Integer code) {
        return ended(new Target(Target.Kind.TOOL, name), "tools/call", outcome, code);
    }

    private Map<String, String> tagsOfTheOnlyTimer() {
        Collection<Timer> timers = registry.find(CallMeters.DURATION).timers();
        assertThat(timers).hasSize(1);
        return timers.iterator().next().getId().getTags().stream()
                .collect(Collectors.toMap(Tag::getKey, Tag::getValue));
    }

    @Nested
    class ACall {
        @Test
        void isTimedAndMeasured() {
            meters.accept(tool("search", Outcome.OK, null));
            meters.accept(tool("search", Outcome.OK, null));

            Timer timer = registry.get(CallMeters.DURATION).timer();
            assertThat(timer.count()).isEqualTo(2);
            assertThat(timer.totalTime(TimeUnit.MILLISECONDS)).isEqualTo(60);
            assertThat(registry.get(CallMeters.REQUEST).functionCounter().count())
                    .isEqualTo(200);
            assertThat(registry.get(CallMeters.REPLY).functionCounter().count()).isEqualTo(2_000);
        }

        @Test
        void isKnownByTheNamesOfTheConventions() {
            meters.accept(tool("search", Outcome.OK, null));

            assertThat(tagsOfTheOnlyTimer())
                    .isEqualTo(Map.of(
                            "mcp.method.name", "tools/call",
                            "gen_ai.tool.name", "search",
                            "gen_ai.prompt.name", "none",
                            "mcpgate.server", "crm",
                            "mcpgate.outcome", "ok",
                            "error.type", "none"));
        }

        @Test
        void ofAPromptIsKnownByItsName() {
            meters.accept(ended(new Target(Target.Kind.PROMPT, "greet"), "prompts/get", Outcome.OK, null));

            assertThat(tagsOfTheOnlyTimer()).containsEntry("gen_ai.prompt.name", "greet");
        }

        @Test
        void ofAResourceIsNotKnownByItsUri() {
            meters.accept(ended(new Target(Target.Kind.RESOURCE, "crm://4711"), "resources/read", Outcome.OK, null));

            assertThat(tagsOfTheOnlyTimer().values()).noneMatch(value -> value.contains("4711"));
        }

        @Test
        void hasTheHostsTagsToo() {
            new CallMeters(registry, Tags.of("gate", "front"), 10).accept(tool("search", Outcome.OK, null));

            assertThat(tagsOfTheOnlyTimer()).containsEntry("gate", "front");
        }

        @Test
        void whoseBodiesNeverWereBytesHasNoSizes() {
            meters.accept(ended(new Target(Target.Kind.TOOL, "search"), "tools/call", Outcome.OK, null, -1, -1));

            assertThat(registry.get(CallMeters.DURATION).timer().count()).isEqualTo(1);
            assertThat(registry.get(CallMeters.REQUEST).functionCounter().count())
                    .isZero();
            assertThat(registry.get(CallMeters.REPLY).functionCounter().count()).isZero();
        }

        @Test
        void thatIsOnlyAttemptedIsNotCounted() {
            AuditEvent ended = tool("search", Outcome.OK, null);
            meters.accept(new AuditEvent(
                    Kind.ATTEMPT,
                    ended.time(),
                    ended.correlationId(),
                    ended.principal(),
                    ended.session(),
                    ended.server(),
                    ended.direction(),
                    ended.method(),
                    ended.target(),
                    ended.verdict(),
                    ended.reason(),
                    null,
                    null,
                    null,
                    100,
                    0));

            assertThat(registry.getMeters()).isEmpty();
        }
    }

    @Nested
    class AnError {
        @Test
        void hasTheCodeOfJsonRpcForItsType() {
            meters.accept(tool("search", Outcome.ERROR, -32602));

            assertThat(tagsOfTheOnlyTimer())
                    .containsEntry("error.type", "-32602")
                    .containsEntry("mcpgate.outcome", "error");
        }

        @Test
        void inAToolsResultIsAToolError() {
            meters.accept(tool("search", Outcome.ERROR, null));

            assertThat(tagsOfTheOnlyTimer()).containsEntry("error.type", "tool_error");
        }

        @Test
        void withoutACodeIsWhatBecameOfTheCall() {
            meters.accept(tool("search", Outcome.FAILED, null));

            assertThat(tagsOfTheOnlyTimer()).containsEntry("error.type", "failed");
        }
    }

    @Nested
    class TheNumberOfSeries {
        private final CallMeters few = new CallMeters(registry, Tags.empty(), 10);

        private List<String> tools() {
            return registry.find(CallMeters.DURATION).timers().stream()
                    .map(Meter::getId)
                    .map(id -> id.getTag("gen_ai.tool.name"))
                    .toList();
        }

        @Test
        void isBoundedAndNothingIsLost() {
            for (int i = 0; i < 100_000; i++) {
                few.accept(tool("invented-" + i, Outcome.ERROR, -32602));
            }

            assertThat(tools()).hasSize(6).contains("invented-0", "other").doesNotContain("invented-5");
            assertThat(registry.find(CallMeters.DURATION).timers().stream()
                            .mapToLong(Timer::count)
                            .sum())
                    .isEqualTo(100_000);
        }

        @Test
        void leavesRoomForCallsThatSucceed() {
            for (int i = 0; i < 100; i++) {
                few.accept(tool("invented-" + i, Outcome.REFUSED, 403));
            }
            few.accept(tool("search", Outcome.OK, null));

            assertThat(tools()).contains("search");
        }

        @Test
        void doesNotGrowWithErrorCodes() {
            for (int code = 0; code < 100; code++) {
                few.accept(tool("search", Outcome.ERROR, code));
            }

            assertThat(tools()).hasSize(6);
        }

        @Test
        void isAtLeastTwo() {
            assertThatThrownBy(() -> new CallMeters(registry, Tags.empty(), 1))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void aLongNameIsNoValueOfATag() {
        meters.accept(tool("n".repeat(129), Outcome.OK, null));

        assertThat(tagsOfTheOnlyTimer()).containsEntry("gen_ai.tool.name", "other");
    }
}
