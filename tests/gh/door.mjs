// The address that clients use: passes each request to Prism, keeps the record of what clients asked and were answered,
// and does what Prism cannot stand between: redirects (Prism follows them itself), broken or late answers, and the prefix
// that the API has on an Enterprise Server, which GitHub's description does not know.
// Not for deciding answers: that is forwarder.mjs.
import { request as sendRequest } from 'node:http';
import { readBody, serve, sleep } from './net.mjs';

/** The forwarder names a redirect's target in this header. */
export const REDIRECT = 'x-test-redirect';

/** Starts the door; `prism` is told later, with `lead.to`, since Prism is the last to start. */
export async function startDoor(world) {
  const lead = { to: undefined };
  const server = await serve(async (request, response) => {
    const record = { method: request.method, url: request.url, status: 0, hasAuth: 'authorization' in request.headers };
    world.requests.push(record);
    const body = await readBody(request);
    if (!request.url.startsWith(`${world.prefix}/`)) return refuse(response, record, world.prefix);
    const fault = world.takeFault('door', request.method, request.url);
    if (fault?.drop && fault.when === 'before') return drop(request, record);
    const answer = await pass(lead.to + request.url.slice(world.prefix.length), request, body);
    const { status, headers, content } = below(world.prefix, server.url, answer);
    if (fault?.delay) await sleep(fault.delay);
    if (fault?.drop) return drop(request, record);
    record.status = status;
    if (headers[REDIRECT]) headers.location = headers[REDIRECT];
    delete headers[REDIRECT];
    const shown = fault?.truncate ? content.subarray(0, content.length / 2) : content;
    // Status 204 and redirects have no body, whatever Prism made of it.
    const bytes = headers.location ? Buffer.alloc(0) : shown;
    response.writeHead(status, { ...headers, 'content-length': bytes.length });
    response.end(bytes);
  });
  return { ...server, lead };
}

function drop(request, record) {
  record.status = 'dropped';
  request.socket.destroy();
}

/** What an Enterprise Server does with paths that are none of its API's. */
function refuse(response, record, prefix) {
  record.status = 404;
  response.writeHead(404, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ message: `the API is below ${prefix}` }));
}

/** Addresses of the API in an answer, the Link header's included, as a server with this prefix gives them. */
function below(prefix, url, answer) {
  if (prefix === '') return answer;
  const moved = (text) => text.replaceAll(`${url}/`, `${url}${prefix}/`);
  const { link, ...headers } = answer.headers;
  return { ...answer, headers: { ...headers, ...(link ? { link: moved(link) } : {}) }, content: Buffer.from(moved(answer.content.toString())) };
}

async function pass(address, request, body) {
  const headers = { ...request.headers, host: new URL(address).host };
  const answer = await new Promise((resolve, reject) => {
    const passed = sendRequest(address, { method: request.method, headers }, resolve);
    passed.on('error', reject);
    passed.end(body);
  });
  const content = await readBody(answer);
  const kept = { ...answer.headers };
  for (const name of ['connection', 'keep-alive', 'transfer-encoding', 'sl-violations']) delete kept[name];
  return { status: answer.statusCode, headers: kept, content };
}
