// A server of the official SDK 1.x with its event store, over streamable HTTP at http://127.0.0.1:<port>/mcp; prints {"port":N} as
// the first line of standard output.
// Its one tool "count" sends progress 1 … n, a tenth of a second apart; with "hangUp" the server ends the call's HTTP response
// after each of these steps, as 2025-11-25 allows it, and goes on when the client has come back for the rest.
// usage: node resumable-ts1.mjs
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { InMemoryEventStore } from '@modelcontextprotocol/sdk/examples/shared/inMemoryEventStore.js';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import { z } from 'zod';

let calls = 0;

function mcpServer() {
    const server = new McpServer({ name: 'resumable', version: '1' });
    const inputSchema = { n: z.number(), hangUp: z.boolean().default(false) };
    server.registerTool('count', { inputSchema }, async ({ n, hangUp }, extra) => {
        const call = ++calls;
        for (let progress = 1; progress <= n; progress++) {
            const progressToken = extra._meta?.progressToken;
            await extra.sendNotification({ method: 'notifications/progress', params: { progressToken, progress } });
            if (hangUp) extra.closeSSEStream();
            await pause(100);
        }
        return { content: [{ type: 'text', text: `counted to ${n} in call ${call}` }] };
    });
    return server;
}

const sessions = new Map();

const http = createServer(async (request, response) => {
    let transport = sessions.get(request.headers['mcp-session-id']);
    if (transport === undefined) {
        transport = new StreamableHTTPServerTransport({
            sessionIdGenerator: randomUUID,
            eventStore: new InMemoryEventStore(),
            retryInterval: 50,
            onsessioninitialized: id => sessions.set(id, transport)
        });
        await mcpServer().connect(transport);
    }
    await transport.handleRequest(request, response);
});
http.listen(0, '127.0.0.1', () => process.stdout.write(`${JSON.stringify({ port: http.address().port })}\n`));
process.on('SIGTERM', () => process.exit(0));
