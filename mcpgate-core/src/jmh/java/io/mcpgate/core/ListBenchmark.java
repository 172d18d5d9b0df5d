package io.mcpgate.core;

import io.mcpgate.Payload;
import io.mcpgate.Principal;
import io.mcpgate.Reply;
import io.mcpgate.core.identity.Credential;
import io.mcpgate.core.json.Envelope;
import io.mcpgate.core.json.Frame;
import io.mcpgate.core.json.MalformedMessage;
import io.mcpgate.core.policy.Role;
import io.mcpgate.core.policy.RolePolicyStore;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * A {@code tools/list} through the full chain; every other tool is cut out by a policy of 100 rules. The server's answer was
 * read before, but for {@link #fromBytesToBytes}.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class ListBenchmark {
    private static final int PRINCIPALS = 200;

    @Param({"10", "100", "1000"})
    public int tools;

    private final List<Credential> principals = new ArrayList<>();
    private byte[] response;
    private Payload list;
    private Reply answer;
    private int turn;
    private Gateway seen;
    private Gateway unseen;
    private Gateway many;

    @Setup
    public void open() throws MalformedMessage {
        String json = MeasuredGate.toolList(tools);
        response = ("{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":" + json + "}").getBytes(StandardCharsets.UTF_8);
        list = MeasuredGate.payload(json);
        answer = Reply.complete(list);
        List<Role> roles = new ArrayList<>();
        for (int i = 0; i < PRINCIPALS; i++) {
            roles.add(MeasuredGate.agent("agent-" + i));
            principals.add(new Credential.Vouched(Principal.of("ann-" + i, "agent-" + i)));
        }
        seen = gate().build();
        unseen = gate().policies(
                        principal -> new RolePolicyStore(List.of(MeasuredGate.agent("agent"))).policyFor(principal))
                .build();
        many = gate().policies(new RolePolicyStore(roles)).build();
    }

    private GatewayBuilder gate() {
        return MeasuredGate.full(call ->
                CompletableFuture.completedFuture(call.method().equals("tools/list") ? answer : MeasuredGate.FOUND));
    }

    @TearDown
    public void close() {
        seen.close();
        unseen.close();
        many.close();
    }

    /** The same principal again and again. */
    @Benchmark
    public Payload cached() {
        return MeasuredGate.halfOf(list, seen.handle(MeasuredGate.list(MeasuredGate.VOUCHED)));
    }

    /** A policy that nobody has asked before: its rules are compiled, and each tool is decided for the first time. */
    @Benchmark
    public Payload firstSeen() {
        return MeasuredGate.halfOf(list, unseen.handle(MeasuredGate.list(MeasuredGate.VOUCHED)));
    }

    /** 200 principals with a role each, in turn. */
    @Benchmark
    public Payload principals() {
        turn = (turn + 1) % PRINCIPALS;
        return MeasuredGate.halfOf(list, many.handle(MeasuredGate.list(principals.get(turn))));
    }

    /** The same principal, from the bytes of the server's response to those of the client's. */
    @Benchmark
    public int fromBytesToBytes() throws MalformedMessage {
        Envelope.Result read = (Envelope.Result) MeasuredGate.READER.read(response);
        answer = Reply.complete(read.result());
        Payload kept = MeasuredGate.halfOf(list, seen.handle(MeasuredGate.list(MeasuredGate.VOUCHED)));
        return Frame.response(read.id(), Reply.complete(kept)).toByteArray().length;
    }
}
