package io.mcpgate.core.policy;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import io.mcpgate.Direction;
import io.mcpgate.Principal;
import io.mcpgate.Target;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Whose a task is, and what for. A task id is no credential: whoever shows one must be the principal to whom the server
 * gave it. Kept in memory for the task's time to live after its last use, {@link #KEPT_MAX} at most; a task that has been
 * forgotten is unknown. Safe for use by many threads.
 */
public final class TaskOwners {
    /** Tasks that are kept at once; beyond it those go first that are used least. */
    public static final int TASKS_MAX = 100_000;

    /** How long a task is kept without being used; also if the server names no time to live, or a longer one. */
    public static final Duration KEPT_MAX = Duration.ofHours(24);

    /** The length of a task id; a longer one is not kept. */
    public static final int ID_CHARS_MAX = 1_024;

    /** Tools that may share one id, as those of a server that counts anew in each process do. */
    private static final int TARGETS_MAX = 8;

    private final Cache<Key, Entry> tasks;

    /**
     * Keeps nothing yet.
     *
     * @param nanoClock monotonic, e.g. {@link System#nanoTime}
     */
    public TaskOwners(LongSupplier nanoClock) {
        this.tasks = Caffeine.newBuilder()
                .maximumSize(TASKS_MAX)
                .ticker(nanoClock::getAsLong)
                .expireAfter(new AfterLastUse())
                .executor(Runnable::run) // upkeep on the calling thread: no pool that the host cannot see
                .build();
    }

    /**
     * Names a task. Servers mint ids, so those of two servers may be equal, and those that one server gives to two
     * principals from two processes; and clients mint ids too.
     *
     * @param direction which way the request went that made the task
     */
    record Key(String principal, String server, Direction direction, String taskId) {}

    private record Entry(TaskOrigin origin, Duration kept) {}

    /**
     * A task was made for {@code target}.
     *
     * @param ttl its time to live; {@code null} if there is no end to it
     */
    void made(Key key, Target target, @Nullable Duration ttl) {
        if (key.taskId().length() <= ID_CHARS_MAX) {
            Duration kept = ttl == null || ttl.compareTo(KEPT_MAX) > 0 ? KEPT_MAX : ttl;
            tasks.asMap().merge(key, new Entry(new TaskOrigin(Set.of(target)), kept), TaskOwners::both);
        }
    }

    /** Of an id that stands for more than can be told, nothing is known any more. */
    private static @Nullable Entry both(Entry known, Entry made) {
        Set<Target> targets = new HashSet<>(known.origin().targets());
        targets.addAll(made.origin().targets());
        Duration kept = known.kept().compareTo(made.kept()) > 0 ? known.kept() : made.kept();
        return targets.size() > TARGETS_MAX ? null : new Entry(new TaskOrigin(targets), kept);
    }

    /** What a task was made for; empty if it is not a task of this principal, on this server, that is known. */
    Optional<TaskOrigin> find(Key key) {
        return Optional.ofNullable(tasks.getIfPresent(key)).map(Entry::origin);
    }

    /**
     * Whether a client of this principal made a task of that id for a server (2025-11-25, where clients have tasks, too).
     * What may be told of it policy decides when it is told.
     */
    public boolean isClientsTask(Principal principal, String server, String taskId) {
        return tasks.asMap().containsKey(new Key(principal.id(), server, Direction.TO_CLIENT, taskId));
    }

    private static final class AfterLastUse implements Expiry<Key, Entry> {
        @Override
        public long expireAfterCreate(Key key, Entry entry, long now) {
            return entry.kept().toNanos();
        }

        @Override
        public long expireAfterUpdate(Key key, Entry entry, long now, long left) {
            return entry.kept().toNanos();
        }

        @Override
        public long expireAfterRead(Key key, Entry entry, long now, long left) {
            return entry.kept().toNanos();
        }
    }
}
