// Starts @modelcontextprotocol/server-everything, unchanged, over streamable HTTP at http://127.0.0.1:<port>/mcp, or with --sse
// over HTTP+SSE at /sse, and prints {"port":N} as the first line of standard output. PORT=0 alone would bind every interface
// and report port 0.
// usage: node everything-http.mjs [--sse] [PORT]
import { Server } from 'node:net';

const listen = Server.prototype.listen;
Server.prototype.listen = function (port, ...rest) {
    this.once('listening', () => process.stdout.write(`${JSON.stringify({ port: this.address().port })}\n`));
    return listen.call(this, Number(port), '127.0.0.1', ...rest.filter(each => typeof each === 'function'));
};
console.log = console.error; // standard output has said all it will

const [port = '0'] = process.argv.slice(2).filter(each => each !== '--sse');
process.env.PORT = port;
const transport = process.argv.includes('--sse') ? 'sse' : 'streamableHttp';
await import(`@modelcontextprotocol/server-everything/dist/transports/${transport}.js`);
process.on('SIGTERM', () => process.exit(0));
