package io.mcpgate.core;

import static io.mcpgate.core.PolicyBench.text;
import static org.assertj.core.api.Assertions.assertThat;

import io.mcpgate.Reply;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;

/** Gateways with one rule each, closed after the test. */
abstract class PolicyFixture {
    static final String EVERYTHING = "tools: *, prompts: *, resources: *, templates: *, methods: *";

    final List<PolicyBench> benches = new ArrayList<>();

    PolicyBench bench(String era, String rules) {
        return bench(era, rules, UnaryOperator.identity());
    }

    PolicyBench bench(String era, String rules, UnaryOperator<GatewayBuilder> more) {
        return bench(era, rules, more, false);
    }

    PolicyBench bench(String era, String rules, UnaryOperator<GatewayBuilder> more, boolean conceals) {
        PolicyBench bench = new PolicyBench(era, rules, more, conceals);
        benches.add(bench);
        return bench;
    }

    @AfterEach
    void close() {
        benches.forEach(PolicyBench::close);
    }

    static String result(Reply reply) {
        assertThat(reply).isInstanceOf(Reply.Complete.class);
        return text(((Reply.Complete) reply).result());
    }

    static Reply.Failure failure(Reply reply) {
        assertThat(reply).isInstanceOf(Reply.Failure.class);
        return (Reply.Failure) reply;
    }
}
