package io.mcpgate.core.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.mcpgate.Direction;
import io.mcpgate.Target;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class TaskOwnersTest {
    private static final Target SEARCH = new Target(Target.Kind.TOOL, "search");
    private static final TaskOwners.Key TASK = key("alice", "crm", "t");

    private final AtomicLong clock = new AtomicLong();
    private final TaskOwners owners = new TaskOwners(clock::get);

    private static TaskOwners.Key key(String principal, String server, String id) {
        return new TaskOwners.Key(principal, server, Direction.TO_SERVER, id);
    }

    private void pass(Duration time) {
        clock.addAndGet(time.toNanos());
    }

    @Test
    void knowsATaskByPrincipalServerAndDirection() {
        owners.made(TASK, SEARCH, null);

        assertThat(owners.find(TASK)).contains(new TaskOrigin(Set.of(SEARCH)));
        assertThat(owners.find(key("bob", "crm", "t"))).isEmpty();
        assertThat(owners.find(key("alice", "files", "t"))).isEmpty();
        assertThat(owners.find(new TaskOwners.Key("alice", "crm", Direction.TO_CLIENT, "t")))
                .isEmpty();
    }

    @Test
    void forgetsATaskThatWasNotUsedForItsTimeToLive() {
        owners.made(TASK, SEARCH, Duration.ofMinutes(10));

        pass(Duration.ofMinutes(9));
        assertThat(owners.find(TASK)).isPresent();
        pass(Duration.ofMinutes(9));
        assertThat(owners.find(TASK)).isPresent();
        pass(Duration.ofMinutes(11));
        assertThat(owners.find(TASK)).isEmpty();
    }

    @Test
    void keepsNoTaskUnusedForLongerThanADay() {
        owners.made(TASK, SEARCH, null);
        owners.made(key("alice", "crm", "eternal"), SEARCH, Duration.ofMillis(Long.MAX_VALUE));

        pass(TaskOwners.KEPT_MAX.plusSeconds(1));

        assertThat(owners.find(TASK)).isEmpty();
        assertThat(owners.find(key("alice", "crm", "eternal"))).isEmpty();
    }

    @Test
    void doesNotKeepAnIdThatIsTooLong() {
        TaskOwners.Key longId = key("alice", "crm", "t".repeat(TaskOwners.ID_CHARS_MAX + 1));

        owners.made(longId, SEARCH, null);

        assertThat(owners.find(longId)).isEmpty();
    }

    @Test
    void forgetsAnIdThatStandsForTasksOfTooManyTools() {
        for (int i = 0; i < 8; i++) {
            owners.made(TASK, new Target(Target.Kind.TOOL, "tool-" + i), null);
        }
        assertThat(owners.find(TASK).orElseThrow().targets()).hasSize(8);

        owners.made(TASK, SEARCH, null);

        assertThat(owners.find(TASK)).isEmpty();
    }
}
