package io.mcpgate.core.policy;

import io.mcpgate.Call;
import io.mcpgate.Payload;
import io.mcpgate.Principal;
import io.mcpgate.Reply;
import io.mcpgate.Session;
import io.mcpgate.core.json.JsonReader;
import io.mcpgate.core.protocol.ListKind;
import io.mcpgate.policy.Policy;
import io.mcpgate.policy.PolicyStore;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The clients that were promised to be told when their lists change: sessions whose handshake said {@code listChanged}, and
 * {@code subscriptions/listen} requests of 2026-07-28 in whose acknowledgement it was. What a client sees depends on servers,
 * which tell it themselves, and on policy, whose changes are told here. {@link Announce} fills it.
 *
 * <p>To be shared by gateways that succeed each other. Holds {@link #MEMBERS_MAX} at the most; who comes after them is not
 * told. An edge's session is forgotten, at the latest, when its edge has let go of it: some transports drop a client without
 * a word. Safe for use by many threads.
 */
public final class Audience {
    /** Sessions and listens that are remembered at once. */
    public static final int MEMBERS_MAX = 100_000;

    private final Map<Object, Member> members = new ConcurrentHashMap<>(); // by session key, or by the listen itself
    private final ReferenceQueue<Session> dropped = new ReferenceQueue<>();

    /** Nobody yet. */
    public Audience() {}

    /** Whom a change concerns, and who they are after it. Must not block. */
    @FunctionalInterface
    public interface Reach {
        /**
         * Whether a client may see something else than before.
         *
         * @param known who the client was
         * @param server the server of its URL; empty if it is at the merged catalog
         * @return who it is now; empty if nothing has changed for it, or it is nobody any more
         */
        Optional<Principal> of(Principal known, Optional<String> server);
    }

    /**
     * One client.
     *
     * @param end how to reach it
     * @param principal who it is
     * @param server the server of its URL; empty if it is at the merged catalog
     * @param kinds what it was promised
     * @param ready whether its handshake is over, or its acknowledgement sent: before that nothing may be sent to it
     * @param missed tells it, once it is ready, what it would have been told before
     */
    private record Member(
            ClientEnd end,
            Principal principal,
            Optional<String> server,
            Set<ListKind> kinds,
            boolean ready,
            @Nullable Runnable missed) {
        Member(ClientEnd end, Call call, Set<ListKind> kinds) {
            this(end, call.principal(), call.server(), kinds, false, null);
        }

        /** Told now, or later. Who has not ended its handshake will list after it anyway. */
        Member told(Principal now, Runnable later) {
            boolean misses = !ready && end instanceof ClientEnd.Listen;
            return new Member(end, now, server, kinds, ready, misses ? later : null);
        }

        Member whenReady() {
            return new Member(end, principal, server, kinds, true, null);
        }
    }

    /** A session was promised this in its handshake; it is told nothing before {@link #ready}. */
    void promised(Call initialize, Reply.Complete reply) {
        Set<ListKind> kinds = ListKind.promisedBy(reply.result());
        Session session = initialize.session();
        String key = session.key();
        put(key, new Member(ClientEnd.of(session, dropped), initialize, kinds));
        if (initialize.cancellation().isCancelled()) { // its session has ended meanwhile
            members.remove(key);
        }
    }

    /** The client has taken its handshake. */
    void ready(Session session) {
        begin(session.key());
    }

    /** From now on it is told, beginning with what it has missed since it was put here. */
    private void begin(Object key) {
        Member before = members.get(key);
        while (before != null && !members.replace(key, before, before.whenReady())) {
            before = members.get(key);
        }
        if (before != null && before.missed() != null) {
            before.missed().run();
        }
    }

    /** The acknowledgement of the listen is on its way. */
    void acknowledgedNow(Object key) {
        begin(key);
    }

    /** The listen is about to be acknowledged; {@code key} names it. Nothing is told before {@link #acknowledgedNow}. */
    void acknowledging(Object key, Call listen, Payload acknowledgement) {
        Set<ListKind> kinds = ListKind.in(listen.params().member("notifications"));
        kinds.retainAll(ListKind.in(acknowledgement.member("notifications")));
        put(key, new Member(new ClientEnd.Listen(listen), listen, kinds));
    }

    private void put(Object key, Member member) {
        forgetDropped();
        if (member.kinds().isEmpty()) {
            members.remove(key);
        } else if (members.size() < MEMBERS_MAX || members.containsKey(key)) {
            members.put(key, member);
        }
    }

    /** Costs nothing where there are none. */
    private void forgetDropped() {
        for (Reference<?> gone = dropped.poll(); gone != null; gone = dropped.poll()) {
            Reference<?> end = gone;
            Object key = ((ClientEnd.OfEdge) gone).key();
            // Not if a later handshake has put another one under this key.
            members.computeIfPresent(key, (same, member) -> member.end() == end ? null : member);
        }
    }

    /** The listen has ended. */
    void left(Object key) {
        members.remove(key);
    }

    /** The session has ended. */
    public void ended(Session session) {
        members.remove(session.key());
    }

    /**
     * Tells everybody whom a change concerns, once for each kind of list that they were promised and may use now.
     *
     * @param servers the governed servers
     * @param policies what counts now
     * @param steps takes a notification to its client
     */
    public void tell(
            Reach reach, Collection<String> servers, PolicyStore policies, JsonReader reader, Consumer<Call> steps) {
        forgetDropped();
        members.keySet().forEach(key -> tell(key, reach, servers, policies, reader, steps));
    }

    private void tell(
            Object key,
            Reach reach,
            Collection<String> servers,
            PolicyStore policies,
            JsonReader reader,
            Consumer<Call> steps) {
        Member member = members.get(key);
        if (member == null) {
            return;
        }
        Optional<String> at = member.server();
        reach.of(member.principal(), at).ifPresent(principal -> {
            Runnable later = () -> tell(key, reach, servers, policies, reader, steps);
            Member now = members.computeIfPresent(key, (same, latest) -> latest.told(principal, later));
            if (now == null || !now.ready()) {
                return;
            }
            List<String> theirs = servers.stream()
                    .filter(server -> at.isEmpty() || at.get().equals(server))
                    .toList();
            Authorize.policyFor(policies, principal).thenAccept(policy -> tell(now, policy, theirs, reader, steps));
        });
    }

    /** Policy decides about servers, so news of the merged catalog goes out as that of a server which the client may list. */
    private static void tell(
            Member member, Policy policy, List<String> servers, JsonReader reader, Consumer<Call> steps) {
        for (ListKind kind : member.kinds()) {
            servers.stream()
                    .filter(server -> new Rights(policy, server).mayBeTold(kind))
                    .findFirst()
                    .flatMap(server -> member.end().news(kind, member.principal(), server, reader))
                    .ifPresent(steps);
        }
    }
}
