// What client-ts1.mjs and client-ts2.mjs have in common: arguments, the list of operations, canned answers, the report.
//
// usage: node client-tsN.mjs [options] --http URL OPERATIONS
//        node client-tsN.mjs [options] --stdio COMMAND ARGS… -- OPERATIONS
//   OPERATIONS               a JSON array, or @FILE, or - for standard input; always the last argument
//   --bearer KEY             sent as Authorization on every HTTP request
//   --header NAME:VALUE      one more HTTP header; may be repeated
//   --offer KINDS            of sampling,elicitation,roots: declared as capabilities and answered
//   --elicit ACTION          accept (default), decline or cancel
//   --era legacy|modern|auto client-ts2 only; modern is 2026-07-28 and nothing else
//   --timeout MILLIS         of connecting and of each operation, 30000
//
//        node client-tsN.mjs --ask
//   each line of standard input is a JSON array of such arguments, and is answered by the report on one line
//
// exit: 0 every operation was attempted (each result says whether it succeeded), 1 no connection, 2 misuse.
import { readFileSync, writeSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';

const UNTIL_MILLIS = 5_000;

export class Misuse extends Error {}

export function parseArguments(argv) {
    const options = { headers: {}, offer: [], elicit: 'accept', timeout: 30_000 };
    const rest = [...argv];
    const value = option => {
        if (rest.length === 0) throw new Misuse(`${option} needs a value.`);
        return rest.shift();
    };
    while (rest[0]?.startsWith('--')) {
        const option = rest.shift();
        switch (option) {
            case '--http': options.http = new URL(value(option)); break;
            case '--bearer': options.headers.Authorization = `Bearer ${value(option)}`; break;
            case '--header': {
                const header = value(option);
                const colon = header.indexOf(':');
                if (colon < 1) throw new Misuse('--header needs NAME:VALUE.');
                options.headers[header.slice(0, colon)] = header.slice(colon + 1).trim();
                break;
            }
            case '--offer': options.offer = value(option).split(',').filter(Boolean); break;
            case '--elicit': options.elicit = value(option); break;
            case '--era': options.era = value(option); break;
            case '--timeout': options.timeout = Number(value(option)); break;
            case '--stdio': {
                // The command's own arguments may be anything: the last "--" ends them.
                const end = rest.lastIndexOf('--');
                if (end < 1) throw new Misuse('--stdio COMMAND ARGS… must be followed by -- OPERATIONS.');
                const [command, ...args] = rest.splice(0, end + 1).slice(0, -1);
                options.stdio = { command, args };
                break;
            }
            default: throw new Misuse(`Unknown option ${option}.`);
        }
    }
    if ((options.http === undefined) === (options.stdio === undefined)) throw new Misuse('Give one of --http and --stdio.');
    if (rest.length !== 1) throw new Misuse('Give the operations, as one JSON array, as the last argument.');
    const text = rest[0] === '-' ? readFileSync(0, 'utf8') : rest[0].startsWith('@') ? readFileSync(rest[0].slice(1), 'utf8') : rest[0];
    options.operations = JSON.parse(text);
    if (!Array.isArray(options.operations)) throw new Misuse('The operations must be a JSON array.');
    return options;
}

/** The capabilities to declare, and what to answer to each server request; `requests` collects what was asked. */
export function canned(options, requests) {
    const seen = answer => request => {
        requests.push({ method: request.method, params: request.params ?? null });
        return answer(request.params ?? {});
    };
    const offers = {
        sampling: {
            capability: {},
            method: 'sampling/createMessage',
            answer: seen(params => {
                const content = [params.messages?.at(-1)?.content].flat()[0];
                const text = `canned answer to: ${content?.text ?? ''}`;
                return { model: 'canned-model', role: 'assistant', content: { type: 'text', text }, stopReason: 'endTurn' };
            })
        },
        elicitation: {
            capability: { form: {}, url: {} },
            method: 'elicitation/create',
            answer: seen(params => {
                if (options.elicit !== 'accept') return { action: options.elicit };
                if (params.mode === 'url') return { action: 'accept' };
                const properties = Object.entries(params.requestedSchema?.properties ?? {});
                return { action: 'accept', content: Object.fromEntries(properties.map(([name, schema]) => [name, sample(schema)])) };
            })
        },
        roots: {
            capability: { listChanged: true },
            method: 'roots/list',
            answer: seen(() => ({ roots: [{ uri: 'file:///canned/root', name: 'canned root' }] }))
        }
    };
    const chosen = options.offer.map(kind => {
        if (!(kind in offers)) throw new Misuse(`Cannot offer ${kind}; there are ${Object.keys(offers).join(', ')}.`);
        return [kind, offers[kind]];
    });
    return {
        capabilities: Object.fromEntries(chosen.map(([kind, offer]) => [kind, offer.capability])),
        handlers: chosen.map(([, offer]) => offer)
    };
}

function sample(schema) {
    const choices = schema.enum ?? schema.oneOf?.map(choice => choice.const) ?? schema.anyOf?.map(choice => choice.const);
    if (choices) return choices[0];
    switch (schema.type) {
        case 'boolean': return true;
        case 'integer':
        case 'number': return schema.minimum ?? 1;
        case 'array': return [sample(schema.items ?? {})];
        default: {
            const formats = { email: 'canned@example.org', uri: 'https://example.org/', date: '2026-07-28', 'date-time': '2026-07-28T00:00:00Z' };
            return formats[schema.format] ?? 'canned'.padEnd(schema.minLength ?? 0, '.').slice(0, schema.maxLength);
        }
    }
}

/**
 * Connects, runs the operations and prints the report; with --ask again and again, by a new client each time.
 *
 * @param peer from the script: `connect(options, log) → session`, where a session has
 *     `server` (what to report about it), `verbs` (op → (operation, requestOptions) → value) and `close()`.
 */
export async function main(peer) {
    const argv = process.argv.slice(2);
    if (argv.length === 1 && argv[0] === '--ask') {
        // What an earlier client leaves behind must not end those that come after it.
        process.on('unhandledRejection', problem => process.stderr.write(`left behind: ${problem?.stack ?? problem}\n`));
        for await (const line of createInterface({ input: process.stdin })) print(await conduct(peer, JSON.parse(line)));
        process.exit(0);
    }
    try {
        const report = await conduct(peer, argv);
        print(report);
        process.exit(report.error === undefined ? 0 : 1);
    } catch (problem) {
        process.stderr.write(`${problem.message}\n`);
        process.exit(2);
    }
}

async function conduct(peer, argv) {
    const report = { server: null, results: [], progress: [], notifications: [], requests: [], errors: [] };
    const options = parseArguments(argv);
    peer.check?.(options);
    let session;
    try {
        session = await peer.connect(options, report);
        report.server = session.server;
    } catch (problem) {
        if (problem instanceof Misuse) throw problem;
        report.error = failure(problem);
        process.stderr.write(`${problem.stack}\n`);
        return report;
    }
    for (const operation of options.operations) report.results.push(await attempt(session, operation, options, report));
    await Promise.race([session.close(), sleep(5_000)]).catch(problem => process.stderr.write(`closing: ${problem.stack}\n`));
    return report;
}

async function attempt(session, operation, options, report) {
    const { op } = operation;
    const started = Date.now();
    const seen = report.notifications.length;
    try {
        const value = await run(session, operation, options, report);
        if (op !== 'awaitNotification') session.seenBefore = seen;
        return { op, ok: true, millis: Date.now() - started, value: value ?? null };
    } catch (problem) {
        return { op, ok: false, millis: Date.now() - started, ...failure(problem) };
    }
}

async function run(session, operation, options, report, started = Date.now()) {
    switch (operation.op) {
        case 'parallel': // {ops}: all at once
            return Promise.all(operation.ops.map(each => attempt(session, each, options, report)));
        case 'sleep': // {ms}
            return void (await sleep(operation.ms));
        case 'awaitNotification': // {method, uri?, count?, timeout?, fresh?}: until that many have come since the start, or
            // with fresh since the beginning of the operation before
            return awaitNotification(operation, options, report, session.seenBefore);
    }
    const verb = session.verbs[operation.op];
    if (verb === undefined) throw new Misuse(`Unknown op ${operation.op}; there are ${Object.keys(session.verbs).join(', ')}.`);
    const value = await verb(operation, requestOptions(operation, options, report));
    // until: what the first text must say; asked again and again, as long as that may be
    if (operation.until === undefined || says(value, operation.until) || Date.now() > started + UNTIL_MILLIS) return value;
    await sleep(50);
    return run(session, operation, options, report, started);
}

function says(value, text) {
    return value?.content?.[0]?.text?.includes(text);
}

/** Per operation: progress, cancelAfterMs, cancelOnProgress (how many), timeout. */
function requestOptions(operation, options, report) {
    const result = { timeout: operation.timeout ?? options.timeout };
    if (operation.cancelAfterMs !== undefined || operation.cancelOnProgress !== undefined) {
        const abort = new AbortController();
        result.signal = abort.signal;
        if (operation.cancelAfterMs !== undefined) setTimeout(() => abort.abort('cancelled by the test'), operation.cancelAfterMs).unref();
        let left = operation.cancelOnProgress;
        if (left !== undefined) result.onprogress = () => --left === 0 && abort.abort('cancelled by the test');
    }
    if (operation.progress || result.onprogress) {
        const further = result.onprogress;
        result.onprogress = progress => {
            report.progress.push({ op: operation.op, name: operation.name ?? null, ...progress });
            further?.(progress);
        };
    }
    return result;
}

async function awaitNotification({ method, uri, count = 1, timeout, fresh }, options, report, seenBefore = 0) {
    const deadline = Date.now() + (timeout ?? options.timeout);
    for (;;) {
        const found = report.notifications
            .slice(fresh ? seenBefore : 0)
            .filter(each => each.method === method && (uri === undefined || each.params?.uri === uri));
        if (found.length >= count) return found;
        if (Date.now() > deadline) throw new Error(`${found.length} of ${count} ${method} came.`);
        await sleep(20);
    }
}

/** `code` is the JSON-RPC error code or the SDK's own name of the failure; `status` is HTTP's, where the SDK tells it. */
function failure(problem) {
    const status = problem?.status ?? problem?.data?.status;
    return {
        type: problem?.name === 'Error' ? problem.constructor.name : problem?.name,
        code: problem?.code ?? null,
        message: problem?.message ?? String(problem),
        data: plain(problem?.data),
        ...(status === undefined ? {} : { status }),
        ...(problem?.cause === undefined ? {} : { cause: String(problem.cause) })
    };
}

function plain(value) {
    if (value === undefined) return null;
    try {
        return JSON.parse(JSON.stringify(value));
    } catch {
        return String(value);
    }
}

function print(report) {
    const bytes = Buffer.from(`${JSON.stringify(report)}\n`);
    for (let written = 0; written < bytes.length; ) {
        try {
            written += writeSync(1, bytes, written);
        } catch (problem) {
            if (problem.code !== 'EAGAIN') throw problem; // somebody made the pipe non-blocking: try again
        }
    }
}
