// An MCP server over stdio that misbehaves on request. The first argument is how it behaves as a process, the name of a
// called tool is what it does with the call.
import { spawn } from 'node:child_process';
import { writeSync } from 'node:fs';

const behaviour = process.argv[2] ?? 'good';
const STAY = 'setInterval(() => {}, 1000);';
const STUBBORN = "process.on('SIGTERM', () => {}); process.on('SIGHUP', () => {}); console.log('up'); " + STAY;
let calls = 0;
let listening; // id of the last listen
const waiting = new Map(); // id of a call → its id, until it is cancelled
const asked = new Map(); // id of a request of ours → the call that it belongs to

const raw = (bytes) => {
  const all = Buffer.from(bytes);
  for (let at = 0; at < all.length; ) {
    try {
      at += writeSync(1, all, at);
    } catch (error) {
      if (error.code !== 'EAGAIN') throw error;
    }
  }
};
const send = (message) => raw(JSON.stringify({ jsonrpc: '2.0', ...message }) + '\n');
const text = (id, value) => send({ id, result: { content: [{ type: 'text', text: value }] } });

function grandchild(code, options = {}) {
  const child = spawn(process.execPath, ['-e', code], { stdio: ['ignore', 'pipe', 'ignore'], ...options });
  return new Promise((up) => (child.stdout ? child.stdout.once('data', () => up(child)) : child.once('spawn', () => up(child))));
}

const tools = {
  echo: (id, { value }) => text(id, value),
  reports: (id, { value, _token }) => {
    for (const progress of [1, 2]) {
      send({ method: 'notifications/progress', params: { progressToken: _token, progress, message: value } });
    }
    text(id, value);
  },
  noise: (id) => {
    raw('Server is starting...\n\n   \n{"half": \n[]\n42\n{"jsonrpc":"1.0","id":1,"result":{}}\n\u0000\n');
    text(id, 'after noise');
  },
  nullId: (id) => {
    send({ id: null, error: { code: -32700, message: 'Parse error' } });
    text(id, 'after null');
  },
  badUtf8: (id) => {
    raw([0x7b, 0xff, 0xfe, 0x7d, 0x0a]);
    text(id, 'hé € 𝄞');
  },
  duplicateMember: (id) => {
    raw(`{"jsonrpc":"2.0","id":${id},"result":{"content":[]},"result":{"content":[{"type":"text","text":"second"}]}}\n`);
  },
  tooDeep: (id) => malformed(id, '['.repeat(100) + ']'.repeat(100)),
  tooManyMembers: (id) => malformed(id, JSON.stringify(Object.fromEntries(Array.from({ length: 10001 }, (_, i) => ['m' + i, 0])))),
  loneSurrogate: (id) => malformed(id, '"\\ud800"'),
  notANumber: (id) => malformed(id, 'NaN'),
  malformedRequest: (id) => {
    raw(`{"jsonrpc":"2.0","id":${id},"method":"sampling/createMessage","params":{"a":1,"a":2}}\n`);
    raw(`{"jsonrpc":"2.0","id":${id},"params":{"a":1,"a":2},"method":"sampling/createMessage"}\n`);
    text(id, 'after a malformed request');
  },
  crlf: (id) => raw(`{"jsonrpc":"2.0","id":${id},"result":{"content":[{"type":"text","text":"crlf"}]}}\r\n`),
  separators: (id) => text(id, 'a\u2028b\u2029c\u0085d'),
  hugeIdFirst: (id, { bytes }) => huge(`{"jsonrpc":"2.0","id":${id},"result":{"x":"`, bytes, '"}}\n'),
  hugeIdLast: (id, { bytes }) => huge('{"result":{"x":"', bytes, `"},"jsonrpc":"2.0","id":${id}}\n`),
  stderrFlood: (id, { bytes }) => {
    const chunk = Buffer.alloc(1 << 20, 'e');
    for (let sent = 0; sent < bytes; sent += chunk.length) writeSync(2, chunk);
    writeSync(2, '\n\x1b[31mred\x07\n');
    text(id, 'after flood');
  },
  exit: (id, { code }) => process.exit(code),
  complain: () => {
    writeSync(2, 'cannot go on\n');
    process.exit(1);
  },
  lastWords: (id) => {
    text(id, 'said before the end');
    process.exit(0);
  },
  kill: () => process.kill(process.pid, 'SIGKILL'),
  closeStdout: () => process.stdout.destroy() && spawnSyncClose(),
  twice: (id) => {
    text(id, 'first');
    text(id, 'second');
  },
  unknownId: (id) => {
    text(987654, 'for nobody');
    text(String(id), 'another type of id');
    text(id, 'for you');
  },
  never: (id) => waiting.set(id, id),
  count: (id) => text(id, String(calls)),
  sample: (id) => {
    asked.set(id, id);
    send({ id, method: 'sampling/createMessage', params: { messages: [], maxTokens: 5, _meta: { progressToken: 'p' + id } } });
  },
  logs: (id) => {
    send({ method: 'notifications/message', params: { level: 'info', data: 'about the call' } });
    text(id, 'logged');
  },
  changes: (id) => {
    send({ method: 'notifications/tools/list_changed' });
    text(id, 'changed');
  },
  env: (id) => text(id, JSON.stringify(process.env)),
  cwd: (id) => text(id, process.cwd()),
  pid: (id) => text(id, String(process.pid)),
  fork: async (id) => text(id, String((await grandchild(STUBBORN)).pid)),
  forkAndDie: async (id) => {
    text(id, String((await grandchild(STUBBORN)).pid));
    process.exit(0);
  },
  // The grandchild holds the pipes of its dead parent open.
  forkHolding: async (id) => {
    const child = await grandchild(STAY, { stdio: 'inherit' });
    text(id, String(child.pid));
  },
  progressSeen: (id) => text(id, progressOfClient.join(',')),
};
const progressOfClient = [];

function malformed(id, value) {
  raw(`{"jsonrpc":"2.0","id":${id},"result":{"content":[],"structuredContent":{"value":${value}}}}\n`);
}

function huge(before, bytes, after) {
  raw(before);
  const chunk = Buffer.alloc(1 << 20, 'x');
  for (let sent = 0; sent < bytes; sent += chunk.length) raw(chunk);
  raw(after);
}

// What belongs to no call, and last what belongs to the listen, if there is one.
function gossip() {
  send({ method: 'notifications/message', params: { level: 'info', data: 'about nothing' } });
  send({ method: 'notifications/tools/list_changed' });
  if (listening !== undefined) {
    send({ method: 'notifications/tools/list_changed', params: { _meta: { 'io.modelcontextprotocol/subscriptionId': listening } } });
  }
}

async function spawnSyncClose() {
  const { closeSync } = await import('node:fs');
  closeSync(1);
}

function receive(message) {
  const { id, method, params = {} } = message;
  if (method === undefined) {
    const call = asked.get(id);
    asked.delete(id);
    text(call, message.error ? 'refused ' + message.error.code : 'client said ' + message.result.content.text);
  } else if (method === 'initialize') {
    const result = {
      protocolVersion: params.protocolVersion,
      capabilities: { tools: { listChanged: true } },
      serverInfo: { name: 'child', version: '1', echoed: params.clientInfo?.name },
    };
    send({ id, result });
  } else if (method === 'ping') {
    send({ id, result: {} });
  } else if (method === 'tools/list') {
    send({ id, result: { tools: Object.keys(tools).map((name) => ({ name, inputSchema: { type: 'object' } })) } });
  } else if (method === 'server/discover') {
    send({ id, result: { resultType: 'complete', supportedVersions: ['2026-07-28'], capabilities: {} } });
  } else if (method === 'subscriptions/listen') {
    listening = id;
    const _meta = { 'io.modelcontextprotocol/subscriptionId': id };
    send({ method: 'notifications/subscriptions/acknowledged', params: { notifications: params.notifications, _meta } });
  } else if (method === 'notifications/cancelled') {
    if (waiting.delete(params.requestId)) text(params.requestId, 'too late');
  } else if (method === 'notifications/roots/list_changed') {
    gossip();
  } else if (method === 'notifications/progress') {
    progressOfClient.push(params.progressToken);
  } else if (method === 'tools/call') {
    calls++;
    const tool = tools[params.name];
    if (tool === undefined) send({ id, error: { code: -32602, message: 'Unknown tool: ' + params.name } });
    else tool(id, { ...params.arguments, _token: params._meta?.progressToken });
  } else if (id !== undefined) {
    send({ id, error: { code: -32601, message: 'Method not found' } });
  }
}

let pending = Buffer.alloc(0);
function read(chunk) {
  pending = Buffer.concat([pending, chunk]);
  for (let end = pending.indexOf(10); end >= 0; end = pending.indexOf(10)) {
    receive(JSON.parse(pending.subarray(0, end).toString('utf8')));
    pending = pending.subarray(end + 1);
  }
}

if (behaviour === 'stubborn') {
  process.on('SIGTERM', () => {});
  setInterval(() => {}, 1000);
} else if (behaviour === 'deaf') {
  setInterval(() => {}, 1000);
}
if (behaviour !== 'deaf') {
  process.stdin.on('data', read);
  process.stdin.on('end', () => behaviour === 'stubborn' || process.exit(0));
}
