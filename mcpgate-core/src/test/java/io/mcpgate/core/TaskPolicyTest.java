package io.mcpgate.core;

import static io.mcpgate.core.PolicyBench.ALICE;
import static io.mcpgate.core.PolicyBench.json;
import static org.assertj.core.api.Assertions.assertThat;

import io.mcpgate.Call;
import io.mcpgate.Principal;
import io.mcpgate.Reply;
import io.mcpgate.RequestId;
import io.mcpgate.Target;
import io.mcpgate.contract.RecordingSession;
import io.mcpgate.core.PolicyBench.Way;
import io.mcpgate.core.policy.TaskOrigin;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A task is for whom it was made for, under the rules of its tool. */
class TaskPolicyTest extends PolicyFixture {
    @ParameterizedTest
    @ValueSource(strings = {"legacy", "modern"})
    void isUnknownToEverybodyElse(String era) {
        PolicyBench bench = bench(era, "tools: *").withTasks();
        Call get =
                Call.request(RequestId.of(1), "tasks/get", json("{\"taskId\":\"s-task\", $declared}"), bench.session());

        Reply another = PolicyBench.join(bench.handle(Principal.of("bob", "hers"), get));
        Reply nobodys = bench.ask("tasks/get", "{\"taskId\":\"made up\", $declared}");

        assertThat(another).isEqualTo(nobodys).isEqualTo(Reply.Failure.received(-32602, "Unknown task", null));
        assertThat(bench.arrived(Way.CLIENT_ASKS, "tasks/get")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"modern, tasks/get, -32021", "modern, tasks/result, -32601", "legacy, tasks/update, -32601"})
    void isAskedAboutOnlyAsItsRevisionHasIt(String era, String method, int code) {
        PolicyBench bench = bench(era, "tools: *");

        assertThat(failure(bench.ask(method, "{\"taskId\":\"made up\"}")).code())
                .isEqualTo(code);
    }

    @Test
    void isTheOwnersAlsoInAnotherSession() {
        PolicyBench bench = bench("legacy", "tools: *").withTasks();
        Call get = Call.request(
                RequestId.of(1), "tasks/get", json("{\"taskId\":\"s-task\"}"), RecordingSession.legacy("another"));

        assertThat(PolicyBench.join(bench.handle(ALICE, get))).isInstanceOf(Reply.Complete.class);
    }

    @Test
    void tellsLaterStepsWhichToolItWasMadeFor() {
        List<Optional<TaskOrigin>> origins = new ArrayList<>();
        PolicyBench bench = bench(
                        "modern",
                        "tools: *",
                        builder -> builder.intercept("Look", (call, chain) -> {
                            if (call.method().contains("tasks")) {
                                origins.add(TaskOrigin.of(call));
                            }
                            return chain.proceed(call);
                        }))
                .withTasks();

        bench.ask("tasks/get", "{\"taskId\":\"s-task\"}");
        bench.send(Way.SERVER_TELLS, "notifications/tasks", json("{\"taskId\":\"s-task\"}"));

        Optional<TaskOrigin> search = Optional.of(new TaskOrigin(Set.of(new Target(Target.Kind.TOOL, "search"))));
        assertThat(origins).containsExactly(search, search);
    }

    @Test
    void isListedToItsOwnerOnly() {
        PolicyBench bench = bench("legacy", "tools: *").withTasks();
        bench.answering(
                "tasks/list",
                "{\"tasks\":[{\"taskId\":\"other\"}, {\"taskId\":\"s-task\",\"ttl\":1.0},{}],\"nextCursor\":\"c\"}");

        assertThat(result(bench.ask("tasks/list", "{}")))
                .isEqualTo("{\"tasks\":[{\"taskId\":\"s-task\",\"ttl\":1.0}],\"nextCursor\":\"c\"}");
    }

    @Test
    void isClosedWithEachOfTheToolsThatShareItsId() {
        PolicyBench bench = bench("modern", "tools: * !tools: later").withTasks();
        bench.answering("tools/call", "{\"resultType\":\"task\",\"taskId\":\"s-task\"}");
        assertThat(bench.ask("tools/call", "{\"name\":\"fetch\"}")).isInstanceOf(Reply.Complete.class);

        assertThat(bench.ask("tasks/get", "{\"taskId\":\"s-task\"}")).isInstanceOf(Reply.Complete.class);
        PolicyBench narrower = bench("modern", "tools: search", builder -> builder.succeeding(bench.gateway()));

        assertThat(failure(narrower.ask("tasks/get", "{\"taskId\":\"s-task\", $declared}"))
                        .message())
                .isEqualTo("Unknown task");
    }

    @Test
    void outlivesAReloadAndObeysTheNewRules() {
        PolicyBench before = bench("legacy", "tools: *").withTasks();
        PolicyBench same = bench("legacy", "tools: *", builder -> builder.succeeding(before.gateway()));
        PolicyBench closed =
                bench("legacy", "tools: * !tools: search", builder -> builder.succeeding(before.gateway()));

        assertThat(same.ask("tasks/result", "{\"taskId\":\"s-task\"}")).isInstanceOf(Reply.Complete.class);
        assertThat(failure(closed.ask("tasks/result", "{\"taskId\":\"s-task\"}"))
                        .message())
                .isEqualTo("Unknown task");
        assertThat(closed.lastEvent().reason()).isEqualTo("role hers denies tool search");
    }
}
