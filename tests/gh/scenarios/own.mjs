// This repository's own workflows that use the action as `./`: benchmarks, their report for forks, and the trend.
// Compiling and measuring are stood in for; everything else is the files'.
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { commit, newestEntry, onlyComment, openRepository, query, results, RUNS, sha, withHistory } from '../benchgate.mjs';
import { nothing } from '../uses.mjs';

const script = (name) => readFile(new URL(`../../../scripts/${name}`, import.meta.url), 'utf8');

/** What `cargo build` leaves: the binary under test, where the workflows look for it. */
const CARGO = `#!/bin/sh\nmkdir -p target/release\ncp ${process.env.BENCHGATE_BINARY} target/release/benchgate\n`;

/** A scene whose checkouts measure these results, and a function that runs one of the workflows to its end. */
async function own(open, measured = results()) {
  const tools = await mkdtemp(join(tmpdir(), 'cargo-'));
  await writeFile(join(tools, 'cargo'), CARGO, { mode: 0o755 });
  // The binary finds its library as the process of these tests does; nothing is fetched.
  const variables = { DUCKDB_LIB_DIR: process.env.DUCKDB_LIB_DIR ?? tools };
  const scene = await openRepository((options) => open({ ...options, machine: { path: [tools], variables }, uses: { 'Swatinem/rust-cache': nothing } }), {
    'scripts/with-duckdb': await script('with-duckdb'), 'scripts/benchgate': await script('benchgate'),
    'scripts/bench-results': '#!/bin/sh\ntest -x "$1" && cat "$(dirname "$0")/results.json"\n', 'scripts/results.json': measured,
  });
  const { close } = scene;
  scene.close = async () => (await close(), await rm(tools, { recursive: true, force: true }));
  await withHistory(scene);
  scene.world.graph.line('topic', [sha('b')], { from: commit(RUNS - 1) });
  return { scene, run: (name, event) => scene.runWorkflow(`.github/workflows/${name}.yml`, { event }) };
}

const slower = results({ change: { embed: 1.3 } });

export default {
  async 'the own benchmarks judge a push, and record it'({ open }) {
    const { scene, run } = await own(open);
    const flow = await run('benchmarks', scene.events.push({}));
    assert.equal(flow.status, 'success', flow.jobs[0].log);
    assert.match(flow.jobs[0].summary, /PASSED: no regression in 3 series/);
    assert.deepEqual(await query('SELECT count(*) AS runs FROM test_runs', { entry: newestEntry(scene) }), [{ runs: RUNS + 1 }]);
  },

  async 'the own benchmarks fail a pull request that is slower, and comment on it'({ open }) {
    const { scene, run } = await own(open, slower);
    const flow = await run('benchmarks', await scene.events.pullRequest({ headSha: sha('b') }));
    assert.equal(flow.status, 'failure');
    assert.match((await onlyComment(scene)).body, /FAILED: 1 regression in 3 series/);
    assert.equal(scene.cache.entries.length, 1);
  },

  async 'of a fork, the own benchmarks measure, and their report judges and comments'({ open }) {
    const { scene, run } = await own(open, slower);
    const measured = await run('benchmarks', await scene.events.pullRequest({ headSha: sha('b'), isFork: true }));
    assert.equal(measured.status, 'success', measured.jobs[0].log);
    assert.deepEqual(await scene.world.comments(7), []);
    const judged = await run('benchmarks-report', scene.events.workflowRun({ id: measured.runId }));
    assert.equal(judged.status, 'failure', judged.jobs[0].log);
    assert.match((await onlyComment(scene)).body, /FAILED: 1 regression in 3 series/);
    assert.equal(scene.cache.entries.length, 1, 'nothing of a fork is saved');
  },

  async 'the own report leaves runs of this repository to themselves'({ open }) {
    const { scene, run } = await own(open, slower);
    const measured = await run('benchmarks', await scene.events.pullRequest({ headSha: sha('b') }));
    const judged = await run('benchmarks-report', scene.events.workflowRun({ id: measured.runId }));
    assert.deepEqual(judged.jobs.map(({ status }) => status), ['skipped']);
  },

  async 'the own trend keeps the history alive, and tells of it'({ open }) {
    const { scene, run } = await own(open);
    const flow = await run('trend', scene.events.schedule());
    assert.equal(flow.status, 'success', flow.jobs[0].log);
    assert.match(flow.jobs[0].summary, /TREND: 0 worsenings in 3 series/);
    assert.equal(scene.cache.entries.length, 2);
  },
};
