package io.mcpgate.core.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mcpgate.Call;
import io.mcpgate.Payload;
import io.mcpgate.Principal;
import io.mcpgate.Reply;
import io.mcpgate.RequestId;
import io.mcpgate.Session;
import io.mcpgate.core.identity.OwnedSession;
import io.mcpgate.core.json.JsonLimits;
import io.mcpgate.core.json.JsonReader;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Sessions whose edge has gone without a word; everything else is in {@code AnnounceTest}. */
class AudienceTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Principal ANN = Principal.of("ann", "user");
    private static final Reply.Complete PROMISE =
            new Reply.Complete(Payload.of(Map.of("capabilities", Map.of("tools", Map.of("listChanged", true)))));

    private final Audience audience = new Audience();
    private final List<Call> told = new CopyOnWriteArrayList<>();

    /** As edges have them: nobody but the edge holds one. */
    private record EdgesOwn(String key) implements OwnedSession {
        @Override
        public boolean isOwnedBy(Principal principal) {
            return true;
        }

        @Override
        public String protocolVersion() {
            return "2025-11-25";
        }

        @Override
        public Optional<Payload> handshake() {
            return Optional.empty();
        }

        @Override
        public CompletionStage<Reply> deliver(Call call) {
            return CompletableFuture.completedFuture(Reply.accepted());
        }
    }

    private void introduce(Session session) {
        audience.promised(
                Call.request(RequestId.of(1), "initialize", Payload.empty(), session)
                        .withPrincipal(ANN)
                        .withServer("crm"),
                PROMISE);
        audience.ready(session);
    }

    private WeakReference<Session> introduceAndDrop() {
        Session session = new EdgesOwn("dropped");
        introduce(session);
        return new WeakReference<>(session);
    }

    private boolean hears(Session session) {
        AtomicBoolean heard = new AtomicBoolean();
        tell(news -> heard.compareAndSet(false, news.session().key().equals(session.key())));
        return heard.get();
    }

    private void tell(Consumer<Call> steps) {
        audience.tell(
                (known, server) -> Optional.of(known),
                List.of("crm"),
                new RolePolicyStore(List.of(Role.allowing("user", Grant.everything("*")))),
                new JsonReader(JsonLimits.DEFAULT),
                steps);
    }

    @Test
    void tellsASessionForAsLongAsItsEdgeHoldsIt() {
        Session session = new EdgesOwn("held");
        introduce(session);
        WeakReference<Session> other = introduceAndDrop();
        await().atMost(PATIENCE).until(() -> isCleared(other));

        tell(told::add);

        assertThat(told)
                .singleElement()
                .satisfies(news -> assertThat(news.session()).isSameAs(session));
        assertThat(told.get(0).principal()).isEqualTo(ANN);
    }

    @Test
    void doesNotHoldASessionThatItsEdgeHasDropped() {
        WeakReference<Session> session = introduceAndDrop();

        await().atMost(PATIENCE).until(() -> isCleared(session));
    }

    @Test
    void hasRoomAgainWhenEdgesHaveDroppedTheirSessions() {
        for (int i = 0; i < Audience.MEMBERS_MAX; i++) {
            introduce(new EdgesOwn("dropped " + i));
        }
        Session late = new EdgesOwn("late");

        await().atMost(PATIENCE).until(() -> {
            System.gc();
            introduce(late);
            return hears(late);
        });
    }

    private static boolean isCleared(WeakReference<Session> session) {
        System.gc();
        return session.get() == null;
    }
}
