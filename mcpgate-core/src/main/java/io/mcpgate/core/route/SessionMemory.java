package io.mcpgate.core.route;

import io.mcpgate.Call;
import io.mcpgate.ErrorCode;
import io.mcpgate.Payload;
import io.mcpgate.Reply;
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

    /** The characters of a log level; those that the specification knows have nine at the most. */
    static final int LEVEL_CHARACTERS_MAX = 64;

    private static final RequestId ID = RequestId.of("mcpgate");

    private final int resourcesMax;
    private final int charactersMax;
    private final Set<String> resources = new LinkedHashSet<>(); // guarded by this
    private int characters; // of the resources; guarded by this
    private String level = ""; // empty if none was set; guarded by this

    SessionMemory(int resourcesMax) {
        this(resourcesMax, CHARACTERS_MAX);
    }

    /** One for all sessions that share a connection, whose principals each have bounds of their own beside these. */
    SessionMemory(int resourcesMax, int charactersMax) {
        this.resourcesMax = resourcesMax;
        this.charactersMax = charactersMax;
    }

    /** The answer to a call that would settle, if it succeeded, more than can be remembered; {@code null} to any other. */
    synchronized @Nullable Reply refusal(Call call) {
        if (call.session().isModern()) {
            return null;
        }
        return switch (call.method()) {
            case "resources/subscribe" ->
                isTooMuch(uri(call))
                        ? Reply.failure(
                                ErrorCode.RATE_LIMITED, "Too many resources are subscribed to on this connection")
                        : null;
            case "logging/setLevel" ->
                level(call).length() > LEVEL_CHARACTERS_MAX
                        ? Reply.failure(
                                ErrorCode.INVALID_PARAMS,
                                "A log level has at most " + LEVEL_CHARACTERS_MAX + " characters")
                        : null;
            default -> null;
        };
    }

    private boolean isTooMuch(String uri) {
        return !resources.contains(uri)
                && (resources.size() >= resourcesMax || characters + uri.length() > charactersMax);
    }

    /** The server has done as this call says. */
    synchronized void note(Call call) {
        if (call.session().isModern()) {
            return; // there the method, if there is one, means something else
        }
        switch (call.method()) {
            case "resources/subscribe" -> {
                if (!isTooMuch(uri(call)) && resources.add(uri(call))) {
                    characters += uri(call).length();
                }
            }
            case "resources/unsubscribe" -> forget(uri(call));
            case "logging/setLevel" -> level = level(call);
            default -> {}
        }
    }

    /** The server does not grant this call any more: it would only be refused again and again. */
    synchronized void refused(Call call) {
        if (call.method().equals("resources/subscribe")) {
            forget(uri(call));
        } else {
            level = "";
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
        level = "";
    }

    /** Whether the client waits to be told of something. */
    synchronized boolean isSubscribed() {
        return !resources.isEmpty();
    }

    /** Whether there is nothing to tell again. */
    synchronized boolean isEmpty() {
        return resources.isEmpty() && level.isEmpty();
    }

    /** What the server is to be told again, in the name of whoever makes that call. */
    synchronized List<Call> again(Call by) {
        List<Call> calls = new ArrayList<>(resources.size() + 1);
        if (!level.isEmpty()) {
            calls.add(inNameOf(by, "logging/setLevel", Payload.of(Map.of("level", level))));
        }
        resources.forEach(uri -> calls.add(inNameOf(by, "resources/subscribe", Payload.of(Map.of("uri", uri)))));
        return calls;
    }

    private static Call inNameOf(Call by, String method, Payload params) {
        return Call.request(ID, method, params, by.session())
                .withPrincipal(by.principal())
                .withServer(by.server().orElse(""));
    }

    /** Only this of the params is kept, which may be as large as a message; empty if it is no string. */
    private static String level(Call call) {
        return call.params().string("level").orElse("");
    }

    private static String uri(Call call) {
        return call.target().kind() == Target.Kind.RESOURCE ? call.target().name() : "";
    }
}
