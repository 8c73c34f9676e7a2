// Tests of the stand-ins for GitHub's cache and artifact actions; the cache's with GitHub's own client too.
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { MemoryCache } from './cache-memory.mjs';
import { isRealCacheInstalled, RealCache } from './cache-real.mjs';
import { startCacheServer } from './cache-server.mjs';
import { CacheStore } from './cache-store.mjs';
import { Job } from './job.mjs';
import { machineOf } from './machine.mjs';
import { usesTable } from './uses.mjs';
import { unzip, zip } from './zip.mjs';

const MAIN = 'refs/heads/main';
const MERGE = 'refs/pull/7/merge';
let root;
let count = 0;

before(async () => (root = await mkdtemp(join(tmpdir(), 'uses-'))));
after(() => rm(root, { recursive: true, force: true }));

/** Just what the artifact actions need of a world. */
function tinyWorld() {
  const world = { artifacts: [], tokens: new Map() };
  world.addArtifact = ({ runId, name, files }) => {
    const artifact = { id: world.artifacts.length + 1, runId, name, zipBytes: zip(files), digest: 'sha256:0' };
    world.artifacts.push(artifact);
    return artifact;
  };
  return world;
}

async function newJob({ files = {}, cacheScopes, world } = {}) {
  const github = { run_id: '10', run_attempt: '1', ref_name: 'main', sha: 'a'.repeat(40) };
  const job = new Job({ id: 'test', folder: join(root, `job-${count++}`), github, event: {}, token: 'ghs_x', machine: machineOf(), world, cacheScopes });
  await job.prepare();
  for (const [path, text] of Object.entries(files)) {
    await mkdir(join(job.workspace, path, '..'), { recursive: true });
    await writeFile(join(job.workspace, path), text);
  }
  return job;
}

const scopes = (current, ...others) => ({ current, readable: [current, ...others], isReadOnly: false });

/** What every client of the cache has to do. */
async function checkCache(cache, store) {
  const uses = usesTable({ cache });
  const run = async (name, job, inputs) => (await uses[`actions/cache/${name}`]({ inputs: { path: 'data/history.db', ...inputs }, job }))?.outputs;
  const onMain = (text) => newJob({ files: text ? { 'data/history.db': text } : {}, cacheScopes: scopes(MAIN) });
  const keys = { key: 'history-3', 'restore-keys': 'history-' };

  assert.deepEqual(await run('restore', await onMain(), keys), { 'cache-primary-key': 'history-3' });
  await run('save', await onMain('one'), { key: 'history-1' });
  await run('save', await onMain('two'), { key: 'history-2' });
  const second = await onMain('other');
  await run('save', second, { key: 'history-2' });
  assert.deepEqual(second.annotations, [{ level: 'warning', message: 'Cache save failed.' }]);
  assert.match(second.rawLog.join('\n'), /Failed to save: Unable to reserve cache with key history-2/);

  const prefix = await onMain();
  const matched = { 'cache-primary-key': 'history-3', 'cache-hit': 'false', 'cache-matched-key': 'history-2' };
  assert.deepEqual(await run('restore', prefix, keys), matched);
  assert.equal(await readFile(join(prefix.workspace, 'data/history.db'), 'utf8'), 'two');
  const exact = await run('restore', await onMain(), { key: 'history-1' });
  assert.deepEqual(exact, { 'cache-primary-key': 'history-1', 'cache-hit': 'true', 'cache-matched-key': 'history-1' });
  assert.equal((await run('restore', await onMain(), { ...keys, path: 'data' }))['cache-hit'], undefined);

  const pull = () => newJob({ files: { 'data/history.db': 'pull' }, cacheScopes: scopes(MERGE, MAIN) });
  assert.equal((await run('restore', await pull(), keys))['cache-matched-key'], 'history-2');
  await run('save', await pull(), { key: 'history-4' });
  assert.equal((await run('restore', await pull(), keys))['cache-matched-key'], 'history-4');
  assert.equal((await run('restore', await onMain(), keys))['cache-matched-key'], 'history-2');

  const reader = await newJob({ files: { 'data/history.db': 'x' }, cacheScopes: { ...scopes(MAIN), isReadOnly: true } });
  await run('save', reader, { key: 'history-5' });
  assert.ok(reader.annotations.every(({ level }) => level === 'warning') && reader.annotations.length > 0);
  const empty = await onMain();
  await run('save', empty, { key: 'history-6' });
  assert.match(empty.rawLog.join('\n'), /Path Validation Error/);
  assert.deepEqual(store.keys(), [`${MAIN} history-1`, `${MAIN} history-2`, `${MERGE} history-4`]);
}

test('the cache in memory keeps keys, prefixes, versions and scopes as the service does', async () => {
  const store = new CacheStore();
  await checkCache(new MemoryCache(store), store);
});

test('the cache service does so for GitHub\'s own client', { skip: !isRealCacheInstalled() }, async () => {
  const store = new CacheStore();
  const server = await startCacheServer(store);
  try {
    await checkCache(new RealCache(server), store);
  } finally {
    await server.close();
  }
});

test('artifacts hold paths below what was uploaded, without hidden files, and a name once', async () => {
  const world = tinyWorld();
  const job = await newJob({ world, files: { 'out/a.md': 'a', 'out/b.json': 'b', 'out/.hidden': 'h', 'out/deep/c.txt': 'c' } });
  const { 'actions/upload-artifact': upload, 'actions/download-artifact': download } = usesTable({});
  const put = (name, path, more = {}) => upload({ job, inputs: { name, path, ...more } });
  await put('one', 'out/a.md');
  await put('two', 'out/a.md\nout/b.json');
  await put('folder', 'out');
  await put('wild', 'out/**/*.txt');
  const paths = world.artifacts.map(({ zipBytes }) => Object.keys(unzip(zipBytes)));
  assert.deepEqual(paths, [['a.md'], ['a.md', 'b.json'], ['a.md', 'b.json', 'deep/c.txt'], ['deep/c.txt']]);
  await assert.rejects(put('one', 'out/a.md'), /\(409\) Conflict/);
  await assert.rejects(put('a/b', 'out/a.md'), /name is not valid/);
  await assert.rejects(put('none', 'nothing', { 'if-no-files-found': 'error' }), /No files were found/);
  await put('none', 'nothing');
  assert.equal(job.annotations.length, 1);

  await download({ job, inputs: { name: 'one', path: 'got' } });
  await download({ job, inputs: { pattern: 't*', path: 'all' } });
  assert.equal(await readFile(join(job.workspace, 'got/a.md'), 'utf8'), 'a');
  assert.equal(await readFile(join(job.workspace, 'all/two/b.json'), 'utf8'), 'b');
  await assert.rejects(download({ job, inputs: { name: 'nobody' } }), /Artifact not found for name: nobody/);
});
