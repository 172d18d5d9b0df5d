package io.mcpgate.core.policy;

import io.mcpgate.Call;
import io.mcpgate.Direction;
import io.mcpgate.ErrorCode;
import io.mcpgate.Payload;
import io.mcpgate.Reply;
import io.mcpgate.Target;
import io.mcpgate.Traffic;
import io.mcpgate.core.json.RawPayload;
import io.mcpgate.policy.Decision;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Policy on tasks, of 2025-11-25 and of the extension alike. Whatever is about a task is decided as the request that made
 * it would be now, and only its owner gets that far: a task of somebody else, of a tool that is closed by now, or of
 * nobody are the same to a caller.
 */
final class Tasks {
    private static final Set<String> REQUESTS = Set.of("tasks/get", "tasks/result", "tasks/update", "tasks/cancel");
    private static final Set<String> NEWS = Set.of("notifications/tasks", "notifications/tasks/status");

    private static final String EXTENSION = "io.modelcontextprotocol/tasks";
    private static final int MISSING_CAPABILITY = -32021;

    /** The requests that each era has; true for the modern one. */
    private static final Map<Boolean, Set<String>> METHODS = Map.of(
            true, Set.of("tasks/get", "tasks/update", "tasks/cancel"),
            false, Set.of("tasks/get", "tasks/result", "tasks/cancel"));

    private final TaskOwners owners;

    Tasks(TaskOwners owners) {
        this.owners = owners;
    }

    /** Whether a message is about one task, and says which in {@code taskId}. */
    static boolean concerns(Call call) {
        return REQUESTS.contains(call.method()) || NEWS.contains(call.method());
    }

    /**
     * Why a message about a task is let through.
     *
     * @param origin what the task was made for; {@code null} if the message is refused
     */
    record Admission(@Nullable TaskOrigin origin, String reason) {
        private static final Admission UNKNOWN = new Admission(null, "no such task of this principal");
    }

    Admission admit(Call call, Rights rights) {
        TaskOrigin origin = call.params()
                .string("taskId")
                .flatMap(id -> owners.find(key(call, rights, id)))
                .orElse(null);
        if (origin == null) {
            return Admission.UNKNOWN;
        }
        String reason = "";
        for (Target target : origin.targets()) {
            Decision decision = rights.decide(call.direction(), call.method(), target);
            if (!decision.allowed()) {
                return new Admission(null, decision.reason());
            }
            reason = decision.reason();
        }
        return new Admission(origin, reason);
    }

    /** Whether one task may be shown to, or watched by, whoever makes this call. */
    boolean isOwn(Call call, Rights rights, String taskId) {
        return owners.find(key(call, rights, taskId))
                .filter(origin -> rights.covers(call.direction(), call.method(), origin.targets()))
                .isPresent();
    }

    /** News of a task goes the opposite way of the request that made it; everything else goes the same way. */
    private static TaskOwners.Key key(Call call, Rights rights, String taskId) {
        boolean toServer = (call.direction() == Direction.TO_SERVER) != NEWS.contains(call.method());
        Direction made = toServer ? Direction.TO_SERVER : Direction.TO_CLIENT;
        return new TaskOwners.Key(call.principal().id(), rights.server(), made, taskId);
    }

    /**
     * How a server answers that has no such task; and before that, one whose revision has no such method, or whose client has
     * not declared the extension (2026-07-28, "Tasks").
     */
    static Reply unknown(Call call) {
        boolean modern = call.session().isModern();
        if (call.traffic() == Traffic.REQUEST_TO_SERVER) {
            if (!METHODS.getOrDefault(modern, Set.of()).contains(call.method())) {
                return Reply.failure(ErrorCode.METHOD_NOT_FOUND, "Method not found");
            }
            if (modern && !declares(call.params())) {
                return Reply.Failure.received(
                        MISSING_CAPABILITY,
                        "The request does not declare the extension " + EXTENSION,
                        Payload.of(Map.of("requiredCapabilities", Map.of("extensions", Map.of(EXTENSION, Map.of())))));
            }
        }
        return Reply.Failure.received(ErrorCode.INVALID_PARAMS.code(), "Unknown task", null);
    }

    private static boolean declares(Payload params) {
        Object extensions = params.member("_meta", "io.modelcontextprotocol/clientCapabilities", "extensions");
        return extensions instanceof Map<?, ?> declared && declared.containsKey(EXTENSION);
    }

    /** Notes whose task it is, if that is what a request was answered with. */
    void note(Call call, Rights rights, Reply.Complete complete) {
        made(complete.result()).ifPresent(task -> owners.made(key(call, rights, task.id()), call.target(), task.ttl()));
    }

    private record Made(String id, @Nullable Duration ttl) {
        static Optional<Made> of(@Nullable Object id, @Nullable Object ttlMillis) {
            return id instanceof String text ? Optional.of(new Made(text, duration(ttlMillis))) : Optional.empty();
        }

        private static @Nullable Duration duration(@Nullable Object millis) {
            return millis instanceof Long number && number >= 0 ? Duration.ofMillis(number) : null;
        }
    }

    /** 2026-07-28 says so in {@code resultType} and the task is the result; 2025-11-25 has it in a member. */
    private static Optional<Made> made(Payload result) {
        if (result.string("resultType").filter("task"::equals).isPresent()) {
            Map<String, @Nullable Object> task = result.members();
            return Made.of(task.get("taskId"), task.get("ttlMs"));
        }
        boolean mayHold = !(result instanceof RawPayload raw) || raw.holdsTask();
        return mayHold && result.member("task") instanceof Map<?, ?> task
                ? Made.of(task.get("taskId"), task.get("ttl"))
                : Optional.empty();
    }
}
