package io.mcpgate.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.sun.management.ThreadMXBean;
import io.mcpgate.Payload;
import io.mcpgate.Principal;
import io.mcpgate.Reply;
import io.mcpgate.core.identity.Credential;
import io.mcpgate.core.policy.Role;
import io.mcpgate.core.policy.RolePolicyStore;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What a call allocates does not grow unnoticed. Bytes and no times, and bounds that code meets which is not compiled yet, so
 * that a slow machine passes; what it really costs, the benchmarks say ({@code -Pbench}).
 */
class AllocationTest {
    private static final int WARM_UP = 10_000;
    private static final int BATCHES = 9;
    private static final int BATCH = 500;
    private static final int PRINCIPALS = 200;

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final List<Gateway> open = new ArrayList<>();

    @BeforeEach
    void needsAJvmThatCountsBytes() {
        assumeThat(threads.isThreadAllocatedMemorySupported() && threads.isThreadAllocatedMemoryEnabled())
                .as("this JVM counts what a thread allocates")
                .isTrue();
    }

    @AfterEach
    void close() {
        open.forEach(Gateway::close);
    }

    private Gateway opened(GatewayBuilder builder) {
        Gateway gateway = builder.build();
        open.add(gateway);
        return gateway;
    }

    /** The median of several batches: a batch in which something is compiled or cleaned up counts no more than others. */
    private long bytes(int warmUp, int batch, Runnable work) {
        for (int i = 0; i < warmUp; i++) {
            work.run();
        }
        long self = Thread.currentThread().getId();
        long[] perCall = new long[BATCHES];
        for (int i = 0; i < BATCHES; i++) {
            long before = threads.getThreadAllocatedBytes(self);
            for (int n = 0; n < batch; n++) {
                work.run();
            }
            perCall[i] = (threads.getThreadAllocatedBytes(self) - before) / batch;
        }
        Arrays.sort(perCall);
        return perCall[BATCHES / 2];
    }

    @Test
    void ofACallThroughTheWholeChainIsSmall() {
        CompletionStage<Reply> found = CompletableFuture.completedFuture(MeasuredGate.FOUND);
        Gateway gateway = opened(MeasuredGate.full(call -> found));

        long bytes = bytes(
                WARM_UP, BATCH, () -> MeasuredGate.result(gateway.handle(MeasuredGate.call(MeasuredGate.VOUCHED))));

        assertThat(bytes).isPositive().isLessThan(2_500);
    }

    @Test
    void ofACallThatIsAnsweredLaterIsSmall() {
        List<CompletableFuture<Reply>> waiting = new ArrayList<>();
        Gateway gateway = opened(MeasuredGate.full(call -> {
            waiting.add(new CompletableFuture<>());
            return waiting.get(0);
        }));

        long bytes = bytes(WARM_UP, BATCH, () -> {
            CompletionStage<Reply> reply = gateway.handle(MeasuredGate.call(MeasuredGate.VOUCHED));
            waiting.remove(0).complete(MeasuredGate.FOUND);
            MeasuredGate.result(reply);
        });

        assertThat(bytes).isPositive().isLessThan(4_000);
    }

    @Test
    void ofAListGrowsAsTheListDoes() {
        long hundred = bytes(500, 30, list(100));
        long thousand = bytes(50, 10, list(1_000));

        assertThat(hundred).isPositive().isLessThan(60_000);
        assertThat(thousand).isLessThan(15 * hundred);
    }

    private Runnable list(int tools) {
        Payload whole = MeasuredGate.payload(MeasuredGate.toolList(tools));
        CompletionStage<Reply> listed = CompletableFuture.completedFuture(Reply.complete(whole));
        Gateway gateway = opened(MeasuredGate.full(call ->
                call.method().equals("tools/list") ? listed : CompletableFuture.completedFuture(MeasuredGate.FOUND)));
        return () -> MeasuredGate.halfOf(whole, gateway.handle(MeasuredGate.list(MeasuredGate.VOUCHED)));
    }

    @Test
    void ofAListIsTheSameHoweverManyPrincipalsHaveSeenIt() {
        Payload whole = MeasuredGate.payload(MeasuredGate.toolList(1_000));
        CompletionStage<Reply> listed = CompletableFuture.completedFuture(Reply.complete(whole));
        List<Role> roles = new ArrayList<>();
        List<Credential> principals = new ArrayList<>();
        for (int i = 0; i < PRINCIPALS; i++) {
            roles.add(MeasuredGate.agent("agent-" + i));
            principals.add(new Credential.Vouched(Principal.of("ann-" + i, "agent-" + i)));
        }
        Gateway gateway = opened(MeasuredGate.full(call -> call.method().equals("tools/list")
                        ? listed
                        : CompletableFuture.completedFuture(MeasuredGate.FOUND))
                .policies(new RolePolicyStore(roles)));

        long first =
                bytes(10, 10, () -> MeasuredGate.halfOf(whole, gateway.handle(MeasuredGate.list(principals.get(0)))));
        principals.forEach(principal -> MeasuredGate.halfOf(whole, gateway.handle(MeasuredGate.list(principal))));
        int[] turn = {0};
        long all = bytes(0, 20, () -> {
            turn[0] = (turn[0] + 1) % PRINCIPALS;
            MeasuredGate.halfOf(whole, gateway.handle(MeasuredGate.list(principals.get(turn[0]))));
        });

        assertThat(all).isLessThan(first + first / 5);
    }
}
