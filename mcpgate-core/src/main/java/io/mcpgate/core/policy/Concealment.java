package io.mcpgate.core.policy;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.mcpgate.Call;
import io.mcpgate.ErrorCode;
import io.mcpgate.Interceptor;
import io.mcpgate.Payload;
import io.mcpgate.Reply;
import io.mcpgate.RequestId;
import io.mcpgate.Target;
import io.mcpgate.Traffic;
import io.mcpgate.core.json.JsonReader;
import io.mcpgate.core.json.JsonText;
import io.mcpgate.core.protocol.Listing;
import io.mcpgate.core.route.WrappedUpstream;
import io.mcpgate.core.stage.Ready;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Answers a refused name exactly as the server answers a name that it does not know, so that a refusal does not tell
 * that there is something to refuse.
 *
 * <p>Servers word that answer differently, so each is asked once for each principal, with a name that nobody can have; the
 * name in its answer is then replaced. It is asked when something is first cut from one of its lists, or else at the first
 * refusal; the refused call itself never leaves the gate. A server that cannot be asked is down, and the caller is told
 * that, as it would be for any other name.
 */
public final class Concealment implements Interceptor {
    private static final String UNKNOWN = "mcpgate-unknown-";
    private static final int ANSWERS_MAX = 10_000;

    private final Chain ask;
    private final JsonReader reader;
    private final SecureRandom random = new SecureRandom();
    private final Cache<Question, CompletableFuture<Answer>> answers = Caffeine.newBuilder()
            .maximumSize(ANSWERS_MAX)
            .executor(Runnable::run) // upkeep on the calling thread: no pool that the host cannot see
            .build();

    /** Asks servers by {@code ask}, which records the question and takes it to the upstream. */
    public Concealment(Chain ask, JsonReader reader) {
        this.ask = ask;
        this.reader = reader;
    }

    /** By principal too: what a server says to one must not reach another, not even in an error. */
    private record Question(String principal, String server, String method, Target.Kind kind, boolean modern) {}

    private record Answer(String askedName, Reply reply) {
        /** Whether it is the server's own word; other failures pass, and are asked about again. */
        boolean isTheServers() {
            return reply instanceof Reply.Complete
                    || (reply instanceof Reply.Failure failure && failure.kind() == null);
        }
    }

    @Override
    public Set<Traffic> traffic() {
        return EnumSet.of(Traffic.REQUEST_TO_SERVER);
    }

    @Override
    public CompletionStage<Reply> intercept(Call call, Chain chain) {
        CompletionStage<Reply> inner = chain.proceed(call);
        return Ready.thenCompose(
                inner, reply -> isRefusal(call, reply) ? conceal(call) : Ready.is(inner) ? inner : done(reply));
    }

    private static boolean isRefusal(Call call, Reply reply) {
        return reply instanceof Reply.Failure failure
                && failure.is(ErrorCode.FORBIDDEN)
                && call.target().kind() != Target.Kind.METHOD;
    }

    private static CompletionStage<Reply> done(Reply reply) {
        return CompletableFuture.completedFuture(reply);
    }

    private CompletionStage<Reply> conceal(Call call) {
        return answer(call).thenApply(answer -> renamed(answer, call.target().name()));
    }

    /** Finds out ahead of time how the server answers for the entries of a list that had something cut out. */
    public void prepare(Call list) {
        Listing.of(list.method())
                .filter(listing -> listing != Listing.TEMPLATES)
                .ifPresent(listing -> {
                    String key = listing == Listing.RESOURCES ? "uri" : "name";
                    Call use = Call.request(RequestId.of(0), listing.use(), Payload.of(Map.of(key, "")), list.session())
                            .withPrincipal(list.principal())
                            .withServer(list.server().orElse(""));
                    answer(WrappedUpstream.alongside(list, use), list.params());
                });
    }

    private CompletionStage<Answer> answer(Call refused) {
        return answer(refused, refused.params());
    }

    private CompletionStage<Answer> answer(Call refused, Payload metaFrom) {
        Question question = new Question(
                refused.principal().id(),
                refused.server().orElse(""),
                refused.method(),
                refused.target().kind(),
                refused.session().isModern());
        CompletableFuture<Answer> fresh = new CompletableFuture<>();
        CompletableFuture<Answer> known = answers.asMap().putIfAbsent(question, fresh);
        if (known != null) {
            return known;
        }
        String name = unknownName(refused.target().kind());
        ask(refused, name, metaFrom).whenComplete((reply, error) -> {
            Answer answer =
                    new Answer(name, error == null ? reply : Reply.failure(ErrorCode.INTERNAL, "Internal error"));
            if (!answer.isTheServers()) {
                answers.asMap().remove(question, fresh);
            }
            fresh.complete(answer);
        });
        return fresh;
    }

    private String unknownName(Target.Kind kind) {
        String unguessable = UNKNOWN + HexFormat.of().toHexDigits(random.nextLong());
        boolean uri = kind == Target.Kind.RESOURCE || kind == Target.Kind.TEMPLATE;
        return uri ? unguessable + ":///" + unguessable : unguessable;
    }

    private CompletionStage<Reply> ask(Call refused, String name, Payload metaFrom) {
        Call question = Call.request(
                        RequestId.of(UNKNOWN + name.hashCode()),
                        refused.method(),
                        params(refused, name, metaFrom),
                        refused.session())
                .withPrincipal(refused.principal())
                .withServer(refused.server().orElse(""));
        return ask.proceed(WrappedUpstream.alongside(refused, question));
    }

    private static Payload params(Call refused, String name, Payload metaFrom) {
        Map<String, @Nullable Object> params = new LinkedHashMap<>();
        if (refused.method().equals("completion/complete")) {
            boolean prompt = refused.target().kind() == Target.Kind.PROMPT;
            params.put("ref", Map.of("type", prompt ? "ref/prompt" : "ref/resource", prompt ? "name" : "uri", name));
            params.put("argument", Map.of("name", "unknown", "value", ""));
        } else {
            params.put(refused.target().kind() == Target.Kind.RESOURCE ? "uri" : "name", name);
        }
        if (refused.method().equals("tools/call")) {
            params.put("arguments", Map.of());
        }
        if (metaFrom.members().get("_meta") instanceof Map<?, ?> meta) {
            Map<Object, Object> kept = new LinkedHashMap<>(meta);
            kept.remove("progressToken"); // nobody listens
            params.put("_meta", kept);
        }
        return Payload.of(params);
    }

    private Reply renamed(Answer answer, String name) {
        if (answer.reply() instanceof Reply.Complete complete) {
            return Reply.complete(renamed(complete.result(), answer.askedName(), name));
        }
        if (answer.reply() instanceof Reply.Failure failure && failure.kind() == null) {
            Payload data = failure.data();
            return Reply.Failure.received(
                    failure.code(),
                    failure.message().replace(answer.askedName(), name),
                    data == null ? null : renamed(data, answer.askedName(), name));
        }
        if (answer.reply() instanceof Reply.Failure down) {
            return down;
        }
        return Reply.failure(ErrorCode.INVALID_PARAMS, "Unknown"); // what it would ask the client nobody has decided on
    }

    private Payload renamed(Payload payload, String asked, String name) {
        String json = StandardCharsets.UTF_8.decode(payload.json()).toString();
        if (!json.contains(asked)) {
            return payload;
        }
        return reader.ours(json.replace(asked, JsonText.inString(name)).getBytes(StandardCharsets.UTF_8));
    }
}
