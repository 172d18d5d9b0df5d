// What the server scenarios of @modelcontextprotocol/conformance ask for, with @modelcontextprotocol/server 2.x, in both eras.
//
// usage: node conformance-server.mjs [--port N] [--modern-only | --legacy-only]
//        prints {"port":N} first; the endpoint is /mcp on 127.0.0.1
//
// Whatever needs the client's input is written once, as input_required: towards a legacy client the SDK turns it into requests.
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { localhostHostValidation, localhostOriginValidation, toNodeHandler } from '@modelcontextprotocol/node';
import {
    CLIENT_CAPABILITIES_META_KEY,
    completable,
    createMcpHandler,
    createRequestStateCodec,
    fromJsonSchema,
    inputRequired,
    inputResponse,
    isLegacyRequest,
    McpServer,
    ResourceTemplate,
    WebStandardStreamableHTTPServerTransport
} from '@modelcontextprotocol/server';
import { z } from 'zod';
import { refusal, registerTaskMethods, registerTaskTools, TASKS } from './conformance-tasks.mjs';

const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==';
const WAV = 'UklGRiQAAABXQVZFZm10IBAAAAABAAEAQB8AAEAfAAABAAgAZGF0YQAAAAA=';
const WATCHED = 'test://watched-resource';
// Long enough to be seen, short enough that no list is believed for longer than the scenarios take to change it.
const LIST_HINT = { ttlMs: 100, cacheScope: 'public' };
const RETRY_MS = 200;

const args = process.argv.slice(2);
const modernOnly = args.includes('--modern-only');
const legacyOnly = args.includes('--legacy-only');

const stateCodec = createRequestStateCodec({ key: randomUUID() + randomUUID() });
const sessions = new Map(); // legacy: id → {transport, server}
let modernHttp;
// Of the process, as every request of the modern era has a McpServer of its own.
let extraTool = false;
let extraPrompt = false;

function text(line) {
    return { content: [{ type: 'text', text: line }] };
}

function object(properties, required = Object.keys(properties)) {
    return { type: 'object', properties, required };
}

const NAME = inputRequired.elicit({ message: 'What is your name?', requestedSchema: object({ name: { type: 'string' } }) });
const CONFIRM = inputRequired.elicit({ message: 'Please confirm', requestedSchema: object({ ok: { type: 'boolean' } }) });

function prompting(question, maxTokens) {
    return inputRequired.createMessage({ messages: [{ role: 'user', content: { type: 'text', text: question } }], maxTokens });
}

function said(answer) {
    return [answer.result?.content].flat()[0]?.text ?? '';
}

/** A tool that asks for everything in `asked` at once and goes on when all of it has been answered. */
function asking(asked, answered, state) {
    return async (given, ctx) => {
        const requests = typeof asked === 'function' ? asked(given) : asked;
        const answers = Object.keys(requests).map(key => inputResponse(ctx.mcpReq.inputResponses, key));
        if (answers.some(answer => answer.kind === 'missing')) {
            return inputRequired({
                inputRequests: requests,
                ...(state ? { requestState: await stateCodec.mint({ ...state }, ctx) } : {})
            });
        }
        return answered(answers, ctx.mcpReq.requestState());
    };
}

function completed({ action, content }) {
    return text(`Elicitation completed: action=${action}, content=${JSON.stringify(content ?? {})}`);
}

function registerContentTools(tool) {
    tool('test_simple_text', 'Returns text.', {}, () => text('This is a simple text response for testing.'));
    tool('test_image_content', 'Returns an image.', {}, () => ({ content: [{ type: 'image', data: PNG, mimeType: 'image/png' }] }));
    tool('test_audio_content', 'Returns sound.', {}, () => ({ content: [{ type: 'audio', data: WAV, mimeType: 'audio/wav' }] }));
    tool('test_embedded_resource', 'Returns a resource.', {}, () => ({
        content: [
            {
                type: 'resource',
                resource: {
                    uri: 'test://embedded-resource',
                    mimeType: 'text/plain',
                    text: 'This is an embedded resource content.'
                }
            }
        ]
    }));
    tool('test_multiple_content_types', 'Returns text, an image and a resource.', {}, () => ({
        content: [
            { type: 'text', text: 'Multiple content types test:' },
            { type: 'image', data: PNG, mimeType: 'image/png' },
            {
                type: 'resource',
                resource: {
                    uri: 'test://mixed-content-resource',
                    mimeType: 'application/json',
                    text: JSON.stringify({ test: 'data', value: 123 })
                }
            }
        ]
    }));
    tool('test_error_handling', 'Always fails.', {}, () => {
        throw new Error('This tool intentionally returns an error for testing');
    });
    tool(
        'test_x_mcp_header',
        'Has an argument that is mirrored as the header Mcp-Param-Region.',
        { region: z.string().meta({ 'x-mcp-header': 'Region' }) },
        ({ region }) => text(region)
    );
}

function registerNotifyingTools(tool) {
    const log = async (_, ctx) => {
        await ctx.mcpReq.log('info', 'Tool execution started');
        await sleep(50);
        await ctx.mcpReq.log('info', 'Tool processing data');
        await sleep(50);
        await ctx.mcpReq.log('info', 'Tool execution completed');
        return text('Logged three times.');
    };
    tool('test_tool_with_logging', 'Logs while it runs.', {}, log);
    tool('test_logging_tool', 'Logs while it runs, to those who asked for it.', {}, log);
    tool('test_tool_with_progress', 'Tells its progress.', {}, async (_, ctx) => {
        const progressToken = ctx.mcpReq._meta?.progressToken;
        for (const progress of [0, 50, 100]) {
            if (progress > 0) await sleep(50);
            if (progressToken === undefined) continue;
            await ctx.mcpReq.notify({ method: 'notifications/progress', params: { progressToken, progress, total: 100 } });
        }
        return text('Progressed.');
    });
    tool('test_reconnection', 'Closes its stream before it answers; the client fetches the answer.', {}, async (_, ctx) => {
        ctx.http?.closeSSE?.(); // legacy with an event store only
        await sleep(100);
        return text('Reconnected.');
    });
    tool('test_trigger_tool_change', 'Adds or removes a tool.', {}, () => {
        extraTool = !extraTool;
        modernHttp?.notify.toolsChanged();
        for (const { entry } of sessions.values()) entry.tool.update({ enabled: extraTool });
        return text('The tools have changed.');
    });
    tool('test_trigger_prompt_change', 'Adds or removes a prompt.', {}, () => {
        extraPrompt = !extraPrompt;
        modernHttp?.notify.promptsChanged();
        for (const { entry } of sessions.values()) entry.prompt.update({ enabled: extraPrompt });
        return text('The prompts have changed.');
    });
}

function registerAskingTools(tool) {
    tool(
        'test_sampling',
        'Asks the client for a completion.',
        { prompt: z.string() },
        asking(
            ({ prompt }) => ({ completion: prompting(prompt, 100) }),
            ([completion]) => text(`LLM response: ${said(completion)}`)
        )
    );
    tool(
        'test_elicitation',
        'Asks the user.',
        { message: z.string() },
        asking(
            ({ message }) => ({
                user: inputRequired.elicit({
                    message,
                    requestedSchema: object({
                        username: { type: 'string', description: "User's response" },
                        email: { type: 'string', description: "User's email address" }
                    })
                })
            }),
            ([{ action, content }]) => text(`User response: action=${action}, content=${JSON.stringify(content ?? {})}`)
        )
    );
    tool(
        'test_elicitation_sep1034_defaults',
        'Asks with a default for each primitive type.',
        {},
        asking(
            {
                profile: inputRequired.elicit({
                    message: 'Your profile, please',
                    requestedSchema: object(
                        {
                            name: { type: 'string', default: 'John Doe' },
                            age: { type: 'integer', default: 30 },
                            score: { type: 'number', default: 95.5 },
                            status: { type: 'string', enum: ['active', 'inactive', 'pending'], default: 'active' },
                            verified: { type: 'boolean', default: true }
                        },
                        []
                    )
                })
            },
            ([answer]) => completed(answer)
        )
    );
    const options = ['option1', 'option2', 'option3'];
    const titled = name => ['First', 'Second', 'Third'].map((ordinal, i) => ({ const: `value${i + 1}`, title: `${ordinal} ${name}` }));
    tool(
        'test_elicitation_sep1330_enums',
        'Asks for a choice in five ways.',
        {},
        asking(
            {
                choice: inputRequired.elicit({
                    message: 'Your choices, please',
                    requestedSchema: object(
                        {
                            untitledSingle: { type: 'string', enum: options },
                            titledSingle: { type: 'string', oneOf: titled('Option') },
                            legacyEnum: {
                                type: 'string',
                                enum: ['opt1', 'opt2', 'opt3'],
                                enumNames: ['Option One', 'Option Two', 'Option Three']
                            },
                            untitledMulti: { type: 'array', items: { type: 'string', enum: options } },
                            titledMulti: { type: 'array', items: { anyOf: titled('Choice') } }
                        },
                        []
                    )
                })
            },
            ([answer]) => completed(answer)
        )
    );
    tool(
        'test_streaming_elicitation',
        'Asks the user, and never with a request on its stream in the modern era.',
        {},
        asking({ name: NAME }, ([answer]) => completed(answer))
    );
    tool(
        'test_missing_capability',
        'Needs sampling.',
        {},
        asking({ completion: prompting('Say something.', 10) }, ([completion]) => text(said(completion)))
    );
}

function registerInputRequiredTools(tool, server) {
    const named = name => `test_input_required_result_${name}`;
    tool(
        named('elicitation'),
        'Asks for a name.',
        {},
        asking({ user_name: NAME }, ([{ content }]) => text(`Hello, ${content?.name}!`))
    );
    tool(
        named('sampling'),
        'Asks for a completion.',
        {},
        asking({ capital_question: prompting('What is the capital of France?', 100) }, ([answer]) => text(said(answer)))
    );
    tool(
        named('list_roots'),
        'Asks for the roots.',
        {},
        asking({ client_roots: inputRequired.listRoots() }, ([{ roots }]) => text(roots.map(({ uri }) => uri).join('\n')))
    );
    const stateful = asking(
        { confirm: CONFIRM },
        (_, state) => text(state?.confirming === true ? 'state-ok' : 'The state is missing.'),
        { confirming: true }
    );
    tool(named('request_state'), 'Wants its state back.', {}, stateful);
    tool(named('tampered_state'), 'Wants its state back as it was.', {}, stateful);
    tool(
        named('multiple_inputs'),
        'Asks three things at once.',
        {},
        asking(
            { user_name: NAME, greeting: prompting('Generate a greeting', 50), client_roots: inputRequired.listRoots() },
            ([name, greeting, { roots }]) => text(`${said(greeting)} ${name.content?.name}, ${roots.length} roots`),
            { asked: 3 }
        )
    );
    tool(named('multi_round'), 'Asks twice, one after the other.', {}, async (_, ctx) => {
        const state = ctx.mcpReq.requestState() ?? { step: 1 };
        const answer = inputResponse(ctx.mcpReq.inputResponses, `step${state.step}`);
        const ask = async (step, message, schema, more) =>
            inputRequired({
                inputRequests: { [`step${step}`]: inputRequired.elicit({ message, requestedSchema: object(schema) }) },
                requestState: await stateCodec.mint({ step, ...more }, ctx)
            });
        if (state.step === 1 && answer.kind !== 'elicit') return ask(1, 'Step 1: What is your name?', { name: { type: 'string' } });
        const name = state.name ?? answer.content?.name;
        if (state.step === 1 || answer.kind !== 'elicit') {
            return ask(2, 'Step 2: What is your favorite color?', { color: { type: 'string' } }, { name });
        }
        return text(`${name} likes ${answer.content?.color}`);
    });
    tool(named('capabilities'), 'Asks only what the client can do.', {}, (given, ctx) => {
        const can = ctx.mcpReq.envelope?.[CLIENT_CAPABILITIES_META_KEY] ?? server.server.getClientCapabilities() ?? {};
        return asking(
            {
                ...(can.elicitation ? { name: NAME } : {}),
                ...(can.sampling ? { completion: prompting('Say something.', 10) } : {}),
                ...(can.roots ? { roots: inputRequired.listRoots() } : {})
            },
            answers => text(`${answers.length} answers`)
        )(given, ctx);
    });
}

/** As the scenario has it; that is: nothing a typed model would keep. */
function registerSchemaTool(server) {
    const inputSchema = {
        $schema: 'https://json-schema.org/draft/2020-12/schema',
        type: 'object',
        $defs: {
            address: {
                $anchor: 'addressDef',
                type: 'object',
                properties: { street: { type: 'string' }, city: { type: 'string' } }
            }
        },
        properties: {
            name: { type: 'string' },
            address: { $ref: '#/$defs/address' },
            contactMethod: { type: 'string', enum: ['phone', 'email'] },
            phone: { type: 'string' },
            email: { type: 'string' }
        },
        allOf: [{ anyOf: [{ required: ['phone'] }, { required: ['email'] }] }],
        if: { properties: { contactMethod: { const: 'phone' } }, required: ['contactMethod'] },
        then: { required: ['phone'] },
        else: { required: ['email'] },
        additionalProperties: false
    };
    server.registerTool(
        'json_schema_2020_12_tool',
        { description: 'Tool with JSON Schema 2020-12 features', inputSchema: fromJsonSchema(inputSchema) },
        given => text(JSON.stringify(given))
    );
}

function registerPrompts(server) {
    const says = content => ({ messages: [content].flat().map(each => ({ role: 'user', content: each })) });
    const line = words => ({ type: 'text', text: words });
    const places = ['paris', 'park', 'party'];
    server.registerPrompt('test_simple_prompt', { description: 'Without arguments.' }, () =>
        says(line('This is a simple prompt for testing.'))
    );
    server.registerPrompt(
        'test_prompt_with_arguments',
        {
            description: 'With two arguments, the first of which is completed.',
            argsSchema: z.object({
                arg1: completable(z.string().describe('First test argument'), value => places.filter(place => place.startsWith(value))),
                arg2: z.string().describe('Second test argument')
            })
        },
        ({ arg1, arg2 }) => says(line(`Prompt with arguments: arg1='${arg1}', arg2='${arg2}'`))
    );
    server.registerPrompt(
        'test_prompt_with_embedded_resource',
        { description: 'With a resource.', argsSchema: z.object({ resourceUri: z.string().describe('URI of the resource to embed') }) },
        ({ resourceUri }) =>
            says([
                {
                    type: 'resource',
                    resource: { uri: resourceUri, mimeType: 'text/plain', text: 'Embedded resource content for testing.' }
                },
                line('Please process the embedded resource above.')
            ])
    );
    server.registerPrompt('test_prompt_with_image', { description: 'With an image.' }, () =>
        says([{ type: 'image', data: PNG, mimeType: 'image/png' }, line('Please analyze the image above.')])
    );
    const context = inputRequired.elicit({
        message: 'What context should the prompt use?',
        requestedSchema: object({ context: { type: 'string' } })
    });
    const contextual = asking({ user_context: context }, ([{ content }]) => says(line(`In the context of ${content?.context}.`)));
    server.registerPrompt('test_input_required_result_prompt', { description: 'Asks first.' }, ctx => contextual({}, ctx));
}

function registerResources(server) {
    const fixed = (uri, metadata, content) =>
        server.registerResource(uri.replace('test://', ''), uri, metadata, () => ({
            contents: [{ uri, mimeType: metadata.mimeType, ...content }]
        }));
    fixed('test://static-text', { description: 'Text', mimeType: 'text/plain' }, { text: 'This is the content of the static text resource.' });
    fixed('test://static-binary', { description: 'An image', mimeType: 'image/png' }, { blob: PNG });
    fixed(WATCHED, { description: 'To subscribe to', mimeType: 'text/plain' }, { text: 'Watched.' });
    server.registerResource(
        'template',
        new ResourceTemplate('test://template/{id}/data', { list: undefined }),
        { description: 'By id', mimeType: 'application/json' },
        (uri, { id }) => ({
            contents: [
                {
                    uri: uri.href,
                    mimeType: 'application/json',
                    text: JSON.stringify({ id, templateTest: true, data: `Data for ID: ${id}` })
                }
            ]
        })
    );
}

function newServer(modern) {
    const server = new McpServer(
        { name: 'mcpgate-conformance-server', version: '1.0.0' },
        {
            capabilities: {
                tools: { listChanged: true },
                prompts: { listChanged: true },
                resources: { listChanged: true, subscribe: true },
                completions: {},
                logging: {},
                ...(modern ? { extensions: { [TASKS]: {} } } : {})
            },
            requestState: { verify: stateCodec.verify },
            cacheHints: {
                'tools/list': LIST_HINT,
                'prompts/list': LIST_HINT,
                'resources/list': LIST_HINT,
                'resources/templates/list': LIST_HINT
            }
        }
    );
    const tool = (name, description, inputSchema, handle) =>
        server.registerTool(name, { description, inputSchema: z.object(inputSchema) }, handle);
    registerContentTools(tool);
    registerNotifyingTools(tool);
    registerAskingTools(tool);
    registerInputRequiredTools(tool, server);
    registerSchemaTool(server);
    if (modern) {
        registerTaskTools(server);
        registerTaskMethods(server);
    } else {
        server.server.setRequestHandler('resources/subscribe', () => ({}));
        server.server.setRequestHandler('resources/unsubscribe', () => ({}));
    }
    registerPrompts(server);
    registerResources(server);
    const extra = {
        tool: tool('test_extra', 'Comes and goes.', {}, () => text('Here.')),
        prompt: server.registerPrompt('test_extra', { description: 'Comes and goes.' }, () => ({ messages: [] }))
    };
    if (!extraTool) extra.tool.disable();
    if (!extraPrompt) extra.prompt.disable();
    return { server, ...extra };
}

/** The events of one session, until it ends: what a client that lost a stream comes back for. */
class EventStore {
    #events = [];

    async storeEvent(streamId, message) {
        return String(this.#events.push({ streamId, message }));
    }

    async getStreamIdForEventId(eventId) {
        return this.#events[Number(eventId) - 1]?.streamId;
    }

    async replayEventsAfter(lastEventId, { send }) {
        const streamId = await this.getStreamIdForEventId(lastEventId);
        if (streamId === undefined) throw new Error(`Unknown event: ${lastEventId}`);
        for (let next = Number(lastEventId); next < this.#events.length; next++) {
            const event = this.#events[next];
            const primes = Object.keys(event.message).length === 0;
            if (event.streamId === streamId && !primes) await send(String(next + 1), event.message);
        }
        return streamId;
    }
}

function report(problem) {
    process.stderr.write(`${problem?.stack ?? problem}\n`);
}

/** With sessions and resumable streams, which createMcpHandler does not offer to the legacy era. */
async function legacy(request) {
    const id = request.headers.get('mcp-session-id');
    if (id !== null) {
        const known = sessions.get(id);
        if (known !== undefined) return known.transport.handleRequest(request);
        return Response.json({ jsonrpc: '2.0', id: null, error: { code: -32001, message: 'Session not found' } }, { status: 404 });
    }
    const entry = newServer(false);
    const transport = new WebStandardStreamableHTTPServerTransport({
        sessionIdGenerator: randomUUID,
        onsessioninitialized: sessionId => void sessions.set(sessionId, { transport, entry }),
        eventStore: new EventStore(),
        retryInterval: RETRY_MS
    });
    await entry.server.connect(transport);
    entry.server.server.onclose = () => sessions.delete(transport.sessionId);
    const response = await transport.handleRequest(request);
    if (transport.sessionId === undefined) await entry.server.close(); // it was no initialize, and was refused
    return response;
}

async function modern(request) {
    const body = request.method === 'POST' ? await request.clone().json().catch(() => ({})) : {};
    return refusal(body) ?? modernHttp.fetch(request);
}

if (modernOnly && legacyOnly) {
    process.stderr.write('usage: node conformance-server.mjs [--port N] [--modern-only | --legacy-only]\n');
    process.exit(2);
}
process.on('SIGTERM', () => process.exit(0));
process.on('SIGINT', () => process.exit(0));
if (!legacyOnly) modernHttp = createMcpHandler(() => newServer(true).server, { legacy: 'reject', onerror: report });
const handler = toNodeHandler(
    {
        fetch: async request => (legacyOnly || (!modernOnly && (await isLegacyRequest(request))) ? legacy(request) : modern(request))
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
