// The tasks extension of 2026-07-28 for conformance-server.mjs: the SDK knows its headers, but neither its methods nor its results.
//
// Tasks are of the process, as every request of the modern era has a server of its own; they are forgotten after TTL_MS.
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import {
    CLIENT_CAPABILITIES_META_KEY,
    inputRequired,
    inputResponse,
    MissingRequiredClientCapabilityError,
    ProtocolError,
    ProtocolErrorCode
} from '@modelcontextprotocol/server';
import { z } from 'zod';

export const TASKS = 'io.modelcontextprotocol/tasks';

const TTL_MS = 300_000;
const POLL_INTERVAL_MS = 200;
const ALWAYS_TASKS = ['failing_job', 'protocol_error_job', 'confirm_delete', 'multi_input', 'test_tool_with_task'];
const TERMINAL = ['completed', 'failed', 'cancelled'];

const tasks = new Map();

function text(line) {
    return { content: [{ type: 'text', text: line }] };
}

function declares(ctx) {
    return ctx.mcpReq.envelope?.[CLIENT_CAPABILITIES_META_KEY]?.extensions?.[TASKS] !== undefined;
}

const REQUIRED = { requiredCapabilities: { extensions: { [TASKS]: {} } } };

function requireDeclared(ctx) {
    if (!declares(ctx)) throw new MissingRequiredClientCapabilityError(REQUIRED);
}

/** One piece of work: `work(task)` gives the tool's result; what it throws is the failure of the task. */
class Task {
    taskId = randomUUID();
    status = 'working';
    createdAt = new Date().toISOString();
    lastUpdatedAt = this.createdAt;
    #outcome = {};
    #asked = new Map(); // key → {request, answered}
    #abort = new AbortController();

    constructor(work) {
        tasks.set(this.taskId, this);
        setTimeout(() => tasks.delete(this.taskId), TTL_MS).unref();
        Promise.resolve(this)
            .then(work)
            .then(
                result => this.#to('completed', { result }),
                ({ code = ProtocolErrorCode.InternalError, message }) => this.#to('failed', { error: { code, message } })
            );
    }

    get signal() {
        return this.#abort.signal;
    }

    #to(status, outcome = {}) {
        if (TERMINAL.includes(this.status)) return;
        this.status = status;
        this.#outcome = outcome;
        this.lastUpdatedAt = new Date().toISOString();
    }

    /** Waits until the client has answered, by tasks/update. */
    ask(key, request) {
        const answer = new Promise(answered => this.#asked.set(key, { request, answered }));
        this.#to('input_required');
        return answer;
    }

    update(responses) {
        for (const [key, response] of Object.entries(responses)) {
            this.#asked.get(key)?.answered(response);
            this.#asked.delete(key);
        }
        if (this.#asked.size === 0 && this.status === 'input_required') this.#to('working');
    }

    cancel() {
        this.#to('cancelled');
        this.#abort.abort();
    }

    get head() {
        const { taskId, status, createdAt, lastUpdatedAt } = this;
        return { taskId, status, createdAt, lastUpdatedAt, ttlMs: TTL_MS, pollIntervalMs: POLL_INTERVAL_MS };
    }

    get details() {
        const inputRequests = Object.fromEntries([...this.#asked].map(([key, { request }]) => [key, request]));
        return { ...this.head, ...(this.status === 'input_required' ? { inputRequests } : this.#outcome) };
    }
}

function start(work) {
    return { resultType: 'task', ...new Task(work).head };
}

function find(taskId) {
    const task = tasks.get(taskId);
    if (task === undefined) throw new ProtocolError(ProtocolErrorCode.InvalidParams, `Unknown task: ${taskId}`);
    return task;
}

function confirmation(message) {
    return inputRequired.elicit({
        message,
        requestedSchema: { type: 'object', properties: { confirm: { type: 'boolean' } }, required: ['confirm'] }
    });
}

export function registerTaskMethods(server) {
    const taskId = z.string();
    const method = (name, handle) =>
        server.server.setRequestHandler(name, { params: z.looseObject({ taskId }) }, (given, ctx) => {
            requireDeclared(ctx);
            return handle(find(given.taskId), ctx) ?? {};
        });
    method('tasks/get', task => task.details);
    method('tasks/update', (task, ctx) => task.update(ctx.mcpReq.inputResponses ?? {})); // the SDK takes them out of the params
    method('tasks/cancel', task => task.cancel());
}

/**
 * The answer to a modern request for a tool that is always a task, by a client that knows of none; else undefined.
 * It is given outside of the SDK, which makes a result of whatever a tool throws.
 */
export function refusal({ id, method, params }) {
    if (method !== 'tools/call' || !ALWAYS_TASKS.includes(params?.name)) return undefined;
    if (params._meta?.[CLIENT_CAPABILITIES_META_KEY]?.extensions?.[TASKS] !== undefined) return undefined;
    const error = { code: ProtocolErrorCode.MissingRequiredClientCapability, message: `${params.name} is a task.`, data: REQUIRED };
    return Response.json({ jsonrpc: '2.0', id, error }, { status: 400 });
}

/** Tools that become tasks; where the client knows of none, they answer at once or refuse. */
export function registerTaskTools(server) {
    const tool = (name, description, inputSchema, handle) =>
        server.registerTool(name, { description, inputSchema: z.object(inputSchema) }, handle);

    tool('greet', 'Greets; never a task.', { name: z.string().default('World') }, ({ name }) => text(`Hello, ${name}!`));
    tool(
        'slow_compute',
        'Takes that many seconds; a task where the client knows tasks.',
        { seconds: z.number().nonnegative().default(1), label: z.string().default('') },
        async ({ seconds, label }, ctx) => {
            const work = async signal => {
                await sleep(seconds * 1000, undefined, { signal });
                return text(`Computed ${label} in ${seconds} s`);
            };
            return declares(ctx) ? start(task => work(task.signal)) : work(ctx.mcpReq.signal);
        }
    );
    tool('failing_job', 'A task whose tool fails.', {}, () => start(() => ({ ...text('The job failed.'), isError: true })));
    tool('protocol_error_job', 'A task that fails by itself.', {}, () =>
        start(() => {
            throw new ProtocolError(ProtocolErrorCode.InternalError, 'The job broke.');
        })
    );
    tool('confirm_delete', 'A task that asks before it deletes.', { filename: z.string().default('file') }, ({ filename }) =>
        start(async task => {
            const answer = await task.ask('confirm', confirmation(`Delete ${filename}?`));
            return text(answer.content?.confirm ? `Deleted ${filename}` : `Kept ${filename}`);
        })
    );
    tool('multi_input', 'A task that asks two things at once.', {}, () =>
        start(async task => {
            const answers = await Promise.all(['first', 'second'].map(key => task.ask(key, confirmation(`The ${key}?`))));
            return text(answers.map(answer => answer.action).join(', '));
        })
    );
    tool('test_tool_with_task', 'Asks first, and becomes a task then.', {}, (_, ctx) => {
        const answer = inputResponse(ctx.mcpReq.inputResponses, 'user_name');
        if (answer.kind !== 'elicit') {
            return inputRequired({
                inputRequests: {
                    user_name: inputRequired.elicit({
                        message: 'What is your name?',
                        requestedSchema: { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] }
                    })
                }
            });
        }
        return start(() => text(`Task for ${answer.content?.name}`));
    });
}
