// A matrix is one report: examples/workflows/matrix.yml, as it is, and the action's modes collect and report alone.
import assert from 'node:assert/strict';
import { commit, newestEntry, onlyComment, openRepository, query, results, RUNS, sha, withHistory } from '../benchgate.mjs';

const workflow = new URL('../../../examples/workflows/matrix.yml', import.meta.url).pathname;

/** A repository whose benchmark prints a file that fits the leg, or fails where there is none. */
const benchmark = '#!/bin/sh\ncat "suite/$1.json"\n';

async function repositoryWith(open, legs) {
  const files = Object.fromEntries(Object.entries(legs).map(([name, text]) => [`suite/${name}.json`, text]));
  const scene = await openRepository(open, { 'scripts/benchmark': benchmark, ...files });
  await withHistory(scene, { hardware: ['cpu', 'cuda'] });
  scene.world.graph.line('topic', [sha('b')], { from: commit(RUNS - 1) });
  return { scene, event: await scene.events.pullRequest({ headSha: sha('b') }) };
}

const leg = (hardware, change = {}) => results({ hardware, change });

export default {
  async 'a matrix is judged as one run: one comment, one outcome'({ open }) {
    const { scene, event } = await repositoryWith(open, { cpu: leg('cpu'), cuda: leg('cuda', { embed: 1.3 }) });
    const flow = await scene.runWorkflow(workflow, { event });
    assert.deepEqual(flow.jobs.map(({ name, status }) => `${name}: ${status}`), [
      'Measure on cpu: success', 'Measure on cuda: success', 'Benchmarks: failure',
    ]);
    const { body } = await onlyComment(scene);
    assert.match(body, /FAILED: 1 regression in 6 series/);
    assert.match(body, /Legs:\n\n- cpu: reported\n- cuda: reported/);
    assert.match(body, /bert on cuda/);
  },

  async 'on the default branch a matrix is one save with the results of all legs'({ open }) {
    const { scene } = await repositoryWith(open, { cpu: leg('cpu'), cuda: leg('cuda') });
    const flow = await scene.runWorkflow(workflow, { event: scene.events.push({}) });
    assert.equal(flow.status, 'success', flow.jobs.at(-1).log);
    assert.equal(scene.cache.entries.length, 2);
    const rows = await query(`SELECT DISTINCT hardware FROM history WHERE run_key LIKE 'github-${flow.runId}-%' ORDER BY ALL`, { entry: newestEntry(scene) });
    assert.deepEqual(rows, [{ hardware: 'cpu' }, { hardware: 'cuda' }]);
  },

  async 'a leg whose benchmark failed is shown with its reason, and fails the check'({ open }) {
    const { scene, event } = await repositoryWith(open, { cpu: leg('cpu') });
    const flow = await scene.runWorkflow(workflow, { event });
    assert.deepEqual(flow.jobs.map(({ status }) => status), ['success', 'failure', 'failure']);
    const report = flow.jobs.at(-1);
    assert.match((await onlyComment(scene)).body, /FAILED: 1 leg without results, no regression in 3 series compared/);
    assert.match(report.summary, /cuda: failed: .*the file is empty|cuda: failed: .*no results/i);
    assert.match(JSON.stringify(report.annotations), /Leg without results/);
  },

  async 'a leg whose benchmark failed after it had written its results has failed, and is no history'({ open }) {
    const broken = '#!/bin/sh\ncat "suite/$1.json"\n[ "$1" = cpu ] || exit 3\n';
    const scene = await openRepository(open, { 'scripts/benchmark': broken, 'suite/cpu.json': leg('cpu'), 'suite/cuda.json': leg('cuda') });
    await withHistory(scene, { hardware: ['cpu', 'cuda'] });
    scene.world.graph.line('topic', [sha('b')], { from: commit(RUNS - 1) });
    const flow = await scene.runWorkflow(workflow, { event: await scene.events.pullRequest({ headSha: sha('b') }) });
    assert.deepEqual(flow.jobs.map(({ status }) => status), ['success', 'failure', 'failure']);
    assert.match(flow.jobs.at(-1).summary, /cuda: failed: .*an earlier step of this job ended with &#96;failure&#96;/);
    const push = await scene.runWorkflow(workflow, { event: scene.events.push({}) });
    assert.equal(push.status, 'failure');
    const rows = await query(`SELECT DISTINCT hardware FROM history WHERE run_key LIKE 'github-${push.runId}-%'`, { entry: newestEntry(scene) });
    assert.deepEqual(rows, [{ hardware: 'cpu' }]);
  },

  async 'a leg that left nothing at all is missing, and fails the check'({ open }) {
    const { scene, event } = await repositoryWith(open, {});
    const one = await scene.runAction({ event, inputs: { mode: 'collect', results: 'results/*.json', leg: 'cpu' }, files: { 'results/a.json': leg('cpu') } });
    const run = await scene.runAction({ event, inputs: { mode: 'report', legs: 'cpu, cuda' }, runId: one.runId });
    assert.equal(run.outputs['exit-code'], '12');
    assert.match(run.summary, /cuda: left no results/);
    const warned = await scene.runAction({
      event, inputs: { mode: 'report', legs: 'cpu, cuda' }, runId: one.runId, files: { 'benchgate.toml': '[gate]\nmissing-leg = "warn"\n' },
    });
    assert.equal(warned.status, 'success');
  },

  async 'a leg that vanished is missed though nobody named it, unless the run is partial'({ open }) {
    const { scene, event } = await repositoryWith(open, {});
    const one = await scene.runAction({ event, inputs: { mode: 'collect', results: 'results/*.json', leg: 'cpu' }, files: { 'results/a.json': leg('cpu') } });
    const report = (rest = {}) => scene.runAction({ event, inputs: { mode: 'report', ...rest }, runId: one.runId });
    const run = await report();
    assert.equal(run.outputs['exit-code'], '12');
    assert.match(run.summary, /cuda: left no results/);
    assert.match(run.summary, /most of the newest runs .* the leg cuda, so it is expected here too: .* name the legs in/);
    const named = await report({ legs: 'cpu' });
    assert.equal(named.status, 'success', named.log);
    assert.equal((await report({ partial: 'true' })).status, 'success');
    const both = await scene.runAction({ event, inputs: { mode: 'collect', results: 'results/*.json', leg: 'cuda' }, files: { 'results/a.json': leg('cuda') }, runId: one.runId });
    assert.equal(both.status, 'success');
    assert.equal((await report()).status, 'success');
  },

  async 'without any bundle there is no verdict, and the check fails'({ open }) {
    const { scene, event } = await repositoryWith(open, {});
    const run = await scene.runAction({ event, inputs: { mode: 'report', legs: 'cpu' } });
    assert.equal(run.status, 'failure');
    assert.match(run.summary, /NO VERDICT.*\n\n.*none of its jobs left results \(cpu left no results\)/);
  },

  async 'legs may come in any order, and a second attempt of one of them is pooled or replaces the first'({ open }) {
    const { scene, event } = await repositoryWith(open, {});
    const collect = (name, text, rest = {}) => scene.runAction({
      event, inputs: { mode: 'collect', results: 'results/*.json', leg: name }, files: { 'results/a.json': text }, ...rest,
    });
    const { runId } = await collect('cuda', leg('cuda', { embed: 1.3 }));
    await collect('cpu', leg('cpu'), { runId });
    const report = (rest = {}) => scene.runAction({ event, inputs: { mode: 'report', legs: 'cpu, cuda', ...rest }, runId, attempt: rest.attempt ?? 1 });
    assert.equal((await report()).outputs.regressions, '1');
    await collect('cuda', leg('cuda'), { runId, attempt: 2 });
    const pooled = await report();
    assert.equal(pooled.status, 'success');
    assert.match(pooled.summary, /cleared by a re-run/);
    await collect('cuda', leg('cuda', { embed: 1.3 }), { runId, attempt: 3 });
    const replaced = await report({ attempts: 'replace' });
    assert.equal(replaced.outputs.regressions, '1');
    assert.doesNotMatch(replaced.summary, /re-run\)/);
  },

  async 'legs that measured the same are told apart or refused, and never clear each other'({ open }) {
    const { scene, event } = await repositoryWith(open, {});
    const collect = (name, text, rest = {}) => scene.runAction({
      event, inputs: { mode: 'collect', results: 'results/*.json', leg: name }, files: { 'results/a.json': text }, ...rest,
    });
    const { runId } = await collect('py311', leg('cpu', { embed: 1.3 }));
    await collect('py312', leg('cpu'), { runId });
    for (const [attempt, legs] of [[1, ''], [2, 'py311, py312']]) {
      const run = await scene.runAction({ event, inputs: { mode: 'report', legs }, runId, attempt });
      assert.equal(run.status, 'failure');
      assert.match(run.summary, /py31\d: failed: it measured .* as the leg py31\d did/);
    }
  },

  async 'two jobs that are the same leg are both kept and neither is judged: the report fails and says what to do'({ open }) {
    const { scene } = await repositoryWith(open, {});
    const event = scene.events.push({ sha: commit(18) });
    const collect = (name, text, rest = {}) => scene.runAction({
      event, inputs: { mode: 'collect', results: 'results/*.json', leg: name }, files: { 'results/a.json': text }, ...rest,
    });
    const { runId, status } = await collect('cuda', leg('cuda', { embed: 1.3 }));
    const second = await collect('cuda', leg('cuda'), { runId });
    await collect('cpu', leg('cpu'), { runId });
    assert.deepEqual([status, second.status], ['success', 'success'], second.log);
    const refused = /cuda: failed: several jobs or steps of the run left results as this leg.*: give each a .*leg.* of its own/;
    const report = async (rest, attempt = 1) => {
      const run = await scene.runAction({ event, inputs: { mode: 'report', ...rest }, runId, attempt });
      assert.equal(run.outputs['exit-code'], '12', run.log);
      assert.match(run.summary, refused);
    };
    await report({});
    // One of the two alone, run again, does not speak for both.
    await collect('cuda', leg('cuda'), { runId, attempt: 2 });
    for (const attempts of ['pool', 'replace']) await report({ legs: 'cpu, cuda', attempts }, 2);
    const next = await scene.runAction({ event: scene.events.push({}), inputs: { results: 'results/*.json' }, files: { 'results/a.json': leg('cpu') } });
    assert.match(next.summary, new RegExp(`what run ${runId} left as cuda was left out: several jobs`));
    const rows = await query(`SELECT DISTINCT hardware FROM history WHERE run_key LIKE 'github-${runId}-%'`, { entry: newestEntry(scene) });
    assert.deepEqual(rows, [{ hardware: 'cpu' }]);
  },

  async 'a job that judges is refused, before it uploads anything, where another one is the same leg'({ open }) {
    const { scene, event } = await repositoryWith(open, {});
    const gate = (rest) => scene.runAction({ event, inputs: { results: 'results/*.json' }, files: { 'results/a.json': leg('cpu') }, ...rest });
    const { runId, status } = await gate({});
    const second = await gate({ runId });
    assert.deepEqual([status, second.status, second.outputs['bundle-path']], ['success', 'failure', '']);
    assert.match(second.summary, /another job or step of this run has left results as the leg .*benchmarks.*give each a .*leg.* of its own/);
    const own = await gate({ runId, jobId: 'other' });
    assert.equal(own.status, 'success', own.log);
  },

  async 'a leg that failed in one attempt and measured in the next has reported'({ open }) {
    const { scene, event } = await repositoryWith(open, {});
    const collect = (files, rest) => scene.runAction({ event, inputs: { mode: 'collect', results: 'results/*.json', leg: 'cpu' }, files, ...rest });
    const failed = await collect({});
    assert.equal(failed.status, 'failure');
    await collect({ 'results/a.json': leg('cpu') }, { runId: failed.runId, attempt: 2 });
    const run = await scene.runAction({ event, inputs: { mode: 'report', legs: 'cpu' }, runId: failed.runId, attempt: 2 });
    assert.equal(run.status, 'success', run.log);
  },

  async 'a leg that measured in one attempt and failed in the next has failed'({ open }) {
    const { scene, event } = await repositoryWith(open, {});
    const collect = (files, rest) => scene.runAction({ event, inputs: { mode: 'collect', results: 'results/*.json', leg: 'cpu' }, files, ...rest });
    const { runId } = await collect({ 'results/a.json': leg('cpu') });
    await collect({}, { runId, attempt: 2 });
    for (const attempts of ['pool', 'replace']) {
      const run = await scene.runAction({ event, inputs: { mode: 'report', legs: 'cpu', attempts }, runId, attempt: 2 });
      assert.equal(run.status, 'failure', attempts);
      assert.match(run.summary, /cpu[: ]+(is )?failed: /);
    }
  },

  async 'without the permission to read artifacts, the error names it'({ open }) {
    const { scene, event } = await repositoryWith(open, {});
    const run = await scene.runAction({ event, inputs: { mode: 'report' }, permissions: { contents: 'read' } });
    assert.equal(run.status, 'failure');
    assert.match(run.summary, /actions: read/);
  },
};
