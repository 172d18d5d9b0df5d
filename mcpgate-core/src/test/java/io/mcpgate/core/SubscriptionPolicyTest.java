package io.mcpgate.core;

import static io.mcpgate.core.PolicyBench.ALICE;
import static io.mcpgate.core.PolicyBench.json;
import static org.assertj.core.api.Assertions.assertThat;

import io.mcpgate.Call;
import io.mcpgate.ErrorCode;
import io.mcpgate.Payload;
import io.mcpgate.Reply;
import io.mcpgate.RequestId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a listen names is decided by the same policy as what a call names. */
class SubscriptionPolicyTest extends PolicyFixture {
    private static final String ALL = "{\"notifications\":{\"toolsListChanged\":true, \"promptsListChanged\":true,"
            + "\"resourcesListChanged\":true,\"resourceSubscriptions\":[\"mem://a\", \"mem://b\"],"
            + "\"taskIds\":[\"s-task\",\"another\"],\"vendorEvents\":[1]},\"_meta\":{\"x\":1.0}}";

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            tools: *                  | "toolsListChanged":true,"taskIds":["s-task"]
            prompts: *                | "promptsListChanged":true
            templates: *              | "resourcesListChanged":true
            resources: mem://b        | "resourcesListChanged":true,"resourceSubscriptions":["mem://b"]
            tools: other, methods: subscriptions/listen/vendor* | "toolsListChanged":true,"vendorEvents":[1]
            tools: search !methods: tools/list, methods: tasks/* | ''
            """)
    void asksTheServerOnlyForWhatTheRoleLeaves(String rules, String left) {
        PolicyBench bench = bench("modern", rules).withTasks();

        bench.ask("subscriptions/listen", ALL);

        String received = bench.received("subscriptions/listen");
        assertThat(received.replace(", \"", ",\"").replace("{ ", "{"))
                .isEqualTo("{\"notifications\":{" + left + "},\"_meta\":{\"x\":1.0}}");
    }

    @Test
    void cutsWhatCannotBeRead() {
        PolicyBench bench = bench("modern", EVERYTHING);

        bench.ask(
                "subscriptions/listen",
                "{\"notifications\":{\"resourceSubscriptions\":\"mem://a\",\"taskIds\":[7],\"toolsListChanged\":true}}");
        Reply reply = bench.ask("subscriptions/listen", "{\"notifications\":[\"toolsListChanged\"]}");

        assertThat(bench.received("subscriptions/listen")).isEqualTo("{\"notifications\":{\"toolsListChanged\":true}}");
        assertThat(failure(reply).kind()).isEqualTo(ErrorCode.INVALID_PARAMS);
    }

    @Test
    void hasNoDeadlineAndEverythingElseHas() {
        List<String> bounded = new ArrayList<>();
        PolicyBench bench = bench(
                "modern",
                EVERYTHING,
                builder -> builder.intercept("Look", (call, chain) -> {
                    call.timeLeft().ifPresent(left -> bounded.add(call.method()));
                    return chain.proceed(call);
                }));
        PolicyBench legacy = bench(
                "legacy",
                EVERYTHING,
                builder -> builder.intercept("Look", (call, chain) -> {
                    call.timeLeft().ifPresent(left -> bounded.add("legacy " + call.method()));
                    return chain.proceed(call);
                }));

        bench.ask("subscriptions/listen", "{\"notifications\":{}}");
        bench.ask("tools/call", "{\"name\":\"search\"}");
        legacy.ask("subscriptions/listen", "{\"notifications\":{}}");

        assertThat(bounded).containsExactly("tools/call", "legacy subscriptions/listen");
    }

    @Test
    void endsAtOnceWhenTheGatewayCloses() throws Exception {
        CompletableFuture<Reply> open = new CompletableFuture<>();
        PolicyBench bench = bench(
                "modern",
                EVERYTHING,
                builder -> builder.drain(Duration.ofHours(1)).intercept("Wait", (call, chain) -> {
                    call.cancellation().onCancel(() -> open.complete(Reply.complete(Payload.empty())));
                    return open;
                }));
        Call listen =
                Call.request(RequestId.of(1), "subscriptions/listen", json("{\"notifications\":{}}"), bench.session());
        CompletableFuture<Reply> reply = bench.handle(ALICE, listen).toCompletableFuture();

        CompletableFuture.runAsync(bench.gateway()::close).get(10, TimeUnit.SECONDS);

        assertThat(reply).isCompleted();
    }
}
