// What the client scenarios of @modelcontextprotocol/conformance ask for, with @modelcontextprotocol/client 2.x.
//
// usage: node conformance-client.mjs [--through PORT] URL
//        --through: somebody at that port is told the URL and answers with that of a gate in front of it, which the client takes
//                   instead; the gate is there for as long as that connection is.
//
// The suite appends the URL and tells the scenario, the revision and more in MCP_CONFORMANCE_SCENARIO, …_PROTOCOL_VERSION, …_CONTEXT.
import { once } from 'node:events';
import { connect } from 'node:net';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';

const scenario = process.env.MCP_CONFORMANCE_SCENARIO;
const modern = process.env.MCP_CONFORMANCE_PROTOCOL_VERSION >= '2026';
const context = JSON.parse(process.env.MCP_CONFORMANCE_CONTEXT ?? '{}');

const SCENARIOS = {
    initialize: client => client.listTools(),
    'tools_call': async client => {
        await client.listTools();
        await call(client, 'add_numbers', { a: 5, b: 3 });
    },
    'elicitation-sep1034-client-defaults': client => call(client, 'test_client_elicitation_defaults'),
    'sse-retry': client => call(client, 'test_reconnection'),
    'request-metadata': client => client.listTools(),
    'sep-2322-client-request-state': async client => {
        await client.listTools();
        // The unrelated tool is called between the two rounds: see the handler of elicitation/create.
        await call(client, 'test_mrtr_echo_state');
        await call(client, 'test_mrtr_no_state');
        // This client does not take a result without resultType; the scenario wants no more than that it does not ask again.
        await call(client, 'test_mrtr_no_result_type').catch(report);
    },
    'http-standard-headers': async client => {
        const { tools } = await client.listTools();
        for (const { name } of tools) await call(client, name);
        const { resources } = await client.listResources();
        for (const { uri } of resources) await client.readResource({ uri });
        const { prompts } = await client.listPrompts();
        for (const { name } of prompts) await client.getPrompt({ name });
    },
    'http-custom-headers': async client => {
        await client.listTools();
        for (const { name, arguments: given } of context.toolCalls) await call(client, name, given);
    },
    'http-invalid-tool-headers': async client => {
        const { tools } = await client.listTools();
        for (const { name } of tools) await call(client, name, { region: 'us-west1' }).catch(report);
    },
    'json-schema-ref-no-deref': client => client.listTools(),
    'json-schema-2020-12-preservation': async client => {
        const { tools } = await client.listTools();
        const { inputSchema } = tools.find(({ name }) => name === 'json_schema_2020_12_tool');
        await call(client, 'json_schema_echo', { schema: inputSchema });
    }
};

function call(client, name, given = {}) {
    return client.callTool({ name, arguments: given });
}

function report(problem) {
    process.stderr.write(`${problem?.stack ?? problem}\n`);
}

async function target([option, port, url]) {
    if (option !== '--through') return new URL(option);
    const launcher = connect(Number(port), '127.0.0.1');
    launcher.write(`${url}\n`);
    const [line] = await once(launcher.setEncoding('utf8'), 'data');
    launcher.unref();
    return new URL(line.trim());
}

function mode() {
    if (!modern) return 'legacy';
    return scenario === 'request-metadata' ? 'auto' : { pin: '2026-07-28' }; // it has the first request refused
}

const run = SCENARIOS[scenario];
if (run === undefined) throw new Error(`Unknown scenario: ${scenario}`);
const client = new Client(
    { name: 'mcpgate-conformance-client', version: '1.0.0' },
    {
        capabilities: { sampling: {}, roots: {}, elicitation: { form: { applyDefaults: true } } },
        versionNegotiation: { mode: mode() }
    }
);
let unrelated = scenario === 'sep-2322-client-request-state';
client.setRequestHandler('elicitation/create', async () => {
    if (unrelated) {
        unrelated = false;
        await call(client, 'test_mrtr_unrelated');
    }
    return { action: 'accept', content: scenario === 'sep-2322-client-request-state' ? { confirmed: true } : {} };
});
client.onerror = report;
await client.connect(new StreamableHTTPClientTransport(await target(process.argv.slice(2))));
await run(client);
await client.close();
