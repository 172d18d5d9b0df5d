package io.mcpgate.core.policy;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import io.mcpgate.Call;
import io.mcpgate.ErrorCode;
import io.mcpgate.Interceptor;
import io.mcpgate.Payload;
import io.mcpgate.Reply;
import io.mcpgate.RequestId;
import io.mcpgate.Target;
import io.mcpgate.Traffic;
import io.mcpgate.core.audit.Trail;
import io.mcpgate.core.json.JsonLimits;
import io.mcpgate.core.json.JsonReader;
import io.mcpgate.core.json.JsonText;
import io.mcpgate.core.json.RawPayload;
import io.mcpgate.core.protocol.Listing;
import io.mcpgate.core.stage.Ready;
import io.mcpgate.core.stage.Stages;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Answers a refused name exactly as the server answers a name that it does not know, so that a refusal does not tell
 * that there is something to refuse.
 *
 * <p>Servers word that answer differently, so each is asked for each principal, with a name that nobody can have; its
 * answer is good for a minute, and the name in it is replaced. It is asked when something is cut from one of its lists, or
 * else at a refusal; the refused call itself never leaves the gate. A server that cannot be asked is down, and the caller is
 * told that, as it would be for any other name.
 */
public final class Concealment implements Interceptor {
    private static final String UNKNOWN = "mcpgate-unknown-";
    private static final int ANSWERS_MAX = 10_000;
    private static final int ANSWER_BYTES_MAX = 64 << 10;

    /** What a server says may pass, e.g. that it is busy, and must not mark refused names for ever. */
    private static final Duration ANSWERS_LAST = Duration.ofMinutes(1);

    private final Chain ask;
    private final JsonReader told = new JsonReader(JsonLimits.OF_PARTS); // within the limits of the server by then
    private final SecureRandom random = new SecureRandom();
    private final Cache<Question, CompletableFuture<Answer>> answers;

    /** Asks servers by {@code ask}, which records the question and takes it to the upstream. */
    public Concealment(Chain ask) {
        this(ask, Ticker.systemTicker());
    }

    Concealment(Chain ask, Ticker ticker) {
        this.ask = ask;
        this.answers = Caffeine.newBuilder()
                .maximumSize(ANSWERS_MAX)
                .expireAfterWrite(ANSWERS_LAST)
                .ticker(ticker)
                .executor(Runnable::run) // upkeep on the calling thread: no pool that the host cannot see
                .build();
    }

    /** By principal too: what a server says to one must not reach another, not even in an error. */
    private record Question(String principal, String server, String method, Target.Kind kind, boolean modern) {}

    private record Answer(String askedName, Reply reply) {
        /** The server's own word, by itself; empty for other failures, which pass, and for what is too large to keep. */
        Optional<Answer> kept() {
            if (reply instanceof Reply.Complete complete) {
                return alone(complete.result()).map(result -> new Answer(askedName, Reply.complete(result)));
            }
            if (!(reply instanceof Reply.Failure failure) || failure.kind() != null) {
                return Optional.empty();
            }
            Payload data = failure.data();
            return data == null
                    ? Optional.of(this)
                    : alone(data)
                            .map(own -> new Answer(
                                    askedName, Reply.Failure.received(failure.code(), failure.message(), own)));
        }

        private static Optional<Payload> alone(Payload body) {
            return Optional.of(body instanceof RawPayload raw ? raw.alone() : body)
                    .filter(own -> own.size() <= ANSWER_BYTES_MAX);
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
                    answer(
                            onAccountOf(list, RequestId.of(0), listing.use(), Payload.of(Map.of(key, ""))),
                            list.params());
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
        CompletableFuture<Answer> known = answers.getIfPresent(question);
        if (known != null) {
            return known;
        }
        String name = unknownName(refused.target().kind());
        Call asking = asking(refused, name, metaFrom); // before others wait for the answer: a host's params may throw
        CompletableFuture<Answer> fresh = new CompletableFuture<>();
        known = answers.asMap().putIfAbsent(question, fresh);
        if (known != null) {
            return known;
        }
        ask.proceed(asking)
                .exceptionally(broken -> Reply.failure(ErrorCode.INTERNAL, "Internal error"))
                .thenApply(reply -> {
                    takeBack(asking, reply);
                    return settled(question, fresh, new Answer(name, reply));
                })
                .whenComplete((answer, broken) -> {
                    if (broken == null) {
                        fresh.complete(answer);
                    } else {
                        answers.asMap().remove(question, fresh);
                        fresh.completeExceptionally(broken);
                    }
                });
        return fresh;
    }

    /** A server that takes any URI for known has subscribed the client to one that nobody has, for as long as it lasts. */
    private void takeBack(Call asked, Reply reply) {
        if (asked.method().equals("resources/subscribe") && reply instanceof Reply.Complete) {
            Call back = onAccountOf(asked, RequestId.of(UNKNOWN + "back"), "resources/unsubscribe", asked.params());
            Stages.begin(() -> ask.proceed(back)); // nobody waits for it, and it is recorded
        }
    }

    private static Call onAccountOf(Call cause, RequestId id, String method, Payload params) {
        return Trail.onAccountOf(
                cause,
                Call.request(id, method, params, cause.session())
                        .withPrincipal(cause.principal())
                        .withServer(cause.server().orElse("")));
    }

    private Answer settled(Question question, CompletableFuture<Answer> fresh, Answer answer) {
        Optional<Answer> kept = answer.kept();
        if (kept.isEmpty()) {
            answers.asMap().remove(question, fresh);
        }
        return kept.orElse(answer);
    }

    private String unknownName(Target.Kind kind) {
        String unguessable = UNKNOWN + HexFormat.of().toHexDigits(random.nextLong());
        boolean uri = kind == Target.Kind.RESOURCE || kind == Target.Kind.TEMPLATE;
        return uri ? unguessable + ":///" + unguessable : unguessable;
    }

    private static Call asking(Call refused, String name, Payload metaFrom) {
        return onAccountOf(
                refused, RequestId.of(UNKNOWN + name.hashCode()), refused.method(), params(refused, name, metaFrom));
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
        meta(metaFrom).ifPresent(meta -> {
            Map<Object, Object> kept = new LinkedHashMap<>(meta);
            kept.remove("progressToken"); // nobody listens
            params.put("_meta", kept);
        });
        return Payload.of(params);
    }

    /** None if the params cannot be read, as a host's objects need not be JSON: that must not tell a refused name. */
    private static Optional<Map<?, ?>> meta(Payload params) {
        try {
            return params.members().get("_meta") instanceof Map<?, ?> meta ? Optional.of(meta) : Optional.empty();
        } catch (RuntimeException unreadable) {
            return Optional.empty();
        }
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

    /** In the very bytes, so that all else is as the server writes it; some write a slash in a string as {@code \/}. */
    private Payload renamed(Payload payload, String asked, String name) {
        String before = StandardCharsets.UTF_8.decode(payload.json()).toString();
        String inString = JsonText.inString(name);
        String after = before.replace(asked, inString).replace(slashed(asked), slashed(inString));
        return after.equals(before) ? payload : told.ours(after.getBytes(StandardCharsets.UTF_8));
    }

    private static String slashed(String text) {
        return text.replace("/", "\\/");
    }
}
