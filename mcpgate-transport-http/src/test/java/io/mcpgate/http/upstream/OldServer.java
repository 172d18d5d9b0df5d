package io.mcpgate.http.upstream;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A server that speaks HTTP+SSE of 2024-11-05 and nothing else, as the script of a {@link ScriptedServer}. */
final class OldServer implements ScriptedServer.Script {
    static final String MESSAGES = "/messages?session=1";

    private final List<ScriptedServer.Out> streams = new CopyOnWriteArrayList<>();
    private final String address;
    private volatile ScriptedServer.Script posted = (request, out) -> {
        if (request.rpc().equals("initialize")) {
            say(request.result("{\"protocolVersion\":\"2025-06-18\",\"capabilities\":{}}"));
        } else if (!request.id().equals("null") && !request.rpc().isEmpty()) {
            say(request.result(ConnectorFixture.OK));
        }
        out.whole(202, "text/plain", "Accepted");
    };

    OldServer() {
        this(MESSAGES);
    }

    OldServer(String address) {
        this.address = address;
    }

    /** What becomes of posted messages but the handshake. */
    void posted(ScriptedServer.Script then) {
        ScriptedServer.Script usual = posted;
        posted = (request, out) -> {
            if (request.rpc().contains("initialize")) {
                usual.answer(request, out);
            } else {
                then.answer(request, out);
            }
        };
    }

    @Override
    public void answer(ScriptedServer.Received request, ScriptedServer.Out out) throws IOException {
        switch (request.verb() + " " + request.path()) {
            case "GET /mcp" -> {
                ScriptedServer.Out stream = out.stream("Connection: close");
                streams.add(out); // before the client knows where to post, for it does so at once
                stream.chunk("event: endpoint\ndata: " + address + "\n\n");
                out.awaitDisconnect();
            }
            case "POST " + MESSAGES -> posted.answer(request, out);
            default -> out.whole(404, "text/html", "<html>Cannot " + request.verb() + "</html>");
        }
    }

    /** Sends a message on the newest stream. */
    synchronized void say(String message) throws IOException {
        newest().event(message);
    }

    /** Ends the newest stream. */
    void end() throws IOException {
        newest().end();
    }

    /** Sends whatever on the newest stream. */
    ScriptedServer.Out newest() {
        return streams.get(streams.size() - 1);
    }
}
