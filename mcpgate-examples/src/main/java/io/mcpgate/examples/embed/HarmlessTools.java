package io.mcpgate.examples.embed;

import io.mcpgate.Call;
import io.mcpgate.Reply;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The tools of which a server has said, in its lists, that they are not destructive; the last 10,000 of them. One that was
 * never listed is not among them: MCP takes a tool without that annotation for destructive, unless it only reads.
 */
final class HarmlessTools {
    private static final int TOOLS_MAX = 10_000;

    private final Map<Tool, Boolean> tools = new LinkedHashMap<>() { // guarded by this
                private static final long serialVersionUID = 1L;

                @Override
                protected boolean removeEldestEntry(Map.Entry<Tool, Boolean> eldest) {
                    return size() > TOOLS_MAX;
                }
            };

    private record Tool(@Nullable String server, String name) {}

    boolean has(Call call) {
        Tool tool = new Tool(call.server().orElse(null), call.target().name());
        synchronized (this) {
            return tools.containsKey(tool);
        }
    }

    Reply learn(Call call, Reply reply) {
        if (reply instanceof Reply.Complete complete && complete.result().member("tools") instanceof List<?> listed) {
            listed.forEach(tool -> learn(call.server().orElse(null), tool));
        }
        return reply;
    }

    private synchronized void learn(@Nullable String server, @Nullable Object listed) {
        if (listed instanceof Map<?, ?> tool && tool.get("name") instanceof String name) {
            Tool key = new Tool(server, name);
            if (isHarmless(tool.get("annotations"))) {
                tools.put(key, true);
            } else {
                tools.remove(key); // it may have been, until its server was changed
            }
        }
    }

    private static boolean isHarmless(@Nullable Object annotations) {
        return annotations instanceof Map<?, ?> hints
                && (Boolean.FALSE.equals(hints.get("destructiveHint"))
                        || Boolean.TRUE.equals(hints.get("readOnlyHint")));
    }
}
