// What runs on a schedule: the trend of the history, and keeping the history alive.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { bundleName, commit, databaseOf, measured, newestEntry, openRepository, query, restorable, RUNS, withHistory } from '../benchgate.mjs';
import { unzip, zip } from '../zip.mjs';

export default {
  async 'the trend of the history is told in the summary, and fails where that is asked for'({ open }) {
    const scene = await open();
    await withHistory(scene, { isCached: false });
    const slow = (number) => (number > 11 ? { change: { embed: 1.3 + 0.002 * (number % 3) } } : {});
    restorable(scene, await databaseOf(Array.from({ length: RUNS }, (_, number) => measured(number, slow(number)))));
    const event = scene.events.schedule();
    const told = await scene.runAction({ event, inputs: { mode: 'trend' } });
    assert.equal(told.status, 'success', told.log);
    assert.match(told.summary, /TREND: 1 worsening in 3 series/);
    assert.match(told.summary, /08c0ffee0000\.\.0fc0ffee0000/);
    const kept = scene.world.artifacts.find(({ name }) => name === 'benchgate-trend.benchmarks.1');
    assert.deepEqual(Object.keys(unzip(kept.zipBytes)).sort(), ['trend.html', 'trend.svg']);
    assert.match(await readFile(told.outputs['html-path'], 'utf8'), /^<!doctype html>[^]*<h1>TREND: 1 worsening in 3 series/);
    assert.match(await readFile(told.outputs['badge-path'], 'utf8'), /<title>benchmarks: 1 worsening<\/title>/);
    const failed = await scene.runAction({ event, inputs: { mode: 'trend', 'fail-on': 'drift,worse' } });
    assert.equal(failed.outputs['exit-code'], '10');
    const passed = await scene.runAction({ event, inputs: { mode: 'trend', 'fail-on': 'silent' } });
    assert.equal(passed.outputs['exit-code'], '0', passed.log);
    const later = await scene.runAction({ event, inputs: { mode: 'trend', 'fail-on': 'worse', since: '2h' } });
    assert.equal(later.outputs['exit-code'], '2');
    assert.equal(later.outputs['html-path'] ?? '', '');
    assert.match(later.summary, /NO TREND: benchgate could not finish\n\n.*2h\S* is no time/);
    assert.ok(later.annotations.some(({ level, title }) => level === 'error' && title === 'No trend'));
    assert.equal(scene.cache.entries.length, 1);
  },

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
    assert.deepEqual(await query('SELECT count(*) AS runs FROM test_runs', { entry: newestEntry(scene) }), [{ runs: 11 }]);
  },

  async 'the scheduled workflow of the examples tells the trend'({ open }) {
    const scene = await openRepository(open, { 'README.md': 'a repository' });
    await withHistory(scene);
    const file = new URL('../../../examples/workflows/trend.yml', import.meta.url).pathname;
    const flow = await scene.runWorkflow(file, { event: scene.events.schedule() });
    assert.equal(flow.status, 'success', flow.jobs.at(-1).log);
    assert.match(flow.jobs.at(-1).summary, /TREND: 0 worsenings in 3 series/);
    assert.ok(scene.world.artifacts.some(({ name }) => name.startsWith('benchgate-trend.benchmarks.')));
  },

  async 'where there is no history nothing is saved'({ open }) {
    const scene = await open();
    await withHistory(scene, { isCached: false });
    const kept = await scene.runAction({ event: scene.events.schedule(), inputs: { mode: 'maintain' } });
    assert.equal(kept.status, 'success');
    assert.equal(kept.outputs['history-source'], 'none');
    assert.equal(scene.cache.entries.length, 0);
  },
};
