// A client with @modelcontextprotocol/client 2.x: both eras. Its arguments are described in client.mjs.
import { Client, LOG_LEVEL_META_KEY, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { canned, main, Misuse } from './client.mjs';

// On stdio, modern and auto start the command twice: the SDK asks for the era on a process of its own, then starts the real one.
const MODES = { legacy: 'legacy', modern: { pin: '2026-07-28' }, auto: 'auto' };
// Any result, as it is.
const ANYTHING = { '~standard': { version: 1, vendor: 'mcpgate', validate: value => ({ value }) } };

await main({ check, connect });

function check(options) {
    options.era ??= 'modern';
    if (!(options.era in MODES)) throw new Misuse(`--era is one of ${Object.keys(MODES).join(', ')}.`);
}

async function connect(options, report) {
    const { capabilities, handlers } = canned(options, report.requests);
    const client = new Client(
        { name: 'mcpgate-fixture-ts2', version: '1.0.0' },
        { capabilities, versionNegotiation: { mode: MODES[options.era] } }
    );
    for (const { method, answer } of handlers) client.setRequestHandler(method, answer);
    client.fallbackNotificationHandler = async notification => void report.notifications.push(notification);
    client.onerror = problem => report.errors.push(String(problem));

    const transport = options.http
        ? new StreamableHTTPClientTransport(options.http, { requestInit: { headers: options.headers } })
        : new StdioClientTransport({ ...options.stdio, env: process.env, stderr: 'inherit' });
    await client.connect(transport, { timeout: options.timeout });

    const modern = client.getProtocolEra() === 'modern';
    const subscriptions = new Map();
    const listen = async (key, filter, o) => {
        const subscription = await client.listen(filter, o);
        subscriptions.set(key, subscription);
        return { honoredFilter: subscription.honoredFilter };
    };
    return {
        server: {
            info: client.getServerVersion() ?? null,
            capabilities: client.getServerCapabilities() ?? null,
            instructions: client.getInstructions() ?? null,
            era: client.getProtocolEra(),
            protocolVersion: client.getNegotiatedProtocolVersion() ?? null,
            sessionId: transport.sessionId ?? null,
            pid: transport.pid ?? null,
            discover: client.getDiscoverResult() ?? null
        },
        verbs: {
            // Without a cursor this client walks all pages by itself, and keeps what the server lets it keep (cacheMode).
            listTools: (p, o) => client.listTools(page(p), { ...o, ...cache(p) }),
            callTool: (p, o) => client.callTool({ name: p.name, arguments: p.arguments ?? {}, ...withMeta(p) }, o),
            listPrompts: (p, o) => client.listPrompts(page(p), { ...o, ...cache(p) }),
            getPrompt: (p, o) =>
                client.getPrompt({ name: p.name, ...(p.arguments ? { arguments: p.arguments } : {}), ...withMeta(p) }, o),
            listResources: (p, o) => client.listResources(page(p), { ...o, ...cache(p) }),
            listTemplates: (p, o) => client.listResourceTemplates(page(p), { ...o, ...cache(p) }),
            readResource: (p, o) => client.readResource({ uri: p.uri, ...withMeta(p) }, { ...o, ...cache(p) }),
            complete: (p, o) =>
                client.complete({ ref: p.ref, argument: p.argument, ...(p.context ? { context: p.context } : {}), ...withMeta(p) }, o),
            // The modern era has no resources/subscribe: a subscription is a stream.
            subscribe: ({ uri }, o) =>
                modern ? listen(uri, { resourceSubscriptions: [uri] }, o) : client.subscribeResource({ uri }, o),
            unsubscribe: async ({ uri }, o) => {
                if (!modern) return client.unsubscribeResource({ uri }, o);
                await subscriptions.get(uri)?.close();
                subscriptions.delete(uri);
                return {};
            },
            listen: ({ filter, key = 'listen' }, o) => listen(key, filter, o),
            // How a subscription ended: local, graceful or remote.
            listenClosed: ({ key = 'listen' }) => subscriptions.get(key)?.closed,
            stopListening: async ({ key = 'listen' }) => {
                await subscriptions.get(key)?.close();
                return { closed: await subscriptions.get(key)?.closed };
            },
            setLevel: ({ level }, o) => client.setLoggingLevel(level, o),
            ping: (_, o) => client.ping(o),
            discover: (_, o) => client.discover(o),
            rootsChanged: () => client.sendRootsListChanged(),
            request: ({ method, params }, o) => client.request({ method, params }, ANYTHING, o)
        },
        close: async () => {
            for (const subscription of subscriptions.values()) await subscription.close();
            if (transport.sessionId) await transport.terminateSession().catch(problem => report.errors.push(String(problem)));
            await client.close();
        }
    };
}

function page({ cursor, meta, logLevel }) {
    return { ...(cursor === undefined ? {} : { cursor }), ...withMeta({ meta, logLevel }) };
}

/** meta: members for _meta. logLevel: what the modern era has in place of logging/setLevel. */
function withMeta({ meta, logLevel }) {
    const all = { ...meta, ...(logLevel === undefined ? {} : { [LOG_LEVEL_META_KEY]: logLevel }) };
    return Object.keys(all).length === 0 ? {} : { _meta: all };
}

function cache({ cacheMode }) {
    return cacheMode === undefined ? {} : { cacheMode };
}
