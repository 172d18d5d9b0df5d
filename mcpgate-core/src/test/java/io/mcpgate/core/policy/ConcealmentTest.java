package io.mcpgate.core.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.mcpgate.Call;
import io.mcpgate.ErrorCode;
import io.mcpgate.Interceptor.Chain;
import io.mcpgate.Payload;
import io.mcpgate.Principal;
import io.mcpgate.Reply;
import io.mcpgate.RequestId;
import io.mcpgate.contract.RecordingSession;
import io.mcpgate.core.Unwritable;
import io.mcpgate.core.json.Envelope;
import io.mcpgate.core.json.JsonLimits;
import io.mcpgate.core.json.JsonReader;
import io.mcpgate.core.json.MalformedMessage;
import io.mcpgate.core.json.RawPayload;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** What is kept of how servers say that they do not know a name, for how long, and how the name is put in. */
class ConcealmentTest {
    private static final JsonReader READER = new JsonReader(JsonLimits.DEFAULT);
    private static final Chain REFUSING =
            call -> CompletableFuture.completedFuture(Reply.failure(ErrorCode.FORBIDDEN, "Not allowed"));

    private final AtomicLong nanos = new AtomicLong();
    private final List<Call> asked = new ArrayList<>();
    private Function<Call, Reply> server = call -> unknown(call.target().name());
    private final Concealment concealment = new Concealment(
            question -> {
                asked.add(question);
                return CompletableFuture.completedFuture(server.apply(question));
            },
            nanos::get);

    private static Reply unknown(String name) {
        return Reply.Failure.received(-32602, "Unknown: " + name, null);
    }

    private static RawPayload json(String text) {
        try {
            return READER.payload(text.getBytes(StandardCharsets.UTF_8));
        } catch (MalformedMessage malformed) {
            throw new AssertionError(malformed);
        }
    }

    private Reply refuse(String method, Payload params) {
        Call call = Call.request(RequestId.of(1), method, params, RecordingSession.legacy("s-1"))
                .withServer("crm")
                .withPrincipal(Principal.of("alice"));
        return concealment
                .intercept(call, REFUSING)
                .toCompletableFuture()
                .orTimeout(10, TimeUnit.SECONDS)
                .join();
    }

    private String message(String tool) {
        return ((Reply.Failure) refuse("tools/call", Payload.of(Map.of("name", tool)))).message();
    }

    @Test
    void asksAgainAfterAMinuteBecauseWhatAServerSaysMayPass() {
        server = call -> Reply.Failure.received(-32603, "The database is away", null);
        assertThat(message("secret")).isEqualTo("The database is away");

        server = call -> unknown(call.target().name());
        nanos.addAndGet(Duration.ofSeconds(59).toNanos());
        assertThat(message("secret")).isEqualTo("The database is away");
        nanos.addAndGet(Duration.ofSeconds(2).toNanos());

        assertThat(message("secret")).isEqualTo("Unknown: secret");
    }

    @Test
    void takesBackWhatAServerHasSubscribedToThatKnowsEveryUri() {
        server = call -> Reply.complete(Payload.empty());

        refuse("resources/subscribe", Payload.of(Map.of("uri", "mem://secret")));

        assertThat(asked).extracting(Call::method).containsExactly("resources/subscribe", "resources/unsubscribe");
        assertThat(asked.get(1).target()).isEqualTo(asked.get(0).target());
        assertThat(asked.get(1).principal()).isEqualTo(Principal.of("alice"));
        assertThat(asked.get(1).server()).contains("crm");
    }

    /** A host's server may say anything, and its client too: neither must keep others from their answers. */
    @Test
    void answersTheNextCallAfterOneWhoseParamsAreNoJson() {
        Reply reply = refuse("tools/call", Unwritable.named("secret"));

        assertThat(((Reply.Failure) reply).message()).isEqualTo("Unknown: secret");
        assertThat(message("other")).isEqualTo("Unknown: other");
    }

    @Test
    void answersTheNextCallAfterAnAnswerThatIsNoJson() {
        server = call -> Reply.complete(Unwritable.named("x"));
        Call call = Call.request(
                        RequestId.of(1), "tools/call", Payload.of(Map.of("name", "a")), RecordingSession.legacy("s-1"))
                .withServer("crm")
                .withPrincipal(Principal.of("alice"));
        assertThat(concealment.intercept(call, REFUSING).toCompletableFuture()).isCompletedExceptionally();

        server = question -> unknown(question.target().name());

        assertThat(message("other")).isEqualTo("Unknown: other");
    }

    @Test
    void putsTheNameInAlsoWhereTheServerEscapesSlashes() {
        server = call -> Reply.Failure.received(
                -32002,
                "No such resource",
                json("{\"uri\":\"" + call.target().name().replace("/", "\\/") + "\",\"n\":1.0}"));

        Reply.Failure refused = (Reply.Failure) refuse("resources/read", Payload.of(Map.of("uri", "mem://a/b")));

        assertThat(StandardCharsets.UTF_8.decode(refused.data().json()).toString())
                .isEqualTo("{\"uri\":\"mem:\\/\\/a\\/b\",\"n\":1.0}");
    }

    @Test
    void putsTheNameIntoWhateverTheServersReaderHasTaken() {
        String deep = "{\"x\":".repeat(100) + "\"%s\"" + "}".repeat(100);
        JsonReader wide = new JsonReader(new JsonLimits(4 << 20, 200, 1_024, 1_000, 10_000));
        server = call -> {
            try {
                String text = deep.formatted(call.target().name());
                return Reply.complete(wide.payload(text.getBytes(StandardCharsets.UTF_8)));
            } catch (MalformedMessage malformed) {
                throw new AssertionError(malformed);
            }
        };

        Reply refused = refuse("tools/call", Payload.of(Map.of("name", "secret")));

        Payload result = ((Reply.Complete) refused).result();
        assertThat(StandardCharsets.UTF_8.decode(result.json()).toString()).isEqualTo(deep.formatted("secret"));
    }

    @Test
    void keepsNoAnswerThatIsLarge() {
        server = call -> Reply.complete(json("{\"isError\":true,\"text\":\"" + "x".repeat(64 << 10) + "\"}"));
        refuse("tools/call", Payload.of(Map.of("name", "a")));
        refuse("tools/call", Payload.of(Map.of("name", "a")));

        assertThat(asked).hasSize(2);
    }

    @Test
    void keepsAnAnswerWithoutTheMessageAroundIt() {
        server = call -> Reply.complete(within(100, "{\"isError\":true}"));

        RawPayload answered =
                (RawPayload) ((Reply.Complete) refuse("tools/call", Payload.of(Map.of("name", "a")))).result();

        assertThat(answered.alone()).isSameAs(answered);
    }

    /** The result of a message that has much else in it. */
    private static RawPayload within(int padding, String result) {
        String message =
                "{\"jsonrpc\":\"2.0\",\"id\":1,\"pad\":\"" + "x".repeat(padding) + "\",\"result\":" + result + "}";
        try {
            return (RawPayload) ((Envelope.Result) READER.read(message.getBytes(StandardCharsets.UTF_8))).result();
        } catch (MalformedMessage malformed) {
            throw new AssertionError(malformed);
        }
    }
}
