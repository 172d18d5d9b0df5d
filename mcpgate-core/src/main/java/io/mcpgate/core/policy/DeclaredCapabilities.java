package io.mcpgate.core.policy;

import io.mcpgate.Call;
import io.mcpgate.Payload;
import io.mcpgate.Principal;
import io.mcpgate.Session;
import io.mcpgate.core.json.JsonReader;
import io.mcpgate.core.json.RawPayload;
import io.mcpgate.core.json.Rewrite;
import io.mcpgate.core.protocol.ForwardingSession;
import io.mcpgate.policy.Policy;
import io.mcpgate.policy.PolicyStore;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * What a client says it can do, without what policy keeps servers from asking of it: a server that is told the truth does
 * not ask in vain. In {@code initialize}, in what each request of 2026-07-28 says about itself, and in the handshake with
 * which the gateway opens a lost upstream session again.
 */
public final class DeclaredCapabilities {
    private static final String CAPABILITIES = "io.modelcontextprotocol/clientCapabilities";
    private static final List<String> ASKED =
            List.of("sampling/createMessage", "elicitation/create", "roots/list"); // each before its first "/"
    private static final int TASKS = 1 << ASKED.size();

    private final JsonReader reader;
    private final Rewrite[] inHandshake = new Rewrite[2 * TASKS];
    private final Rewrite[] inMeta = new Rewrite[2 * TASKS];

    /** One for all calls of a gateway. */
    public DeclaredCapabilities(JsonReader reader) {
        this.reader = reader;
        for (int refused = 0; refused < inMeta.length; refused++) {
            inHandshake[refused] = without(refused, "capabilities");
            inMeta[refused] = without(refused, "_meta", CAPABILITIES);
        }
    }

    private static Rewrite without(int refused, String... prefix) {
        Rewrite.Builder changes = Rewrite.builder();
        for (int i = 0; i < ASKED.size(); i++) {
            if ((refused & (1 << i)) != 0) {
                String capability = ASKED.get(i).substring(0, ASKED.get(i).indexOf('/'));
                changes.remove(path(prefix, capability));
                changes.remove(path(prefix, "tasks", "requests", capability));
            }
        }
        if ((refused & TASKS) != 0) {
            changes.remove(path(prefix, "extensions", "io.modelcontextprotocol/tasks"));
        }
        return changes.build();
    }

    private static String[] path(String[] prefix, String... rest) {
        String[] path = new String[prefix.length + rest.length];
        System.arraycopy(prefix, 0, path, 0, prefix.length);
        System.arraycopy(rest, 0, path, prefix.length, rest.length);
        return path;
    }

    /** One bit for each that is refused. */
    private static int refused(Rights rights) {
        int refused = rights.mayUse("tasks/get") ? 0 : TASKS;
        for (int i = 0; i < ASKED.size(); i++) {
            refused |= rights.mayHear(ASKED.get(i)) ? 0 : 1 << i;
        }
        return refused;
    }

    /** A call that the gateway itself makes in a principal's name, as this principal's own would go out. */
    public CompletionStage<Call> cut(Call call, PolicyStore store) {
        Principal principal = call.principal();
        return Authorize.policyFor(store, principal)
                .thenApply(policy -> cut(call, policy, call.server().orElse("")));
    }

    private Call cut(Call call, Policy policy, String server) {
        return cut(call, new Rights(policy, server));
    }

    /** A call to a server as it goes out. */
    Call cut(Call call, Rights rights) {
        Payload params = call.params();
        if (call.method().equals("initialize")) {
            params = cut(params, inHandshake, rights);
        }
        if (declaresSome(params)) {
            params = cut(params, inMeta, rights);
        }
        Call cut = params == call.params() ? call : call.withParams(params);
        return cut.session().isModern() ? cut : cut.withSession(new Reserved(cut.session(), rights));
    }

    private Payload cut(Payload params, Rewrite[] changes, Rights rights) {
        int refused = refused(rights);
        return refused == 0 ? params : changes[refused].apply(reader, params);
    }

    private static boolean declaresSome(Payload params) {
        if (params instanceof RawPayload raw) {
            return raw.declaresSomeCapability();
        }
        return params.member("_meta", CAPABILITIES) instanceof Map<?, ?> declared && !declared.isEmpty();
    }

    /** A client's session whose handshake, if it is ever needed again, says no more than the client's own was let say. */
    private final class Reserved extends ForwardingSession {
        private final Rights rights;

        Reserved(Session session, Rights rights) {
            super(session);
            this.rights = rights;
        }

        @Override
        public Optional<Payload> handshake() {
            return super.handshake().map(handshake -> cut(handshake, inHandshake, rights));
        }
    }
}
