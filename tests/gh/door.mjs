// The address that clients use: passes each request to Prism, keeps the record of what clients asked and were answered,
// and does what Prism cannot stand between: redirects (Prism follows them itself) and broken or late answers.
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
    const fault = world.takeFault('door', request.method, request.url);
    if (fault?.drop && fault.when === 'before') return drop(request, record);
    const { status, headers, content } = await pass(lead.to, request, body);
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

async function pass(prism, request, body) {
  const headers = { ...request.headers, host: new URL(prism).host };
  const answer = await new Promise((resolve, reject) => {
    const passed = sendRequest(prism + request.url, { method: request.method, headers }, resolve);
    passed.on('error', reject);
    passed.end(body);
  });
  const content = await readBody(answer);
  const kept = { ...answer.headers };
  for (const name of ['connection', 'keep-alive', 'transfer-encoding', 'sl-violations']) delete kept[name];
  return { status: answer.statusCode, headers: kept, content };
}
