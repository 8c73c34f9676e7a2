// Suspects are run again before anything fails: examples/workflows/confirm.yml and gate.yml, as they are.
import assert from 'node:assert/strict';
import { commit, databaseOf, measured, newestEntry, onlyComment, openRepository, query, restorable, results, RUNS, sha, withHistory } from '../benchgate.mjs';

const file = (name) => new URL(`../../../examples/workflows/${name}.yml`, import.meta.url).pathname;

/** The benchmark prints one file without a filter and another one with it. */
const benchmark = `#!/bin/sh
if [ $# -eq 0 ]; then cat suite/first.json; else echo "again: $1" >&2; cat suite/again.json; fi
`;

async function repositoryWith(open, first, again) {
  const scene = await openRepository(open, { 'scripts/benchmark': benchmark, 'suite/first.json': first, 'suite/again.json': again });
  await withHistory(scene);
  scene.world.graph.line('topic', [sha('b')], { from: commit(RUNS - 1) });
  return { scene, event: await scene.events.pullRequest({ headSha: sha('b') }) };
}

const slow = results({ change: { embed: 1.3 } });

export default {
  async 'a suspect that a fresh runner does not show is cleared, and nothing fails'({ open }) {
    const { scene, event } = await repositoryWith(open, slow, results({ cases: ['embed'] }));
    const flow = await scene.runWorkflow(file('confirm'), { event });
    assert.deepEqual(flow.jobs.map(({ name, status }) => `${name}: ${status}`), [
      'Measure: success', 'Look for suspects: success', 'Measure the suspects again: success', 'Benchmarks: success',
    ], flow.jobs.at(-1).log);
    assert.match(flow.jobs[2].log, /again: \^embed|again: .*embed/);
    assert.match(flow.jobs[3].summary, /cleared by a re-run/);
  },

  async 'a suspect that a fresh runner shows too is confirmed, and fails'({ open }) {
    const { scene, event } = await repositoryWith(open, slow, results({ cases: ['embed'], change: { embed: 1.29 } }));
    const flow = await scene.runWorkflow(file('confirm'), { event });
    assert.deepEqual(flow.jobs.map(({ status }) => status), ['success', 'success', 'success', 'failure']);
    assert.match((await onlyComment(scene)).body, /regressed \(confirmed by a re-run\)/);
  },

  async 'where nothing is suspect there is no second run'({ open }) {
    const { scene, event } = await repositoryWith(open, results(), slow);
    const flow = await scene.runWorkflow(file('confirm'), { event });
    assert.deepEqual(flow.jobs.map(({ status }) => status), ['success', 'success', 'skipped', 'success']);
    assert.deepEqual(await scene.world.comments(7), []);
  },

  async 'suspects that are too many for an output are all run again'({ open }) {
    const cases = Array.from({ length: 400 }, (_, number) => `case-${number}-${'x'.repeat(60)}`);
    const scene = await openRepository(open, {
      'scripts/benchmark': benchmark,
      'suite/first.json': results({ cases, change: Object.fromEntries(cases.map((name) => [name, 1.3])) }),
      'suite/again.json': results({ cases }),
    });
    await withHistory(scene, { isCached: false });
    restorable(scene, await databaseOf(Array.from({ length: RUNS }, (_, number) => measured(number, { cases }))));
    scene.world.graph.line('topic', [sha('b')], { from: commit(RUNS - 1) });
    const flow = await scene.runWorkflow(file('confirm'), { event: await scene.events.pullRequest({ headSha: sha('b') }) });
    assert.deepEqual(flow.jobs.map(({ status }) => status), ['success', 'success', 'success', 'success'], flow.jobs.at(-1).log.slice(-2000));
    assert.match(flow.jobs[1].summary, /the suspects are too many for the output/);
    assert.match(flow.jobs[2].log, /again: \.\n/);
    assert.match(flow.jobs[3].summary, /PASSED: no regression in 400 series compared/);
  },

  async 'on the default branch both runs become history, saved once'({ open }) {
    const { scene } = await repositoryWith(open, slow, results({ cases: ['embed'] }));
    const flow = await scene.runWorkflow(file('confirm'), { event: scene.events.push({}) });
    assert.equal(flow.status, 'success', flow.jobs.at(-1).log);
    assert.equal(scene.cache.entries.length, 2);
    const rows = await query(`SELECT run_key FROM test_runs WHERE run_key LIKE 'github-${flow.runId}-%' ORDER BY ALL`, { entry: newestEntry(scene) });
    assert.deepEqual(rows.map((row) => row.run_key), [`github-${flow.runId}-again`, `github-${flow.runId}-measure`]);
  },

  async 'the simplest workflow judges pull requests, pushes and merge queues'({ open }) {
    const { scene, event } = await repositoryWith(open, slow, slow);
    const pull = await scene.runWorkflow(file('gate'), { event });
    assert.equal(pull.status, 'failure');
    await onlyComment(scene);
    const group = await scene.runWorkflow(file('gate'), { event: scene.events.mergeGroup({ baseSha: commit(19), headSha: sha('b') }) });
    assert.equal(group.status, 'failure');
    const push = await scene.runWorkflow(file('gate'), { event: scene.events.push({}) });
    assert.equal(push.status, 'failure');
    assert.equal(scene.cache.entries.length, 2);
  },
};
