// A client with @modelcontextprotocol/sdk 1.x: the legacy era. Its arguments are described in client.mjs.
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import {
    CreateMessageRequestSchema,
    ElicitRequestSchema,
    ListRootsRequestSchema,
    ResultSchema
} from '@modelcontextprotocol/sdk/types.js';
import { canned, main, Misuse } from './client.mjs';

const REQUEST_SCHEMAS = {
    'sampling/createMessage': CreateMessageRequestSchema,
    'elicitation/create': ElicitRequestSchema,
    'roots/list': ListRootsRequestSchema
};

await main({ check, connect });

function check(options) {
    if (options.era !== undefined && options.era !== 'legacy') throw new Misuse('The 1.x client speaks only the legacy era.');
}

async function connect(options, report) {
    const { capabilities, handlers } = canned(options, report.requests);
    const client = new Client({ name: 'mcpgate-fixture-ts1', version: '1.0.0' }, { capabilities });
    for (const { method, answer } of handlers) client.setRequestHandler(REQUEST_SCHEMAS[method], answer);
    client.fallbackNotificationHandler = async notification => void report.notifications.push(notification);
    client.onerror = problem => report.errors.push(String(problem));

    const transport = options.http
        ? new StreamableHTTPClientTransport(options.http, { requestInit: { headers: options.headers } })
        : new StdioClientTransport({ ...options.stdio, env: process.env, stderr: 'inherit' });
    // The 1.x client tells nobody which version it negotiated, except its transport.
    let protocolVersion = null;
    const inherited = transport.setProtocolVersion?.bind(transport);
    transport.setProtocolVersion = version => {
        protocolVersion = version;
        inherited?.(version);
    };
    await client.connect(transport, { timeout: options.timeout });

    return {
        server: {
            info: client.getServerVersion() ?? null,
            capabilities: client.getServerCapabilities() ?? null,
            instructions: client.getInstructions() ?? null,
            era: 'legacy',
            protocolVersion,
            sessionId: transport.sessionId ?? null,
            pid: transport.pid ?? null
        },
        verbs: {
            listTools: ({ cursor, meta }, o) => client.listTools(page(cursor, meta), o),
            callTool: ({ name, arguments: args, meta }, o) =>
                client.callTool({ name, arguments: args ?? {}, ...withMeta(meta) }, undefined, o),
            listPrompts: ({ cursor, meta }, o) => client.listPrompts(page(cursor, meta), o),
            getPrompt: ({ name, arguments: args, meta }, o) =>
                client.getPrompt({ name, ...(args ? { arguments: args } : {}), ...withMeta(meta) }, o),
            listResources: ({ cursor, meta }, o) => client.listResources(page(cursor, meta), o),
            listTemplates: ({ cursor, meta }, o) => client.listResourceTemplates(page(cursor, meta), o),
            readResource: ({ uri, meta }, o) => client.readResource({ uri, ...withMeta(meta) }, o),
            complete: ({ ref, argument, context, meta }, o) =>
                client.complete({ ref, argument, ...(context ? { context } : {}), ...withMeta(meta) }, o),
            subscribe: ({ uri }, o) => client.subscribeResource({ uri }, o),
            unsubscribe: ({ uri }, o) => client.unsubscribeResource({ uri }, o),
            setLevel: ({ level }, o) => client.setLoggingLevel(level, o),
            ping: (_, o) => client.ping(o),
            rootsChanged: () => client.sendRootsListChanged(),
            // A tool called as a task (2025-11-25), and what becomes of the task; how often it is asked about is chance.
            callTask: async ({ name, arguments: args, cancel }, o) => {
                const tasks = client.experimental.tasks;
                const seen = { created: null, statuses: new Set(), result: null };
                const stream = tasks.callToolStream({ name, arguments: args ?? {} }, undefined, { ...o, task: { ttl: 60_000 } });
                for await (const message of stream) {
                    if (message.task) seen.statuses.add(message.task.status);
                    if (message.type === 'taskCreated') {
                        seen.created = message.task;
                        const { tasks: listed } = await tasks.listTasks(undefined, o);
                        seen.listed = listed.map(task => task.taskId === message.task.taskId);
                        if (cancel) return { taskId: message.task.taskId, cancelled: (await tasks.cancelTask(message.task.taskId, o)).status };
                    }
                    if (message.type === 'result') seen.result = message.result;
                    if (message.type === 'error') throw message.error;
                }
                const { taskId, ttl } = seen.created;
                const afterwards = (await tasks.getTask(taskId, o)).status;
                return { taskId, ttl, statuses: [...seen.statuses].sort(), listed: seen.listed, afterwards, result: seen.result };
            },
            // Any method, the answer as it is.
            request: ({ method, params }, o) => client.request({ method, params }, ResultSchema, o)
        },
        close: async () => {
            // DELETE ends the session; stdio has none.
            if (transport.sessionId) await transport.terminateSession().catch(problem => report.errors.push(String(problem)));
            await client.close();
        }
    };
}

function page(cursor, meta) {
    return { ...(cursor === undefined ? {} : { cursor }), ...withMeta(meta) };
}

function withMeta(meta) {
    return meta === undefined ? {} : { _meta: meta };
}
