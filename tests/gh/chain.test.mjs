// Tests of the stand-in for GitHub's API itself: that it keeps state, pages, refuses and fails as told, and that its
// answers fit GitHub's OpenAPI description.
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { startChain } from './chain.mjs';
import { REPOSITORY } from './world.mjs';
import { unzip } from './zip.mjs';

const WRITE = { contents: 'read', issues: 'write', pull_requests: 'write', actions: 'read' };
const sha = (letter) => letter.repeat(40);
let chain;
let world;

before(async () => (chain = await startChain()));
after(() => chain?.close());
beforeEach(async () => {
  world = chain.world;
  await world.reset();
  chain.log.clear();
});

/** Calls the API as a client would; `url` is a path below the repository or a whole one. */
async function call(token, method, url, body, options = {}) {
  const target = url.startsWith('http') ? url : `${chain.api}/repos/${REPOSITORY}${url}`;
  const headers = { accept: 'application/vnd.github+json', 'content-type': 'application/json' };
  if (token) headers.authorization = `Bearer ${token}`;
  const response = await fetch(target, { method, headers, body: body && JSON.stringify(body), ...options });
  const text = await response.text();
  const next = response.headers.get('link')?.match(/<([^>]+)>; rel="next"/)?.[1];
  return { status: response.status, headers: response.headers, next, body: parse(text) };
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

async function violations(side) {
  await chain.log.settle();
  return chain.log.violations(side);
}

test('a comment is created and edited by the bot, and requests and answers fit the description', async () => {
  await world.addPull({ number: 7, headSha: sha('a') });
  const token = await world.mintToken(WRITE);
  const made = await call(token, 'POST', '/issues/7/comments', { body: 'one' });
  assert.equal(made.status, 201);
  assert.equal(made.body.user.login, 'github-actions[bot]');
  const edited = await call(token, 'PATCH', `/issues/comments/${made.body.id}`, { body: 'two' });
  assert.equal(edited.status, 200);
  assert.deepEqual((await world.comments(7)).map(({ body }) => body), ['two']);
  assert.deepEqual(await violations('request'), []);
  assert.deepEqual(await violations('response'), []);
  assert.deepEqual(world.requests.map(({ method, status, hasAuth }) => [method, status, hasAuth]), [
    ['POST', 201, true], ['PATCH', 200, true],
  ]);
});

test('pages of comments lead on through the same address', async () => {
  await world.addPull({ number: 3, headSha: sha('a') });
  for (let number = 1; number <= 101; number++) await world.addComment({ number: 3, body: `comment ${number}` });
  const token = await world.mintToken(WRITE);
  const first = await call(token, 'GET', '/issues/3/comments?per_page=100');
  assert.equal(first.body.length, 100);
  assert.ok(first.next.startsWith(chain.api));
  const second = await call(token, 'GET', first.next);
  assert.deepEqual(second.body.map(({ body }) => body), ['comment 101']);
  assert.deepEqual(await violations('response'), []);
});

test('a token without the permission is refused, an unknown one is not known', async () => {
  await world.addPull({ number: 7, headSha: sha('a') });
  const reader = await world.mintToken({ contents: 'read', pull_requests: 'read' });
  const refused = await call(reader, 'POST', '/issues/7/comments', { body: 'x' });
  assert.equal(refused.status, 403);
  assert.equal(refused.body.message, 'Resource not accessible by integration');
  assert.equal((await call(reader, 'GET', '/actions/artifacts')).status, 403);
  assert.equal((await call(reader, 'GET', '/issues/7/comments')).status, 200);
  assert.equal((await call('ghs_other', 'GET', '/pulls')).status, 401);
  assert.deepEqual(await world.comments(7), []);
});

test('invalid requests are found in the log', async () => {
  const token = await world.mintToken(WRITE);
  await world.addPull({ number: 7, headSha: sha('a') });
  await call(token, 'POST', '/issues/7/comments', { bdy: 'x' });
  await call(token, 'GET', '/collaborators');
  await call(undefined, 'GET', '/pulls');
  const found = (await violations('request')).join('\n');
  assert.match(found, /required property 'body'/);
  assert.match(found, /Selected route not found/);
  assert.match(found, /Invalid security scheme used/);
});

test('faults answer before or after the request was carried out', async () => {
  await world.addPull({ number: 7, headSha: sha('a') });
  const token = await world.mintToken(WRITE);
  const post = () => call(token, 'POST', '/issues/7/comments', { body: 'x' });
  world.fault({ method: 'POST', path: /comments$/, status: 502, when: 'after' });
  assert.equal((await post()).status, 502);
  assert.equal((await world.comments(7)).length, 1);
  world.fault({ method: 'POST', path: /comments$/, status: 429, headers: { 'retry-after': '1' }, times: 2 });
  assert.equal((await post()).headers.get('retry-after'), '1');
  assert.equal((await post()).status, 429);
  assert.equal((await world.comments(7)).length, 1);
  assert.equal((await post()).status, 201);
  world.fault({ method: 'GET', path: /comments/, truncate: true });
  const cut = await call(token, 'GET', '/issues/7/comments');
  assert.equal([cut.status, typeof cut.body].join(), '200,string');
  world.fault({ method: 'POST', path: /comments/, drop: true, when: 'after' });
  await assert.rejects(post);
  assert.equal((await world.comments(7)).length, 3);
  world.fault({ method: 'GET', path: /comments/, delay: 300 });
  const begun = Date.now();
  await call(token, 'GET', '/issues/7/comments');
  assert.ok(Date.now() - begun >= 300);
});

test('headers can be added to a good answer, and a body over the limit is refused', async () => {
  await world.addPull({ number: 7, headSha: sha('a') });
  const token = await world.mintToken(WRITE);
  world.fault({ method: 'POST', path: /comments$/, headers: { 'x-ratelimit-remaining': '0' } });
  const made = await call(token, 'POST', '/issues/7/comments', { body: 'ü'.repeat(65_536) });
  assert.equal([made.status, made.headers.get('x-ratelimit-remaining')].join(), '201,0');
  assert.equal((await call(token, 'POST', '/issues/7/comments', { body: 'x'.repeat(65_537) })).status, 422);
});

test('cache entries are chosen by the beginning of their key and by their ref', async () => {
  const entries = [['main', 'a/1'], ['main', 'a/2'], ['main', 'b/1'], ['topic', 'a/3']];
  for (const [branch, key] of entries) world.cache.add({ scope: `refs/heads/${branch}`, key, version: 'v', content: [] });
  const token = await world.mintToken(WRITE);
  const keys = async (query) => (await call(token, 'GET', `/actions/caches?${query}`)).body.actions_caches.map(({ key }) => key);
  assert.deepEqual(await keys('key=a%2F&ref=refs%2Fheads%2Fmain'), ['a/2', 'a/1']);
  assert.deepEqual(await keys('key=a%2F'), ['a/3', 'a/2', 'a/1']);
  assert.deepEqual(await violations('response'), []);
});

test('artifacts are listed newest first, and downloaded from storage without the token', async () => {
  const artifacts = [1, 2, 3].map((number) =>
    world.addArtifact({ runId: 50, name: `bundle-${number}`, files: { 'a.txt': `text ${number}` } }));
  world.addArtifact({ runId: 51, name: 'bundle-1', files: {}, expired: true });
  const token = await world.mintToken(WRITE);
  const names = ({ body }) => body.artifacts.map(({ name }) => name);
  const first = await call(token, 'GET', '/actions/artifacts?per_page=2');
  assert.deepEqual(names(first), ['bundle-1', 'bundle-3']);
  assert.deepEqual(names(await call(token, 'GET', first.next)), ['bundle-2', 'bundle-1']);
  assert.equal((await call(token, 'GET', '/actions/artifacts?name=bundle-1')).body.total_count, 2);
  assert.deepEqual(names(await call(token, 'GET', '/actions/runs/50/artifacts')), ['bundle-3', 'bundle-2', 'bundle-1']);
  assert.deepEqual(await violations('response'), []);

  const redirect = await call(token, 'GET', `/actions/artifacts/${artifacts[0].id}/zip`, undefined, { redirect: 'manual' });
  assert.equal(redirect.status, 302);
  const archive = await fetch(redirect.headers.get('location'));
  const files = unzip(Buffer.from(await archive.arrayBuffer()));
  assert.equal(files['a.txt'].toString(), 'text 1');
  assert.deepEqual(world.blobRequests.map(({ status, hasAuth }) => [status, hasAuth]), [[200, false]]);
  const expired = world.artifacts.at(-1);
  assert.equal((await call(token, 'GET', `/actions/artifacts/${expired.id}/zip`)).status, 410);
});

test('pull requests, commits, comparisons, runs, events and issues are answered from the state', async () => {
  world.graph.line('main', [sha('a'), sha('b'), sha('c')]).line('topic', [sha('d'), sha('e')], { from: sha('b') });
  await world.addPull({ number: 4, headSha: sha('e'), labels: ['accept'] });
  await world.addPull({ number: 5, headSha: sha('f'), isFork: true });
  world.addLabelEvent({ number: 4, label: 'accept', actor: 'mallory' });
  world.addRun({ id: 60, event: 'pull_request', headSha: sha('e') });
  const token = await world.mintToken(WRITE);
  const get = async (path) => (await call(token, 'GET', path)).body;

  assert.equal((await get('')).default_branch, 'main');
  assert.deepEqual((await get('/pulls')).map(({ number }) => number), [5, 4]);
  assert.equal((await get('/pulls/5')).head.repo.full_name, 'mallory/model-bench');
  assert.deepEqual((await get('/pulls?head=mallory:topic')).map(({ number }) => number), [5]);
  assert.deepEqual((await get(`/commits/${sha('e')}/pulls`)).map(({ number }) => number), [4]);
  assert.deepEqual((await get('/commits?sha=main')).map((commit) => commit.sha[0]), ['c', 'b', 'a']);
  const comparison = await get('/compare/main...topic');
  const { status, ahead_by: ahead, behind_by: behind } = comparison;
  assert.deepEqual({ status, ahead, behind }, { status: 'diverged', ahead: 2, behind: 1 });
  assert.equal(comparison.merge_base_commit.sha, sha('b'));
  assert.deepEqual(comparison.commits.map((commit) => commit.sha[0]), ['d', 'e']);
  const paged = await get(`/compare/${sha('a')}...${sha('e')}?per_page=1&page=2`);
  assert.deepEqual(paged.commits.map((commit) => commit.sha[0]), ['d']);
  assert.equal((await get('/issues/4/events'))[0].actor.login, 'mallory');
  assert.equal((await get('/actions/runs/60')).event, 'pull_request');
  const issue = (await call(token, 'POST', '/issues', { title: 'Trend', body: 'one' })).body;
  await call(token, 'PATCH', `/issues/${issue.number}`, { body: 'two' });
  assert.deepEqual((await world.openIssues()).map(({ body }) => body), ['two']);
  assert.ok((await get('/issues')).some((one) => one.number === 4 && one.pull_request));
  assert.deepEqual(await violations('request'), []);
  assert.deepEqual(await violations('response'), []);
});
