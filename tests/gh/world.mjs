// What GitHub knows in a test: pull requests, commits, artifacts, the cache, runs, label events, tokens, and the faults to answer with.
// Comments and issues are emulate's; the helpers here reach them past Prism, so that tests can look without leaving
// a trace in its log. Not HTTP: forwarder.mjs answers from this state.
import { createHash, createSign } from 'node:crypto';
import { CacheStore } from './cache-store.mjs';
import { CommitGraph } from './graph.mjs';
import { zip } from './zip.mjs';

export const OWNER = 'octocat';
export const REPOSITORY = `${OWNER}/model-bench`;
export const USER_TOKEN = 'ghp_user';
const APP = 15368;
const INSTALLATION = 100;

/** The state that emulate starts with, and returns to at `reset`. */
export const SEED = {
  tokens: { [USER_TOKEN]: { login: OWNER, scopes: ['repo'] } },
  github: {
    users: [{ login: OWNER }, { login: 'mallory' }],
    repos: [{ owner: OWNER, name: 'model-bench', auto_init: true, private: true }],
    apps: [{
      app_id: APP, slug: 'github-actions', name: 'GitHub Actions',
      permissions: {
        contents: 'write', issues: 'write', pull_requests: 'write', checks: 'write', actions: 'write', metadata: 'read',
      },
      installations: [{ installation_id: INSTALLATION, account: OWNER }],
    }],
  },
};

/** So many seconds ago, as GitHub writes times. */
export const ago = (seconds) => new Date(Date.now() - seconds * 1000).toISOString().replace(/\.\d+Z/, 'Z');

export class World {
  /** `emulator` is emulate's object, `url` where it listens on loopback. */
  constructor(emulator, url) {
    this.emulator = emulator;
    this.url = url;
  }

  /** Forgets everything, tokens included. */
  async reset() {
    await this.emulator.reset();
    /** What stands before the API's paths: nothing on github.com, `/api/v3` on an Enterprise Server. */
    this.prefix = '';
    this.tokens = new Map([[USER_TOKEN, undefined]]);
    this.graph = new CommitGraph();
    this.pulls = new Map();
    this.pullsOfCommit = {};
    this.artifacts = [];
    /** What the baseline branch has committed beside commits: path to text. */
    this.committed = new Map();
    this.cache = new CacheStore();
    this.runs = new Map();
    this.issueEvents = [];
    this.faults = [];
    this.requests = [];
    this.blobRequests = [];
    this.issues = 0;
    this.nextId = 5000;
    this.repository = await this.direct('GET', `/repos/${REPOSITORY}`);
  }

  /**
   * A token like the GITHUB_TOKEN of a job with these permissions, as in `{contents: 'read', pull_requests: 'write'}`.
   * Whatever is not named is not permitted.
   */
  async mintToken(permissions = {}) {
    const key = this.emulator.generatedSecrets.find((secret) => secret.kind === 'github.app_private_key');
    const now = Math.floor(Date.now() / 1000);
    const encode = (part) => Buffer.from(JSON.stringify(part)).toString('base64url');
    const head = `${encode({ alg: 'RS256', typ: 'JWT' })}.${encode({ iss: String(APP), iat: now - 5, exp: now + 300 })}`;
    const signature = createSign('RSA-SHA256').update(head).sign(key.value, 'base64url');
    const granted = { metadata: 'read', ...permissions };
    const path = `/app/installations/${INSTALLATION}/access_tokens`;
    const { token } = await this.direct('POST', path, { permissions: granted }, `${head}.${signature}`);
    this.tokens.set(token, granted);
    return token;
  }

  /** A pull request and the issue that its comments belong to. A fork's has a head repository of its own. */
  async addPull({ number, headSha, headRef = 'topic', baseRef = 'main', baseSha = this.graph.branches.get(baseRef),
    isFork = false, headRepository = isFork ? 'mallory/model-bench' : REPOSITORY,
    headRepositoryId = isFork ? 9001 : this.repository.id, labels = [], state = 'open', draft = false,
    title = 'A change', author = isFork ? 'mallory' : OWNER, mergeSha = null }) {
    const pull = { number, headSha, headRef, baseRef, baseSha: baseSha ?? '0'.repeat(40), headRepository,
      headRepositoryId, labels, state, draft, title, author, mergeSha };
    await this.fillIssues(number);
    this.pulls.set(number, pull);
    return pull;
  }

  /** emulate numbers issues itself, so those below the wanted number have to exist. */
  async fillIssues(number) {
    while (this.issues < number) {
      const { number: made } = await this.direct('POST', `/repos/${REPOSITORY}/issues`, { title: 'A change' });
      this.issues = made;
      if (made < number) await this.direct('PATCH', `/repos/${REPOSITORY}/issues/${made}`, { state: 'closed' });
    }
  }

  addLabelEvent({ number, label, actor = OWNER, event = 'labeled', createdAt = ago(0) }) {
    this.issueEvents.push({ id: this.nextId++, number, label, actor, event, createdAt });
  }

  /** A push by which the head of a pull request does not merely move on, to a commit. */
  addForcePush({ number, commit, actor = OWNER, createdAt = ago(0) }) {
    this.issueEvents.push({ id: this.nextId++, number, commit, actor, event: 'head_ref_force_pushed', createdAt });
  }

  /** Give `files` (path to text or bytes) or, for an archive that is none, `zipBytes`. Its run is a push unless it is there. */
  addArtifact({ runId, name, files = {}, zipBytes = zip(files), headBranch = 'main', headSha = '0'.repeat(40),
    headRepositoryId = this.repository.id, createdAt, expired = false }) {
    const id = this.nextId++;
    const born = createdAt ?? new Date(Date.UTC(2026, 0, 2) + id * 1000).toISOString().replace('.000Z', 'Z');
    const digest = `sha256:${createHash('sha256').update(zipBytes).digest('hex')}`;
    const artifact = { id, runId, name, zipBytes, size: zipBytes.length, digest, headBranch, headSha,
      headRepositoryId, createdAt: born, expired };
    this.artifacts.push(artifact);
    if (!this.runs.has(runId)) this.addRun({ id: runId, headBranch, headSha, headRepositoryId, createdAt: born });
    return artifact;
  }

  addRun({ id, name = 'Benchmarks', path = '.github/workflows/benchmarks.yml', event = 'push', status = 'completed',
    conclusion = 'success', headBranch = 'main', headSha = '0'.repeat(40), attempt = 1, workflowId = 77,
    headRepository = REPOSITORY, headRepositoryId = this.repository.id, pullRequests = [],
    createdAt = '2026-01-02T00:00:00Z' }) {
    const run = { id, name, path, event, status, conclusion, headBranch, headSha, attempt, workflowId, headRepository,
      headRepositoryId, pullRequests, createdAt };
    this.runs.set(id, run);
    return run;
  }

  /**
   * Answers the next `times` requests that match `method` and `path` (a pattern for path and query) with a fault.
   * `when` is 'before' (nothing happens) or 'after' (what was asked for has been done all the same).
   * `status`, `headers` and `message` replace the answer (headers alone are added to it); `delay` (milliseconds) holds it back; `truncate` cuts its
   * body in the middle; `drop` closes the connection without an answer. `at: 'blobs'` means downloads of archives.
   */
  fault({ method, path, times = 1, when = 'before', status, headers = {}, message = 'a fault made by the test', delay,
    truncate = false, drop = false, at }) {
    const isAtDoor = delay || truncate || drop;
    const places = at ? [at] : [(status || !isAtDoor) && 'api', isAtDoor && 'door'].filter(Boolean);
    for (const place of places) {
      this.faults.push({ place, method, path, times, left: times, when, status, headers, message, delay, truncate, drop });
    }
  }

  takeFault(place, method, url) {
    const fault = this.faults.find((one) =>
      one.left > 0 && one.place === place && one.method === method && one.path.test(url));
    if (fault) fault.left -= 1;
    return fault;
  }

  /** A comment by a person, as seen by the pull request's readers. */
  async addComment({ number, body }) {
    await this.fillIssues(number);
    return this.direct('POST', `/repos/${REPOSITORY}/issues/${number}/comments`, { body });
  }

  /** All comments of an issue or pull request, oldest first. */
  async comments(number) {
    return this.all(`/repos/${REPOSITORY}/issues/${number}/comments`);
  }

  async openIssues() {
    const issues = await this.all(`/repos/${REPOSITORY}/issues?state=open`);
    return issues.filter((issue) => !this.pulls.has(issue.number));
  }

  async all(path) {
    const items = [];
    for (let page = 1; ; page++) {
      const some = await this.direct('GET', `${path}${path.includes('?') ? '&' : '?'}per_page=100&page=${page}`);
      items.push(...some);
      if (some.length < 100) return items;
    }
  }

  /** Requests that the tested program made, as `METHOD /path -> status`. */
  calls(method) {
    return this.requests
      .filter((request) => !method || request.method === method)
      .map((request) => `${request.method} ${request.url} -> ${request.status}`);
  }

  /** Talks to emulate past Prism and the forwarder. */
  async direct(method, path, body, token = USER_TOKEN) {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const response = await fetch(this.url + path, { method, headers, body: body && JSON.stringify(body) });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return response.json();
  }
}
