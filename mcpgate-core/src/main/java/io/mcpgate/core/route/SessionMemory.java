package io.mcpgate.core.route;

import io.mcpgate.Call;
import io.mcpgate.Payload;
import io.mcpgate.RequestId;
import io.mcpgate.Target;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a session has settled with a legacy server that lasts longer than the call: the resources that it subscribed to, and
 * its log level. A server that has lost the session has lost this with it, and is told again. Safe for use by many threads.
 *
 * <p>Nothing is decided anew: what a subscription brings passes the steps on its way to the client.
 */
final class SessionMemory {
    /** The resources of one session. */
    static final int RESOURCES_MAX = 1_024;

    /** The characters of all their URIs. */
    static final int CHARACTERS_MAX = 1 << 20;

    private static final RequestId ID = RequestId.of("mcpgate");

    private final int resourcesMax;
    private final int charactersMax;
    private final Set<String> resources = new LinkedHashSet<>(); // guarded by this
    private int characters; // of the resources; guarded by this
    private @Nullable Payload level; // guarded by this

    SessionMemory(int resourcesMax) {
        this(resourcesMax, CHARACTERS_MAX);
    }

    /** One for all sessions that share a connection, each of which has its own bounds beside these. */
    SessionMemory(int resourcesMax, int charactersMax) {
        this.resourcesMax = resourcesMax;
        this.charactersMax = charactersMax;
    }

    /** Whether what this call settles, if it succeeds, is more than can be remembered. */
    synchronized boolean isTooMuch(Call call) {
        if (!call.method().equals("resources/subscribe")
                || call.session().isModern()
                || resources.contains(uri(call))) {
            return false;
        }
        return resources.size() >= resourcesMax || characters + uri(call).length() > charactersMax;
    }

    /** The server has done as this call says. */
    synchronized void note(Call call) {
        if (call.session().isModern()) {
            return; // there the method, if there is one, means something else
        }
        switch (call.method()) {
            case "resources/subscribe" -> {
                if (!isTooMuch(call) && resources.add(uri(call))) {
                    characters += uri(call).length();
                }
            }
            case "resources/unsubscribe" -> forget(uri(call));
            case "logging/setLevel" -> level = call.params();
            default -> {}
        }
    }

    /** The server does not grant this call any more: it would only be refused again and again. */
    synchronized void refused(Call call) {
        if (call.method().equals("resources/subscribe")) {
            forget(uri(call));
        } else {
            level = null;
        }
    }

    /** Nobody wants to be told of this resource any more. */
    synchronized void forget(String uri) {
        if (resources.remove(uri)) {
            characters -= uri.length();
        }
    }

    /** The session begins anew. */
    synchronized void clear() {
        resources.clear();
        characters = 0;
        level = null;
    }

    /** Whether the client waits to be told of something. */
    synchronized boolean isSubscribed() {
        return !resources.isEmpty();
    }

    /** Whether there is nothing to tell again. */
    synchronized boolean isEmpty() {
        return resources.isEmpty() && level == null;
    }

    /** What the server is to be told again, in the name of whoever makes that call. */
    synchronized List<Call> again(Call by) {
        List<Call> calls = new ArrayList<>(resources.size() + 1);
        if (level != null) {
            calls.add(inNameOf(by, "logging/setLevel", level));
        }
        resources.forEach(uri -> calls.add(inNameOf(by, "resources/subscribe", Payload.of(Map.of("uri", uri)))));
        return calls;
    }

    private static Call inNameOf(Call by, String method, Payload params) {
        return Call.request(ID, method, params, by.session())
                .withPrincipal(by.principal())
                .withServer(by.server().orElse(""));
    }

    private static String uri(Call call) {
        return call.target().kind() == Target.Kind.RESOURCE ? call.target().name() : "";
    }
}
