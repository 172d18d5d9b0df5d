package io.mcpgate.core.policy;

import io.mcpgate.AttributeKey;
import io.mcpgate.Call;
import io.mcpgate.Target;
import java.util.Optional;
import java.util.Set;

/**
 * What a task was made for. A call or notification about a task has it as an attribute behind the Authorize step, so that
 * later steps can treat its result as that of the call which made the task: what is masked there is masked here.
 *
 * @param targets the tool that was called; several if the server gave one id to tasks of several tools, and then what is
 *     right for each of them is right
 */
public record TaskOrigin(Set<Target> targets) {
    static final AttributeKey<TaskOrigin> KEY = AttributeKey.of("task origin", TaskOrigin.class);

    public TaskOrigin {
        targets = Set.copyOf(targets);
    }

    /** The origin of the task that a call is about; empty if it is about none. */
    public static Optional<TaskOrigin> of(Call call) {
        return call.attribute(KEY);
    }
}
