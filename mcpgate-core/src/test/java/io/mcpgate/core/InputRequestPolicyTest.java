package io.mcpgate.core;

import static io.mcpgate.core.PolicyBench.json;
import static org.assertj.core.api.Assertions.assertThat;

import io.mcpgate.ErrorCode;
import io.mcpgate.Interceptor;
import io.mcpgate.Reply;
import io.mcpgate.audit.AuditEvent.Outcome;
import io.mcpgate.core.PolicyBench.Way;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a server asks within a result is decided as what it asks by a request. */
class InputRequestPolicyTest extends PolicyFixture {
    private static String asking(String requests) {
        return "{\"resultType\":\"input_required\",\"inputRequests\":" + requests + ",\"requestState\":\"s\"}";
    }

    @ParameterizedTest
    @ValueSource(strings = {"sampling/createMessage", "elicitation/create", "roots/list"})
    void passWhenTheClientMayBeAskedAndOtherwiseFailTheCall(String method) {
        String answer = asking("{\"k\":{\"method\":\"" + method + "\",\"params\":{}}}");
        PolicyBench granted = bench("modern", "tools: *, methods: " + method).answering("tools/call", answer);
        PolicyBench refused = bench("modern", "tools: *").answering("tools/call", answer);

        assertThat(granted.ask("tools/call", "{\"name\":\"search\"}")).isInstanceOf(Reply.InputRequired.class);
        Reply.Failure failure = failure(refused.ask("tools/call", "{\"name\":\"search\"}"));
        assertThat(failure.kind()).isEqualTo(ErrorCode.INPUT_REFUSED);
        assertThat(refused.lastEvent().outcome()).isEqualTo(Outcome.REFUSED);
        assertThat(refused.lastEvent().reason()).isEqualTo(method + " in inputRequests: no rule allows it");
    }

    @ParameterizedTest
    @ValueSource(strings = {"prompts/get", "resources/read"})
    void areDecidedInEveryResultThatMayHoldThem(String method) {
        PolicyBench bench = bench("modern", "prompts: *, resources: *")
                .answering(method, asking("{\"k\":{\"method\":\"roots/list\"}}"));

        Reply reply = bench.ask(method, "{\"name\":\"a\",\"uri\":\"mem://a\"}");

        assertThat(failure(reply).kind()).isEqualTo(ErrorCode.INPUT_REFUSED);
    }

    @Test
    void areRefusedTogetherWhenOneIs() {
        PolicyBench bench = bench("modern", "tools: *, methods: roots/list")
                .answering(
                        "tools/call",
                        asking("{\"a\":{\"method\":\"roots/list\"},\"b\":{\"method\":\"elicitation/create\"}}"));

        assertThat(failure(bench.ask("tools/call", "{\"name\":\"search\"}")).kind())
                .isEqualTo(ErrorCode.INPUT_REFUSED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"k\":{\"params\":{}}}", "{\"k\":7}", "[{\"method\":\"roots/list\"}]", "\"roots/list\""})
    void areRefusedWhenTheyAreNoRequests(String requests) {
        PolicyBench bench = bench("modern", EVERYTHING).answering("tools/call", asking(requests));

        assertThat(failure(bench.ask("tools/call", "{\"name\":\"search\"}")).kind())
                .isEqualTo(ErrorCode.INPUT_REFUSED);
    }

    /** Otherwise a server could have whatever it likes passed on for a result that nobody filters. */
    @ParameterizedTest
    @CsvSource({
        "modern, tools/list",
        "modern, completion/complete",
        "modern, tasks/list",
        "legacy, initialize",
        "legacy, tools/list",
        "legacy, tools/call"
    })
    void areRefusedWhereNothingCanBeAsked(String era, String method) {
        PolicyBench bench = bench(era, EVERYTHING).answering(method, asking("{}"));

        Reply reply = bench.ask(method, "{\"name\":\"search\",\"ref\":{\"type\":\"ref/prompt\",\"name\":\"a\"}}");

        assertThat(failure(reply).kind()).isEqualTo(ErrorCode.BAD_UPSTREAM);
    }

    @Test
    void passWhenThereIsOnlyAState() {
        PolicyBench bench = bench("modern", "tools: *")
                .answering("tools/call", "{\"resultType\":\"input_required\",\"requestState\":\"s\"}");

        assertThat(bench.ask("tools/call", "{\"name\":\"search\"}")).isInstanceOf(Reply.InputRequired.class);
    }

    @Test
    void areShownToTheHostsGuards() {
        List<String> shown = new ArrayList<>();
        Interceptor guard = Interceptor.guard(call -> {
            shown.add(call.method() + " " + call.direction());
            return Optional.empty();
        });
        PolicyBench bench = bench("modern", EVERYTHING, builder -> builder.intercept("Guard", guard))
                .withTasks();
        shown.clear();
        bench.answering("tools/call", asking("{\"k\":{\"method\":\"roots/list\"}}"))
                .answering("tasks/get", "{\"inputRequests\":{\"k\":{\"method\":\"elicitation/create\"}}}");

        bench.ask("tools/call", "{\"name\":\"search\"}");
        bench.ask("tasks/get", "{\"taskId\":\"s-task\"}");
        bench.send(
                Way.SERVER_TELLS,
                "notifications/tasks",
                json("{\"taskId\":\"s-task\",\"inputRequests\":{\"k\":{\"method\":\"sampling/createMessage\"}}}"));

        assertThat(shown)
                .containsExactly(
                        "tools/call TO_SERVER",
                        "roots/list TO_CLIENT",
                        "tasks/get TO_SERVER",
                        "elicitation/create TO_CLIENT",
                        "test/speak TO_SERVER",
                        "notifications/tasks TO_CLIENT",
                        "sampling/createMessage TO_CLIENT");
    }

    @Test
    void inATasksNewsAreNotPassedOnWhenAGuardRefusesThem() {
        Interceptor guard = Interceptor.guard(call -> call.method().equals("elicitation/create")
                ? Optional.of(Reply.failure(ErrorCode.FORBIDDEN, "Nobody is asked today"))
                : Optional.empty());
        PolicyBench bench = bench("modern", EVERYTHING, builder -> builder.intercept("Guard", guard))
                .withTasks();

        Reply told = bench.send(
                Way.SERVER_TELLS,
                "notifications/tasks",
                json("{\"taskId\":\"s-task\",\"inputRequests\":{\"k\":{\"method\":\"elicitation/create\"}}}"));

        assertThat(failure(told).kind()).isEqualTo(ErrorCode.FORBIDDEN);
        assertThat(bench.session().delivered()).isEmpty();
    }

    @Test
    void areDecidedInATaskToo() {
        PolicyBench bench = bench("modern", "tools: *").withTasks();
        String asking = "{\"taskId\":\"s-task\",\"inputRequests\":{\"k\":{\"method\":\"elicitation/create\"}}}";
        bench.answering("tasks/get", asking);

        Reply polled = bench.ask("tasks/get", "{\"taskId\":\"s-task\"}");
        Reply told = bench.send(Way.SERVER_TELLS, "notifications/tasks", json(asking));

        assertThat(failure(polled).kind()).isEqualTo(ErrorCode.INPUT_REFUSED);
        assertThat(failure(told).kind()).isEqualTo(ErrorCode.INPUT_REFUSED);
        assertThat(bench.session().delivered()).isEmpty();
    }
}
