// Keeping the history for years: mode maintain, and the example that runs it every week.
import assert from 'node:assert/strict';
import { bundleName, commit, measured, newestEntry, openRepository, query, RUNS, withHistory } from '../benchgate.mjs';
import { unzip, zip } from '../zip.mjs';

const KEEPER = { contents: 'read', actions: 'write' };
const RETENTION = { 'benchgate.toml': '[defaults]\nwindow = 12\n\n[retention]\nmax-runs = 12\n' };
const COUNT = 'SELECT count(*) AS runs FROM test_runs';

const artifact = (scene, beginning) => scene.world.artifacts.find(({ name }) => name.startsWith(beginning));

/** A scene with a history and six older entries of it in the cache, and one that maintains it. */
async function tended(open, { runs } = {}) {
  const scene = await open();
  await withHistory(scene, { runs });
  const [entry] = scene.cache.entries;
  for (const key of ['benchgate-v1/other/1-1', 'benchgate-v1/benchmarks/901-1', 'benchgate-v1/benchmarks/902-1']) {
    scene.cache.add({ ...entry, key });
  }
  scene.cache.add({ ...entry, scope: 'refs/heads/topic', key: 'benchgate-v1/benchmarks/903-1' });
  const maintain = (inputs = {}, options = {}) =>
    scene.runAction({ event: scene.events.schedule(), inputs: { mode: 'maintain', ...inputs }, permissions: KEEPER, files: RETENTION, ...options });
  return { scene, maintain };
}

export default {
  async 'the history is kept alive: what it lacks is added, and it is saved again'({ open }) {
    const scene = await open();
    await withHistory(scene, { runs: 10 });
    const { run, ...facts } = JSON.parse(measured(15));
    const lines = [{ schema: facts.schema, run: { ...run, id: 'github-777-measure' }, hardware: facts.hardware }, ...facts.results];
    const createdAt = new Date().toISOString().replace(/\.\d+Z/, 'Z');
    scene.world.addArtifact({
      runId: 777, name: bundleName('measure'), headSha: commit(15), createdAt,
      zipBytes: zip({ 'bundle.jsonl': lines.map((line) => JSON.stringify(line)).join('\n') }),
    });
    const kept = await scene.runAction({ event: scene.events.schedule(), inputs: { mode: 'maintain' } });
    assert.equal(kept.status, 'success', kept.log);
    assert.match(kept.summary, /11 runs of 11 commits/);
    assert.equal(scene.cache.entries.length, 2);
    assert.deepEqual(await query(COUNT, { entry: newestEntry(scene) }), [{ runs: 11 }]);
    assert.deepEqual(scene.world.artifacts.map(({ name }) => name), [bundleName('measure')], 'nothing else is kept unasked');
  },

  async 'where there is no history nothing is saved'({ open }) {
    const scene = await open();
    await withHistory(scene, { isCached: false });
    const kept = await scene.runAction({ event: scene.events.schedule(), inputs: { mode: 'maintain', rotate: true, backup: true, 'keep-caches': '1' } });
    assert.equal(kept.status, 'success', kept.log);
    assert.equal(kept.outputs['history-source'], 'none');
    assert.equal(scene.cache.entries.length, 0);
    assert.deepEqual(scene.world.artifacts, []);
  },

  async 'a rotation leaves an archive, a snapshot and a smaller history, and nothing of it comes back by itself'({ open }) {
    const { scene, maintain } = await tended(open);
    const rotated = await maintain({ rotate: true, backup: true });
    assert.equal(rotated.status, 'success', rotated.log);
    assert.match(rotated.summary, /8 runs/);
    assert.deepEqual(await query(COUNT, { entry: newestEntry(scene) }), [{ runs: 12 }]);
    const archive = unzip(artifact(scene, 'benchgate-archive.benchmarks.').zipBytes);
    assert.ok(Object.keys(archive).some((name) => name.endsWith('manifest.json')), Object.keys(archive).join());
    const snapshot = unzip(artifact(scene, 'benchgate-snapshot.benchmarks.').zipBytes);
    assert.match(snapshot['snapshot.json'].toString(), /benchgate\/snapshot\/v1/);
    const backup = Object.keys(unzip(artifact(scene, 'benchgate-backup.benchmarks.').zipBytes)).sort();
    assert.ok(backup.length === 2 && /\.duckdb\.gz$/.test(backup[0]) && /\.blake3$/.test(backup[1]), backup.join());
    const again = await maintain({ rotate: true });
    assert.equal(again.status, 'success', again.log);
    assert.deepEqual(await query(COUNT, { entry: newestEntry(scene) }), [{ runs: 12 }]);
  },

  async 'entries of the cache that newer ones have replaced are deleted, and no others'({ open }) {
    const { scene, maintain } = await tended(open);
    const cleaned = await maintain({ 'keep-caches': '2' });
    assert.equal(cleaned.status, 'success', cleaned.log);
    const left = scene.cache.keys();
    assert.equal(left.length, 4, left.join());
    assert.ok(left.includes('refs/heads/main benchgate-v1/other/1-1') && left.includes('refs/heads/topic benchgate-v1/benchmarks/903-1'));
    assert.ok(left.includes('refs/heads/main benchgate-v1/benchmarks/902-1') && left.at(-1).startsWith('refs/heads/main benchgate-v1/benchmarks/'));
  },

  async 'a token that may not delete is a warning, and the history is saved'({ open }) {
    const { scene, maintain } = await tended(open);
    const refused = await maintain({ 'keep-caches': '1' }, { permissions: { contents: 'read', actions: 'read' } });
    assert.equal(refused.status, 'success', refused.log);
    assert.match(refused.log, /actions: write/);
    assert.ok(refused.annotations.some(({ level, message }) => level === 'warning' && /were not deleted/.test(message)));
    assert.equal(scene.cache.entries.length, 6);
  },

  async 'an archive that cannot be kept keeps the history as it is'({ open }) {
    const refuse = () => { throw new Error('Failed to CreateArtifact: quota'); };
    const { scene, maintain } = await tended((options) => open({ ...options, uses: { 'actions/upload-artifact': refuse } }));
    const before = scene.cache.entries.length;
    const failed = await maintain({ rotate: true });
    assert.equal(failed.status, 'failure');
    assert.equal(scene.cache.entries.length, before, 'what left is not lost');
  },

  async 'a run that is not of the baseline branch changes and deletes nothing'({ open }) {
    const { scene, maintain } = await tended(open);
    const before = scene.cache.keys();
    const event = await scene.events.pullRequest({ headSha: commit(RUNS - 1) });
    const kept = await maintain({ rotate: true, backup: true, 'keep-caches': '1' }, { event });
    assert.equal(kept.status, 'success', kept.log);
    assert.deepEqual(scene.cache.keys(), before);
    assert.deepEqual(scene.world.artifacts, []);
  },

  async 'the weekly workflow of the examples tends the history'({ open }) {
    const scene = await openRepository(open, { 'README.md': 'a repository', ...RETENTION });
    await withHistory(scene);
    const file = new URL('../../../examples/workflows/maintain.yml', import.meta.url).pathname;
    const flow = await scene.runWorkflow(file, { event: scene.events.schedule() });
    assert.equal(flow.status, 'success', flow.jobs.at(-1).log);
    assert.deepEqual(await query(COUNT, { entry: newestEntry(scene) }), [{ runs: 12 }]);
    for (const kind of ['archive', 'snapshot', 'backup']) assert.ok(artifact(scene, `benchgate-${kind}.benchmarks.`), kind);
  },
};
