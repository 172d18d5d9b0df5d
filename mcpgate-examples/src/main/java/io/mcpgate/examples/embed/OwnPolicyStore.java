package io.mcpgate.examples.embed;

import io.mcpgate.Cancellation.Registration;
import io.mcpgate.Principal;
import io.mcpgate.core.policy.Grant;
import io.mcpgate.core.policy.Role;
import io.mcpgate.core.policy.RolePolicyStore;
import io.mcpgate.policy.Policy;
import io.mcpgate.policy.PolicyStore;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Rules that live in a table of yours and change while the gateway runs. The rows become roles as {@code gate.yaml} has them,
 * so that what a method needs is the gateway's knowledge and not the table's; a change is compiled once, and then told to all
 * clients that were promised to be told.
 */
public final class OwnPolicyStore implements PolicyStore {
    private final Map<Object, Runnable> listeners = new ConcurrentHashMap<>();
    private volatile RolePolicyStore rules;

    /**
     * One row: whoever has the role may use these tools of that server.
     *
     * @param tools a glob
     */
    public record Row(String role, String server, String tools) {}

    /** Begins with these rows. */
    public OwnPolicyStore(List<Row> rows) {
        rules = compile(rows);
    }

    private static RolePolicyStore compile(List<Row> rows) {
        Map<String, List<Grant>> grants = new LinkedHashMap<>();
        rows.forEach(row -> grants.computeIfAbsent(row.role(), role -> new ArrayList<>())
                .add(Grant.tools(row.server(), row.tools())));
        return new RolePolicyStore(grants.entrySet().stream()
                .map(role -> new Role(role.getKey(), role.getValue(), List.of()))
                .toList());
    }

    /** The table has changed, in as many rows as it may be: call it once for all, on any thread. */
    public void changed(List<Row> rows) {
        rules = compile(rows); // before anybody is told, for who is told asks at once
        listeners.values().forEach(Runnable::run);
    }

    @Override
    public CompletionStage<Policy> policyFor(Principal principal) {
        return rules.policyFor(principal);
    }

    @Override
    public Registration onChange(Runnable listener) {
        Object key = new Object();
        listeners.put(key, listener);
        return () -> listeners.remove(key);
    }
}
