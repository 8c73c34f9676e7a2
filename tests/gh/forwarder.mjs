// Stands between Prism and emulate: answers what emulate lacks from the world's state, passes the rest on, enforces
// tokens and permissions, and answers with errors on demand.
// Not a check of requests: that is Prism's, whose log is the verdict. Nor a record of them: that is the door's.
import { request as sendRequest } from 'node:http';
import { Answers, shaOf } from './answers.mjs';
import { REDIRECT } from './door.mjs';
import { readBody, serve } from './net.mjs';
import { REPOSITORY } from './world.mjs';

const ROOT = `/repos/${REPOSITORY}`;
const BODY_LIMIT = 65_536;

/** What a token needs for a route, the first match counting; one of the permissions is enough. */
const PERMISSIONS = [
  ['GET', /^$/, ['metadata'], 'read'],
  ['GET', /^\/actions\//, ['actions'], 'read'],
  ['DELETE', /^\/actions\/caches\/\d+$/, ['actions'], 'write'],
  ['GET', /^\/pulls/, ['pull_requests'], 'read'],
  ['GET', /^\/commits\/[^/]+\/pulls$/, ['pull_requests', 'contents'], 'read'],
  ['GET', /^\/(commits|compare|contents|git)/, ['contents'], 'read'],
  ['GET', /^\/issues$/, ['issues'], 'read'],
  ['GET', /^\/issues\//, ['issues', 'pull_requests'], 'read'],
  ['POST', /^\/issues$/, ['issues'], 'write'],
  ['PATCH', /^\/issues\/\d+$/, ['issues'], 'write'],
  ['POST', /^\/issues\/\d+\/comments$/, ['issues', 'pull_requests'], 'write'],
  ['PATCH', /^\/issues\/comments\/\d+$/, ['issues', 'pull_requests'], 'write'],
];

/** Routes that are answered here. */
const ROUTES = [
  [/^\/pulls$/, listPulls],
  [/^\/pulls\/(\d+)$/, onePull],
  [/^\/commits$/, listCommits],
  [/^\/commits\/([^/]+)\/pulls$/, pullsOfCommit],
  [/^\/compare\/(.+)$/, compare],
  [/^\/contents\/(.+)$/, committedFolder],
  [/^\/git\/blobs\/([0-9a-f]{40})$/, committedBlob],
  [/^\/issues\/(\d+)\/events$/, issueEvents],
  [/^\/actions\/caches$/, listCaches],
  [/^\/actions\/artifacts$/, ({ world, ...rest }) => listArtifacts({ world, ...rest, artifacts: world.artifacts })],
  [/^\/actions\/runs\/(\d+)\/artifacts$/, artifactsOfRun],
  [/^\/actions\/artifacts\/(\d+)\/zip$/, artifactArchive],
  [/^\/actions\/runs$/, listRuns],
  [/^\/actions\/runs\/(\d+)$/, oneRun],
];

/** Starts the forwarder and the blob server; `api` is the address that clients use. */
export async function startForwarder(world, api) {
  const blobs = await serve((request, response) => sendBlob(world, request, response));
  const server = await serve(async (request, response) => {
    const body = await readBody(request);
    const fault = world.takeFault('api', request.method, request.url);
    if (fault?.status && fault.when === 'before') return send(response, errorOf(fault));
    const answer = await answerTo({ world, request, body, api, blobs: blobs.url });
    if (fault?.status) return send(response, errorOf(fault));
    return send(response, { ...answer, headers: { ...answer.headers, ...fault?.headers } });
  });
  return { url: server.url, close: () => Promise.all([server.close(), blobs.close()]) };
}

function errorOf({ status, headers, message: text }) {
  return { status, headers, body: message(text, status) };
}

function send(response, { status, headers = {}, body, text }) {
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8', 'x-ratelimit-limit': '1000', 'x-ratelimit-remaining': '999',
    'x-ratelimit-reset': String(Math.floor(Date.now() / 1000) + 3600), ...headers,
  });
  response.end(text ?? (body === undefined ? '' : JSON.stringify(body)));
}

async function answerTo({ world, request, body, api, blobs }) {
  const url = new URL(request.url, api);
  const token = request.headers.authorization?.replace(/^(bearer|token) /i, '');
  if (!world.tokens.has(token)) return { status: 401, body: message('Bad credentials', 401) };
  if (!url.pathname.startsWith(ROOT)) return { status: 404, body: message('Not Found', 404) };
  const path = decodeURIComponent(url.pathname.slice(ROOT.length));
  if (!isPermitted(world.tokens.get(token), request.method, path)) {
    return { status: 403, body: message('Resource not accessible by integration', 403) };
  }
  if (isTooLong(body)) return { status: 422, body: message('Validation Failed: body is too long (maximum is 65536 characters)', 422) };
  const answers = new Answers(api, world.repository);
  const cacheId = request.method === 'DELETE' && path.match(/^\/actions\/caches\/(\d+)$/)?.[1];
  if (cacheId) return world.cache.remove(Number(cacheId)) ? { status: 204 } : { status: 404, body: message('Not Found', 404) };
  if (request.method === 'GET') {
    for (const [pattern, handle] of ROUTES) {
      const match = path.match(pattern);
      if (match) return handle({ world, answers, url, api, blobs, argument: match[1] });
    }
  }
  return passOn({ world, request, body, api });
}

/** GitHub's limit for comments and issues, which emulate does not know. */
function isTooLong(body) {
  if (body.length <= BODY_LIMIT) return false;
  try {
    return [...(JSON.parse(body).body ?? '')].length > BODY_LIMIT;
  } catch {
    return false;
  }
}

function message(text, status) {
  return { message: text, documentation_url: 'https://docs.github.com/rest', status: String(status) };
}

function isPermitted(permissions, method, path) {
  if (!permissions) return true;
  const rule = PERMISSIONS.find(([verb, pattern]) => verb === method && pattern.test(path));
  if (!rule) return true;
  const [, , names, level] = rule;
  return names.some((name) => permissions[name] === 'write' || (level === 'read' && permissions[name] === 'read'));
}

/** emulate makes Link headers of the Host header, so that paging stays on Prism. */
async function passOn({ world, request, body, api }) {
  const headers = { ...request.headers, host: new URL(api).host };
  const answer = await new Promise((resolve, reject) => {
    const passed = sendRequest(world.url + request.url, { method: request.method, headers }, resolve);
    passed.on('error', reject);
    passed.end(body);
  });
  const text = (await readBody(answer)).toString();
  const kept = ['link', 'content-type', 'x-ratelimit-limit', 'x-ratelimit-remaining', 'x-ratelimit-reset'];
  const shown = Object.fromEntries(kept.filter((name) => name in answer.headers).map((name) => [name, answer.headers[name]]));
  return { status: answer.statusCode, headers: shown, text: mend(world, request, text, api) };
}

/**
 * What emulate leaves out or gets wrong: its URLs name its own port, those of bots are relative, the repository lacks
 * two counts, and pull requests are not marked in lists of issues.
 */
function mend(world, request, text, api) {
  const own = `http://localhost:${new URL(world.url).port}`;
  const moved = text.replaceAll(`${own}/repos/`, `${api}/repos/`).replaceAll(`${own}/users/`, `${api}/users/`)
    .replaceAll(own, 'https://github.com');
  let body;
  try {
    body = JSON.parse(moved);
  } catch {
    return moved;
  }
  for (const item of Array.isArray(body) ? body : [body]) {
    mendUser(item.user);
    mendUser(item.closed_by);
    if (item.full_name) Object.assign(item, { network_count: 0, subscribers_count: 0 });
    if (/\/issues(\?|$)/.test(request.url) && world.pulls.has(item.number)) {
      const url = item.url.replace('/issues/', '/pulls/');
      item.pull_request = { url, html_url: item.html_url, diff_url: item.html_url, patch_url: item.html_url };
    }
  }
  return JSON.stringify(body);
}

function mendUser(user) {
  for (const [key, value] of Object.entries(user ?? {})) {
    const isAbsolute = /^https?:/.test(value);
    if (key.endsWith('url') && !isAbsolute) user[key] = `https://github.com/${encodeURIComponent(user.login)}`;
    if (key.endsWith('url') && isAbsolute) user[key] = value.replace('[bot]', '%5Bbot%5D');
  }
}

/** One page of the items, and the Link header that leads to the others. */
function page(items, url, api, fallback = 30) {
  const size = Math.min(Number(url.searchParams.get('per_page') ?? fallback), Math.max(100, fallback));
  const current = Number(url.searchParams.get('page') ?? 1);
  const last = Math.max(1, Math.ceil(items.length / size));
  const link = (number, rel) => {
    const target = new URL(url.pathname + url.search, api);
    target.searchParams.set('page', number);
    return `<${target}>; rel="${rel}"`;
  };
  const links = [];
  if (current > 1) links.push(link(current - 1, 'prev'), link(1, 'first'));
  if (current < last) links.push(link(current + 1, 'next'), link(last, 'last'));
  const headers = links.length > 0 ? { link: links.join(', ') } : {};
  return { items: items.slice((current - 1) * size, current * size), headers };
}

const missing = { status: 404, body: message('Not Found', 404) };

function listPulls({ world, answers, url, api }) {
  const wanted = (name, value) => !url.searchParams.get(name) || url.searchParams.get(name) === value;
  const state = url.searchParams.get('state') ?? 'open';
  const pulls = [...world.pulls.values()]
    .filter((pull) => state === 'all' || pull.state === state)
    .map((pull) => answers.pull(pull))
    .filter((pull) => wanted('head', pull.head.label) && wanted('base', pull.base.ref))
    .sort((a, b) => b.number - a.number);
  const { items, headers } = page(pulls, url, api);
  return { status: 200, headers, body: items };
}

function onePull({ world, answers, argument }) {
  const pull = world.pulls.get(Number(argument));
  return pull ? { status: 200, body: answers.wholePull(pull) } : missing;
}

/** Pull requests are found by their head, unless the test says otherwise in `world.pullsOfCommit`. */
function pullsOfCommit({ world, answers, url, api, argument }) {
  const all = [...world.pulls.values()];
  const numbers = world.pullsOfCommit[argument]
    ?? all.filter((pull) => pull.headSha === argument).map((pull) => pull.number);
  const { items, headers } = page(numbers.map((number) => answers.pull(world.pulls.get(number))), url, api);
  return { status: 200, headers, body: items };
}

function listCommits({ world, answers, url, api }) {
  const tip = world.graph.resolve(url.searchParams.get('sha') ?? world.repository.default_branch);
  if (!tip) return missing;
  const { items, headers } = page(world.graph.history(tip), url, api);
  return { status: 200, headers, body: items.map((commit) => answers.commit(commit)) };
}

function compare({ world, answers, url, api, argument }) {
  const [base, head] = argument.split('...').map((name) => world.graph.resolve(name));
  const difference = base && head && world.graph.compare(base, head);
  if (!difference) return missing;
  const isPaged = url.searchParams.has('page') || url.searchParams.has('per_page');
  const { items, headers } = page(difference.ahead, url, api, isPaged ? 30 : 250);
  return { status: 200, headers, body: answers.comparison(base, head, difference, items) };
}

function issueEvents({ world, answers, url, api, argument }) {
  const events = world.issueEvents.filter((event) => event.number === Number(argument));
  const { items, headers } = page(events.map((event) => answers.issueEvent(event)), url, api);
  return { status: 200, headers, body: items };
}

function artifactsOfRun({ world, argument, ...rest }) {
  const artifacts = world.artifacts.filter((artifact) => artifact.runId === Number(argument));
  return listArtifacts({ world, ...rest, artifacts });
}

function listArtifacts({ artifacts, answers, url, api }) {
  const name = url.searchParams.get('name');
  const chosen = artifacts
    .filter((artifact) => !name || artifact.name === name)
    .sort((a, b) => b.createdAt.localeCompare(a.createdAt) || b.id - a.id);
  const { items, headers } = page(chosen, url, api);
  const body = { total_count: chosen.length, artifacts: items.map((artifact) => answers.artifact(artifact)) };
  return { status: 200, headers, body };
}

/** The newest first; `key` is the beginning of one, as GitHub has it. */
function listCaches({ world, answers, url, api }) {
  const key = url.searchParams.get('key') ?? '';
  const ref = url.searchParams.get('ref');
  const chosen = world.cache.entries
    .filter((entry) => entry.key.startsWith(key) && (!ref || entry.scope === ref))
    .reverse();
  const { items, headers } = page(chosen, url, api);
  return { status: 200, headers, body: { total_count: chosen.length, actions_caches: items.map((entry) => answers.cacheEntry(entry)) } };
}

function artifactArchive({ world, argument, blobs }) {
  const artifact = world.artifacts.find(({ id }) => id === Number(argument));
  if (!artifact) return missing;
  if (artifact.expired) return { status: 410, body: message('Artifact has expired', 410) };
  const location = `${blobs}/artifacts/${artifact.id}?sig=signed`;
  return { status: 302, headers: { 'content-type': 'text/plain', [REDIRECT]: location } };
}

function listRuns({ world, answers, url, api }) {
  const branch = url.searchParams.get('branch');
  const runs = [...world.runs.values()]
    .filter((run) => !branch || run.headBranch === branch)
    .sort((a, b) => b.createdAt.localeCompare(a.createdAt) || b.id - a.id);
  const { items, headers } = page(runs, url, api);
  return { status: 200, headers, body: { total_count: runs.length, workflow_runs: items.map((run) => answers.run(run)) } };
}

/** A folder as the baseline branch has it; its files, not those of folders below. */
function committedFolder({ world, answers, argument }) {
  const within = [...world.committed].filter(([path]) => path.startsWith(`${argument}/`) && !path.slice(argument.length + 1).includes('/'));
  return within.length > 0 ? { status: 200, body: within.map(([path, text]) => answers.committedFile(path, text)) } : missing;
}

function committedBlob({ world, answers, argument }) {
  const found = [...world.committed].find(([, text]) => shaOf(text) === argument);
  return found ? { status: 200, body: answers.blob(found[1]) } : missing;
}

function oneRun({ world, answers, argument }) {
  const run = world.runs.get(Number(argument));
  return run ? { status: 200, body: answers.run(run) } : missing;
}

/** The storage that archives are downloaded from, which must never see a token. */
function sendBlob(world, request, response) {
  const hasAuth = 'authorization' in request.headers;
  const id = Number(request.url.match(/^\/artifacts\/(\d+)\?sig=signed$/)?.[1]);
  const artifact = world.artifacts.find((one) => one.id === id);
  const fault = world.takeFault('blobs', request.method, request.url);
  const status = fault?.status ?? (artifact ? 200 : 404);
  world.blobRequests.push({ method: request.method, url: request.url, status, hasAuth });
  response.writeHead(status, { 'content-type': 'application/zip', ...fault?.headers });
  const bytes = status === 200 ? artifact.zipBytes : Buffer.alloc(0);
  response.end(fault?.truncate ? bytes.subarray(0, bytes.length / 2) : bytes);
}
