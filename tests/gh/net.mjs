// Loopback servers and child processes with bounded waits, for everything that the tests start.
// Not for talking to anything outside this machine: every server binds 127.0.0.1.
import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import { connect } from 'node:net';

const LOOPBACK = '127.0.0.1';

/** Process groups that run; none outlives this process, however it ends. */
const running = new Set();
process.once('exit', () => running.forEach(killGroup));
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));

/** Starts an HTTP server on a free port. `handle` may be async; a throw becomes a 500 that names the error. */
export async function serve(handle) {
  const server = createServer((request, response) => {
    Promise.resolve(handle(request, response)).catch((error) => {
      if (!response.headersSent) response.writeHead(500, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ message: `internal error of the test server: ${error.stack}` }));
    });
  });
  await new Promise((resolve) => server.listen(0, LOOPBACK, resolve));
  const { port } = server.address();
  const close = () => new Promise((resolve) => (server.closeAllConnections(), server.close(resolve)));
  return { port, url: `http://${LOOPBACK}:${port}`, close };
}

/** A port that was free a moment ago, for servers of other programs. */
export async function freePort() {
  const probe = await serve(() => {});
  await probe.close();
  return probe.port;
}

/** Waits until something listens on the port; gives up after `seconds`. */
export async function waitForPort(port, seconds = 60) {
  const deadline = Date.now() + seconds * 1000;
  while (Date.now() < deadline) {
    const listens = await new Promise((resolve) => {
      const socket = connect(port, LOOPBACK);
      socket.once('connect', () => (socket.destroy(), resolve(true)));
      socket.once('error', () => resolve(false));
    });
    if (listens) return;
    await sleep(100);
  }
  throw new Error(`nothing listens on port ${port} after ${seconds} s`);
}

export function sleep(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** The whole body of a request or response. */
export async function readBody(stream) {
  const parts = [];
  for await (const part of stream) parts.push(part);
  return Buffer.concat(parts);
}

/**
 * Runs a program to its end without blocking this process, which hosts the servers that the program talks to.
 * `onLine(line, 'stdout' | 'stderr')` sees each line as it comes. Ends with its exit code; a program that is
 * still running after `seconds` is killed with everything it started, and that is an error.
 */
export function runProgram(command, args, { cwd, env, seconds = 120, onLine = () => {} } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    remember(child);
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      killGroup(child.pid);
    }, seconds * 1000);
    for (const name of ['stdout', 'stderr']) splitLines(child[name], (line) => onLine(line, name));
    child.once('error', (error) => (clearTimeout(timer), reject(error)));
    child.once('close', (code, signal) => {
      clearTimeout(timer);
      if (isLate) reject(new Error(`${command} was still running after ${seconds} s`));
      else resolve(code ?? 128 + (signal === 'SIGKILL' ? 9 : 15));
    });
  });
}

/** Starts a server program in a process group of its own; `stop` ends the group. */
export function startProgram(command, args, onText, { env = process.env } = {}) {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], detached: true, env });
  remember(child);
  for (const name of ['stdout', 'stderr']) child[name].setEncoding('utf8').on('data', onText);
  const ended = new Promise((resolve) => child.once('close', resolve));
  const stop = async () => (killGroup(child.pid), await ended);
  return { pid: child.pid, stop };
}

function remember(child) {
  running.add(child.pid);
  child.once('close', () => running.delete(child.pid));
}

function killGroup(pid) {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}

/** Calls `onLine` for each line, split on LF as the runner does; the last one may lack its LF. */
function splitLines(stream, onLine) {
  let rest = '';
  stream.setEncoding('utf8');
  stream.on('data', (text) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop();
    lines.forEach(onLine);
  });
  stream.on('end', () => rest && onLine(rest));
}
