// A history that the cache no longer has: what is made anew from artifacts, for whom, and how far back.
import assert from 'node:assert/strict';
import { bundleOf, commit, newestEntry, query, results, RUNS, sha, withHistory } from '../benchgate.mjs';

const inputs = { results: 'results/*.json' };
const slower = (factor) => ({ embed: factor, classify: factor, rank: factor });

/** Bundles of a matrix of `legs` jobs for every commit of main, `days` apart. */
function matrixOf(scene, legs, days) {
  for (let number = 0; number < RUNS; number++) {
    const at = new Date(Date.now() - (RUNS - number) * days * 86_400_000).toISOString();
    for (let leg = 0; leg < legs; leg++) bundleOf(scene, number, { leg: `leg${leg}`, at, options: { cases: [`case${leg}`] } });
  }
}

const counts = (scene) => query('SELECT count(DISTINCT git_commit) AS commits, count(*) AS runs FROM test_runs', { entry: newestEntry(scene) });

export default {
  async 'a pull request into a release branch whose cache was evicted is judged by its artifacts, not by main'({ open }) {
    const scene = await open();
    await withHistory(scene);
    const release = Array.from({ length: 8 }, (_, n) => `${(0xa0 + n).toString(16)}`.padEnd(40, '1'));
    scene.world.graph.line('release', release, { from: commit(5) });
    release.forEach((headSha, n) => {
      const change = slower(0.7 * (1 + 0.003 * (n % 3)));
      bundleOf(scene, n + 10, { runId: 700 + n, headBranch: 'release', headSha, options: { change }, facts: { commit: headSha, branch: 'release' } });
    });
    scene.world.graph.line('fix', [sha('b')], { from: release.at(-1) });
    const event = await scene.events.pullRequest({ headSha: sha('b'), headRef: 'fix', baseRef: 'release' });
    const run = await scene.runAction({ event, inputs, files: { 'results/a.json': results({ change: slower(0.95) }) } });
    assert.equal(run.outputs.regressions, '3', run.summary);
    assert.doesNotMatch(run.summary, /since the base branch release has no run/);
    assert.match(run.summary, /8 runs of 8 commits/);
    assert.equal(scene.cache.entries.length, 1, 'what was restored is read only');
  },

  async 'the history of a wide matrix is made anew whole'({ open }) {
    const scene = await open();
    await withHistory(scene, { isCached: false });
    matrixOf(scene, 12, 0.04);
    scene.world.graph.line('topic', [sha('b')], { from: commit(19) });
    const cases = Array.from({ length: 12 }, (_, leg) => `case${leg}`);
    const own = JSON.parse(results({ cases }));
    for (const { metrics } of own.results) metrics.latency.value = 30;
    const event = await scene.events.pullRequest({ headSha: sha('b') });
    const run = await scene.runAction({ event, inputs, files: { 'results/a.json': JSON.stringify(own) } });
    assert.equal(run.outputs.regressions, '12', run.summary);
    assert.doesNotMatch(run.summary, /not fetched/);
  },

  async 'a history whose making was cut short goes on where it stopped'({ open }) {
    const scene = await open();
    await withHistory(scene, { isCached: false });
    matrixOf(scene, 35, 2);
    const files = { 'results/a.json': results({ cases: ['case0'] }) };
    const first = await scene.runAction({ event: scene.events.push({}), inputs, files });
    assert.match(first.summary, /the bundles of 3 older runs were not fetched: those of the newest 17 are/);
    assert.deepEqual(await counts(scene), [{ commits: 17, runs: 17 * 35 + 1 }]);
    const second = await scene.runAction({ event: scene.events.push({}), inputs, files });
    assert.doesNotMatch(second.summary, /not fetched/);
    assert.deepEqual(await counts(scene), [{ commits: RUNS, runs: RUNS * 35 + 2 }]);
  },
};
