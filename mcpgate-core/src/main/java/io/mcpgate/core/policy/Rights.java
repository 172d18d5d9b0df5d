package io.mcpgate.core.policy;

import io.mcpgate.Call;
import io.mcpgate.Direction;
import io.mcpgate.Reply;
import io.mcpgate.Target;
import io.mcpgate.core.protocol.ListKind;
import io.mcpgate.policy.Access;
import io.mcpgate.policy.Decision;
import io.mcpgate.policy.Policy;
import java.util.Set;

/** What one principal may do with one server, in the questions that the gateway has. */
record Rights(Policy policy, String server) {

    Decision decide(Direction direction, String method, Target target) {
        return Authorize.decide(policy, new Access(direction, server, method, target));
    }

    Decision decide(Call call) {
        return decide(call.direction(), call.method(), call.target());
    }

    /** A request of the server as policy sees it, also one that came inside a result. */
    Decision decide(Reply.Request asked) {
        return decide(Direction.TO_CLIENT, asked.method(), Target.of(asked.method(), asked.params()));
    }

    /** Whether clients may use a method at all, whatever it then names. */
    boolean mayUse(String method) {
        return mayUse(method, new Target(Target.Kind.METHOD, method));
    }

    boolean mayUse(String method, Target target) {
        return decide(Direction.TO_SERVER, method, target).allowed();
    }

    /** Whether the server may send a method at all, whatever it then names. */
    boolean mayHear(String method) {
        return decide(Direction.TO_CLIENT, method, new Target(Target.Kind.METHOD, method))
                .allowed();
    }

    /** Whether one may be told that a list has changed: news of a list needs the list. */
    boolean mayBeTold(ListKind kind) {
        return kind.listings().stream().anyMatch(listing -> mayUse(listing.method())) && mayHear(kind.notification());
    }

    /** Whether all of these may be used with a method of either side. */
    boolean covers(Direction direction, String method, Set<Target> targets) {
        return targets.stream()
                .allMatch(target -> decide(direction, method, target).allowed());
    }

    /** Whether the principal may use the server for anything. */
    boolean mayEnter() {
        return Authorize.mayEnter(policy, server);
    }
}
