package io.mcpgate.http;

import io.mcpgate.Payload;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The tools of one server whose arguments are repeated in headers, as far as lists that came by have told. Keeps a bounded
 * number, the longest unused go first. Safe for use by many threads.
 */
public final class MarkedTools {
    private static final Logger LOG = LoggerFactory.getLogger(MarkedTools.class);
    private static final int TOOLS_MAX = 1_000;
    private static final byte[] MARK = "x-mcp-header".getBytes(StandardCharsets.US_ASCII);

    private final Map<String, ParameterHeaders> marked = new LinkedHashMap<>(16, 0.75f, true); // guarded by itself

    /** Nothing is known yet. */
    public MarkedTools() {}

    /** The marks of a tool, by the name that it has in the lists; empty if none are known. */
    public Optional<ParameterHeaders> marks(String tool) {
        synchronized (marked) {
            return Optional.ofNullable(marked.get(tool));
        }
    }

    /** Takes in a result of {@code tools/list}: one page, so what it does not name stays as it was. */
    public void learn(Payload result) {
        boolean nothingToSay = !mayHaveMarks(result.json());
        synchronized (marked) {
            if (nothingToSay && marked.isEmpty()) {
                return; // most servers mark nothing: their lists need not be parsed for this
            }
        }
        if (result.members().get("tools") instanceof List<?> tools) {
            tools.forEach(this::learnTool);
        }
    }

    private void learnTool(Object definition) {
        if (!(definition instanceof Map<?, ?> tool) || !(tool.get("name") instanceof String name)) {
            return;
        }
        Optional<ParameterHeaders> marks = marksOf(tool.get("inputSchema"));
        synchronized (marked) {
            if (marks.isEmpty()) {
                marked.remove(name);
                return;
            }
            marked.put(name, marks.get());
            if (marked.size() > TOOLS_MAX) {
                marked.remove(marked.keySet().iterator().next());
            }
        }
    }

    private static Optional<ParameterHeaders> marksOf(@Nullable Object inputSchema) {
        try {
            return Optional.of(ParameterHeaders.of(inputSchema)).filter(marks -> !marks.isEmpty());
        } catch (IllegalArgumentException invalid) {
            LOG.debug("A tool's inputSchema is invalid: {}", invalid.getMessage());
            return Optional.empty();
        }
    }

    private static boolean mayHaveMarks(ByteBuffer json) {
        for (int at = json.position(); at <= json.limit() - MARK.length; at++) {
            int matching = 0;
            while (matching < MARK.length && json.get(at + matching) == MARK[matching]) {
                matching++;
            }
            if (matching == MARK.length) {
                return true;
            }
        }
        return false;
    }
}
