// A server with @modelcontextprotocol/server 2.x that speaks both eras.
//
// usage: node server-ts2.mjs --http [--port N] [--modern-only|--legacy-only]    prints {"port":N} first; the endpoint is /mcp on 127.0.0.1
//        node server-ts2.mjs --stdio [--modern-only|--legacy-only]
//
// Tools     echo{message} · add{a,b} (structured) · region{region} (mirrored as the header Mcp-Param-Region)
//           slow{steps?,delayMs?} (progress, cancellable) · lastSlow{} how the last slow ended · fail{message?} (isError)
//           ask{question?,kind?} (asks the client: elicitation, sampling or roots) · logs{count?,level?}
//           toggle{} (adds or removes the tool "extra": tools/list_changed) · touch{} (resources/updated of fixture://motd)
// Prompt    greet{name, tone?}; name is completed
// Resources fixture://motd (subscribable), fixture://items/{id} (listed: one, two, three; id is completed)
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { localhostHostValidation, localhostOriginValidation, toNodeHandler } from '@modelcontextprotocol/node';
import {
    completable,
    createMcpHandler,
    createRequestStateCodec,
    inputRequired,
    inputResponse,
    isLegacyRequest,
    McpServer,
    ResourceNotFoundError,
    ResourceTemplate,
    WebStandardStreamableHTTPServerTransport
} from '@modelcontextprotocol/server';
import { serveStdio, StdioServerTransport } from '@modelcontextprotocol/server/stdio';
import { z } from 'zod';

const NAMES = ['Ada', 'Alan', 'Barbara', 'Edsger', 'Grace'];
const ITEMS = ['one', 'two', 'three'];
const MOTD = 'fixture://motd';

const args = process.argv.slice(2);
const modernOnly = args.includes('--modern-only');
const legacyOnly = args.includes('--legacy-only');

// Of the process, as modern HTTP has a new McpServer for each request.
let lastSlow = { ended: 'never', step: 0 };
let extraVisible = false;
const live = new Set(); // servers that outlive a request: each has {server, extra, subscribed}
let modernHttp; // its notify reaches the subscriptions/listen streams

const stateCodec = createRequestStateCodec({ key: randomUUID() + randomUUID() });

function text(...lines) {
    return { content: lines.map(line => ({ type: 'text', text: line })) };
}

function newServer() {
    const server = new McpServer(
        { name: 'mcpgate-fixture-server', version: '1.0.0', title: 'A server to test with' },
        {
            capabilities: {
                tools: { listChanged: true },
                prompts: { listChanged: true },
                resources: { listChanged: true, subscribe: true },
                completions: {},
                logging: {}
            },
            instructions: 'Call echo.',
            requestState: { verify: stateCodec.verify }
        }
    );
    const entry = { server, subscribed: new Set() };

    server.registerTool(
        'echo',
        {
            title: 'Echo',
            description: 'Says what it is told.',
            inputSchema: z.object({ message: z.string() }),
            annotations: { readOnlyHint: true, openWorldHint: false }
        },
        ({ message }) => text(message)
    );
    server.registerTool(
        'add',
        {
            description: 'Adds two numbers.',
            inputSchema: z.object({ a: z.number(), b: z.number() }),
            outputSchema: z.object({ sum: z.number() })
        },
        ({ a, b }) => ({ ...text(String(a + b)), structuredContent: { sum: a + b } })
    );
    server.registerTool(
        'region',
        {
            description: 'Tells which region it was asked for, in the body and in the header.',
            inputSchema: z.object({ region: z.string().meta({ 'x-mcp-header': 'Region' }) })
        },
        ({ region }, ctx) => text(JSON.stringify({ region, header: ctx.http?.req?.headers.get('mcp-param-region') ?? null }))
    );
    server.registerTool(
        'slow',
        {
            description: 'Takes its time, tells its progress, and stops when it is cancelled.',
            inputSchema: z.object({
                steps: z.number().int().positive().default(5),
                delayMs: z.number().int().nonnegative().default(100)
            })
        },
        async ({ steps, delayMs }, ctx) => {
            const mine = (lastSlow = { ended: 'running', step: 0 });
            const progressToken = ctx.mcpReq._meta?.progressToken;
            try {
                while (mine.step < steps) {
                    await sleep(delayMs, undefined, { signal: ctx.mcpReq.signal });
                    mine.step++;
                    if (progressToken === undefined) continue;
                    const params = { progressToken, progress: mine.step, total: steps, message: `step ${mine.step}` };
                    await ctx.mcpReq.notify({ method: 'notifications/progress', params });
                }
                // Clients lose progress notifications that they read together with the result: on a busy machine, those of a while.
                await sleep(1_000, undefined, { signal: ctx.mcpReq.signal });
                mine.ended = 'completed';
                return text(`done after ${steps} steps`);
            } catch (problem) {
                mine.ended = ctx.mcpReq.signal.aborted ? 'cancelled' : `failed: ${problem.message}`;
                throw problem;
            }
        }
    );
    server.registerTool(
        'lastSlow',
        {
            description: 'Tells how the last slow ended: never, running, completed or cancelled. Waits a moment for a running one.',
            inputSchema: z.object({ waitMs: z.number().int().nonnegative().default(2000) })
        },
        async ({ waitMs }) => {
            for (let left = waitMs; left > 0 && lastSlow.ended === 'running'; left -= 20) await sleep(20);
            return text(JSON.stringify(lastSlow));
        }
    );
    server.registerTool(
        'fail',
        { description: 'Fails, as a tool does.', inputSchema: z.object({ message: z.string().default('It failed.') }) },
        ({ message }) => ({ ...text(message), isError: true })
    );
    server.registerTool(
        'ask',
        {
            description: 'Asks the client for something: input_required in the modern era, a request in the legacy one.',
            inputSchema: z.object({
                question: z.string().default('What is your name?'),
                kind: z.enum(['elicitation', 'sampling', 'roots']).default('elicitation')
            })
        },
        async ({ question, kind }, ctx) => {
            const answer = inputResponse(ctx.mcpReq.inputResponses, 'answer');
            if (answer.kind === 'missing') {
                const requests = {
                    elicitation: () =>
                        inputRequired.elicit({
                            message: question,
                            requestedSchema: { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] }
                        }),
                    sampling: () =>
                        inputRequired.createMessage({
                            messages: [{ role: 'user', content: { type: 'text', text: question } }],
                            maxTokens: 50
                        }),
                    roots: () => inputRequired.listRoots()
                };
                return inputRequired({
                    inputRequests: { answer: requests[kind]() },
                    // Signed: a gateway that changes a byte of it is found out (-32602, Invalid or expired requestState).
                    requestState: await stateCodec.mint({ question }, ctx)
                });
            }
            const state = ctx.mcpReq.requestState();
            return text(JSON.stringify({ answer, asked: state?.question ?? null }));
        }
    );
    server.registerTool(
        'logs',
        {
            description: 'Logs; at debug and at the given level.',
            inputSchema: z.object({
                count: z.number().int().positive().default(2),
                level: z.enum(['debug', 'info', 'notice', 'warning', 'error']).default('warning')
            })
        },
        async ({ count, level }, ctx) => {
            for (let i = 1; i <= count; i++) {
                await ctx.mcpReq.log('debug', `debug ${i}`, 'fixture');
                await ctx.mcpReq.log(level, `log ${i}`, 'fixture');
            }
            return text(`logged ${count}`);
        }
    );
    server.registerTool('toggle', { description: 'Adds or removes the tool "extra".', inputSchema: z.object({}) }, () => {
        extraVisible = !extraVisible;
        for (const each of live) each.extra.update({ enabled: extraVisible }); // tells its client
        modernHttp?.notify.toolsChanged();
        return text(extraVisible ? 'extra added' : 'extra removed');
    });
    server.registerTool('touch', { description: `Says that ${MOTD} was updated.`, inputSchema: z.object({}) }, async () => {
        for (const each of live) {
            if (each.modern || each.subscribed.has(MOTD)) await each.server.server.sendResourceUpdated({ uri: MOTD });
        }
        modernHttp?.notify.resourceUpdated(MOTD);
        return text('touched');
    });
    entry.extra = server.registerTool('extra', { description: 'Comes and goes.', inputSchema: z.object({}) }, () => text('extra'));
    if (!extraVisible) entry.extra.disable();

    server.registerPrompt(
        'greet',
        {
            title: 'Greeting',
            description: 'Greets somebody.',
            argsSchema: z.object({
                name: completable(z.string().describe('Who'), value => NAMES.filter(name => name.startsWith(value))),
                tone: z.string().optional()
            })
        },
        ({ name, tone }) => ({
            description: 'A greeting',
            messages: [{ role: 'user', content: { type: 'text', text: `Greet ${name}${tone ? `, ${tone}` : ''}.` } }]
        })
    );

    server.registerResource('motd', MOTD, { description: 'Message of the day', mimeType: 'text/plain' }, uri => ({
        contents: [{ uri: uri.href, mimeType: 'text/plain', text: 'Grüße' }]
    }));
    server.registerResource(
        'items',
        new ResourceTemplate('fixture://items/{id}', {
            list: () => ({ resources: ITEMS.map(id => ({ uri: `fixture://items/${id}`, name: `item ${id}` })) }),
            complete: { id: value => ITEMS.filter(id => id.startsWith(value)) }
        }),
        { description: 'Items', mimeType: 'application/json' },
        (uri, { id }) => {
            if (!ITEMS.includes(id)) throw new ResourceNotFoundError(uri.href);
            return { contents: [{ uri: uri.href, mimeType: 'application/json', text: JSON.stringify({ id }) }] };
        }
    );
    return entry;
}

/** A server that stays: it is told of changes until it closes. */
function liveServer(modern) {
    const entry = newServer();
    entry.modern = modern;
    const { server, subscribed } = entry;
    if (!modern) {
        server.server.setRequestHandler('resources/subscribe', request => void subscribed.add(request.params.uri) ?? {});
        server.server.setRequestHandler('resources/unsubscribe', request => void subscribed.delete(request.params.uri) ?? {});
    }
    live.add(entry);
    server.server.onclose = () => live.delete(entry);
    return server;
}

function report(problem) {
    process.stderr.write(`${problem?.stack ?? problem}\n`);
}

function serveHttp() {
    const sessions = new Map();
    modernHttp = createMcpHandler(() => newServer().server, { legacy: 'reject', onerror: report });

    // createMcpHandler serves the legacy era without sessions, so without server requests: here is the full one.
    async function legacy(request) {
        const id = request.headers.get('mcp-session-id');
        if (id !== null && !sessions.has(id)) {
            return Response.json({ jsonrpc: '2.0', id: null, error: { code: -32001, message: 'Session not found' } }, { status: 404 });
        }
        let transport = sessions.get(id);
        if (transport === undefined) {
            transport = new WebStandardStreamableHTTPServerTransport({
                sessionIdGenerator: randomUUID,
                onsessioninitialized: sessionId => void sessions.set(sessionId, transport)
            });
            const server = liveServer(false);
            await server.connect(transport);
            const close = server.server.onclose;
            server.server.onclose = () => {
                close();
                sessions.delete(transport.sessionId);
            };
            const response = await transport.handleRequest(request);
            if (transport.sessionId === undefined) await server.close(); // it was no initialize, and was refused
            return response;
        }
        return transport.handleRequest(request);
    }

    const handler = toNodeHandler(
        {
            fetch: async request =>
                legacyOnly || (!modernOnly && (await isLegacyRequest(request))) ? legacy(request) : modernHttp.fetch(request)
        },
        { onerror: report }
    );
    const hostIsLocal = localhostHostValidation();
    const originIsLocal = localhostOriginValidation();
    const http = createServer((request, response) => {
        if (new URL(request.url, 'http://localhost').pathname !== '/mcp') return void response.writeHead(404).end();
        if (hostIsLocal(request, response) && originIsLocal(request, response)) handler(request, response).catch(report);
    });
    const port = args.includes('--port') ? Number(args[args.indexOf('--port') + 1]) : 0;
    http.listen(port, '127.0.0.1', () => process.stdout.write(`${JSON.stringify({ port: http.address().port })}\n`));
}

if (args.includes('--http') === args.includes('--stdio')) {
    process.stderr.write('usage: node server-ts2.mjs --http [--port N] | --stdio [--modern-only]\n');
    process.exit(2);
}
process.on('SIGTERM', () => process.exit(0));
process.on('SIGINT', () => process.exit(0));
if (args.includes('--http')) {
    serveHttp();
} else if (legacyOnly) {
    await liveServer(false).connect(new StdioServerTransport());
} else {
    serveStdio(({ era }) => liveServer(era === 'modern'), { legacy: modernOnly ? 'reject' : 'serve', onerror: report });
}
