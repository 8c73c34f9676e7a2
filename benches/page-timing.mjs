// How long Chromium takes to load a page and to answer: node benches/page-timing.mjs PAGE.html
// It needs Node 22, or Node 20 with --experimental-websocket.
//
// It speaks the DevTools protocol to a headless Chromium (`chromium`, or what CHROMIUM names) and prints milliseconds since the
// navigation began: content parsed and script run, loaded, and the first frame after a click on a heading, which sorts.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const page = process.argv[2];
if (!page) {
  console.error('error: name a page: node benches/page-timing.mjs PAGE.html');
  process.exit(2);
}
const profile = mkdtempSync(join(tmpdir(), 'page-timing-'));
const browser = spawn(process.env.CHROMIUM ?? 'chromium',
  ['--headless', '--no-sandbox', '--disable-gpu', '--remote-debugging-port=0', `--user-data-dir=${profile}`, '--window-size=1280,900', 'about:blank']);
const port = await new Promise((found, failed) => {
  browser.on('error', failed);
  browser.stderr.on('data', (text) => {
    const match = /ws:\/\/127\.0\.0\.1:(\d+)\//.exec(String(text));
    if (match) found(match[1]);
  });
});
const [target] = (await (await fetch(`http://127.0.0.1:${port}/json`)).json()).filter(({ type }) => type === 'page');
const socket = new WebSocket(target.webSocketDebuggerUrl);
await new Promise((open) => socket.addEventListener('open', open));
let last = 0;
const call = (method, params = {}) => new Promise((done) => {
  const id = ++last;
  const answer = ({ data }) => {
    const message = JSON.parse(data);
    if (message.id !== id) return;
    socket.removeEventListener('message', answer);
    done(message.result);
  };
  socket.addEventListener('message', answer);
  socket.send(JSON.stringify({ id, method, params }));
});
const evaluate = async (expression) => {
  const { result, exceptionDetails } = await call('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true });
  if (exceptionDetails) throw new Error(exceptionDetails.text);
  return result.value;
};
await call('Page.enable');
const loaded = new Promise((done) => socket.addEventListener('message', ({ data }) => {
  if (JSON.parse(data).method === 'Page.loadEventFired') done();
}));
await call('Page.navigate', { url: pathToFileURL(resolve(page)).href });
await loaded;
const frame = 'new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(Math.round(performance.now())))))';
const times = await evaluate(`(async () => {
  const idle = await ${frame};
  const { domContentLoadedEventEnd, loadEventEnd } = performance.getEntriesByType('navigation')[0];
  const sort = performance.now();
  document.querySelector('thead button')?.click();
  const sorted = await ${frame} - sort;
  const scroll = performance.now();
  let slowest = 0;
  for (let step = 0; step < 30; step += 1) {
    const before = performance.now();
    scrollBy(0, 900);
    await ${frame};
    slowest = Math.max(slowest, performance.now() - before);
  }
  return { parsed: Math.round(domContentLoadedEventEnd), loaded: Math.round(loadEventEnd), 'first frame': idle,
    'sorting': Math.round(sorted), 'slowest of 30 screens scrolled': Math.round(slowest) };
})()`);
for (const [name, milliseconds] of Object.entries(times)) console.log(`${name.padEnd(32)}${String(milliseconds).padStart(7)} ms`);
socket.close();
const ended = new Promise((done) => browser.on('exit', done));
browser.kill();
await ended;
rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
