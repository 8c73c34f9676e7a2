// Pull requests from forks: the two workflows of examples/, and bundles that lie.
import assert from 'node:assert/strict';
import { bundleName, commit, onlyComment, openRepository, results, RUNS, sha, withHistory } from '../benchgate.mjs';
import { zip } from '../zip.mjs';

const file = (name) => new URL(`../../../examples/workflows/${name}.yml`, import.meta.url).pathname;
const inputs = { mode: 'report', legs: 'measure' };

async function fork(open, text = results({ change: { embed: 1.3 } })) {
  const scene = await openRepository(open, { 'scripts/benchmark': '#!/bin/sh\ncat suite/results.json\n', 'suite/results.json': text });
  await withHistory(scene);
  scene.world.graph.line('topic', [sha('b')], { from: commit(RUNS - 1) });
  return { scene, event: await scene.events.pullRequest({ headSha: sha('b'), isFork: true }) };
}

/** A run of a fork's pull request that left one artifact, and the reporter's run after it. */
async function reported(open, artifact, rest = {}) {
  const { scene } = await fork(open);
  const run = scene.world.addRun({
    id: 500, event: 'pull_request', headSha: sha('b'), headBranch: 'topic', headRepository: 'mallory/model-bench', headRepositoryId: 9001,
    createdAt: new Date(Date.now() - 600_000).toISOString().replace(/\.\d+Z/, 'Z'), ...rest,
  });
  scene.world.addArtifact({ runId: 500, name: bundleName('measure'), headBranch: 'topic', headSha: sha('b'), headRepositoryId: 9001, ...artifact });
  const result = await scene.runAction({ event: scene.events.workflowRun(run), inputs });
  return { scene, result };
}

const bundle = (text) => ({ zipBytes: zip({ 'bundle.jsonl': text }) });

/** A bundle in which each fact of the run is a lie. */
function lines({ run = {}, change = { embed: 1.3 } } = {}) {
  const { schema, hardware, results: all } = JSON.parse(results({ change }));
  const facts = { id: 'github-1-forged', attempt: 1, commit: commit(3), branch: 'main', trigger: 'push', started_at: '2026-01-01T00:00:00Z', ...run };
  return [{ schema, run: facts, hardware }, ...all].map((line) => JSON.stringify(line)).join('\n');
}

export default {
  async 'the two workflows comment on a pull request from a fork'({ open }) {
    const { scene, event } = await fork(open);
    const measured = await scene.runWorkflow(file('fork-collect'), { event });
    assert.equal(measured.status, 'success', measured.jobs[0].log);
    assert.deepEqual(await scene.world.comments(7), []);
    const judged = await scene.runWorkflow(file('fork-report'), { event: scene.events.workflowRun({ id: measured.runId }) });
    assert.equal(judged.status, 'failure');
    const comment = await onlyComment(scene);
    assert.equal(comment.user.login, 'github-actions[bot]');
    assert.match(comment.body, /FAILED: 1 regression in 3 series/);
    assert.match(comment.body, /Candidate: commit bbbbbbbbbbbb/);
    assert.equal(scene.cache.entries.length, 1, 'nothing of a fork is saved');
  },

  async 'the first of them judges pushes, and builds the history'({ open }) {
    const { scene } = await fork(open, results());
    const flow = await scene.runWorkflow(file('fork-collect'), { event: scene.events.push({}) });
    assert.equal(flow.status, 'success', flow.jobs[0].log);
    assert.equal(scene.cache.entries.length, 2);
  },

  async 'bundles that are too large together are not even downloaded'({ open }) {
    const { scene } = await fork(open);
    const facts = { headBranch: 'topic', headSha: sha('b'), headRepositoryId: 9001 };
    const run = scene.world.addRun({ id: 500, event: 'pull_request', ...facts, headRepository: 'mallory/model-bench' });
    const { zipBytes } = bundle('\n'.repeat(60_000_000));
    const legs = ['measure', 'b', 'c', 'd', 'e', 'f', 'g'];
    for (const leg of legs) scene.world.addArtifact({ runId: 500, name: bundleName(leg), zipBytes, ...facts });
    const judged = await scene.runAction({ event: scene.events.workflowRun(run), inputs });
    assert.equal(judged.outputs['exit-code'], '1');
    assert.match(judged.summary, /measure failed: it was not fetched: the bundles before it are larger than 256 MB together/);
    assert.equal(scene.world.blobRequests.length, 5);
  },

  async 'a forged bundle changes neither commit, branch nor pull request'({ open }) {
    const { scene, result } = await reported(open, bundle(lines()));
    assert.equal(result.outputs.regressions, '1');
    const { body } = await onlyComment(scene);
    assert.match(body, /head=b{40}/);
    assert.match(body, /Candidate: commit bbbbbbbbbbbb, run github-500-measure/);
    assert.ok(!body.includes('forged'));
    assert.equal(result.outputs['baseline-commit'], commit(19), 'a forged time does not choose another baseline');
  },

  async 'a bundle cannot speak for a pull request whose head it is not'({ open }) {
    const { scene, result } = await reported(open, bundle(lines()), { headSha: sha('d') });
    assert.deepEqual(await scene.world.comments(7), []);
    assert.match(result.summary, /no open pull request has the commit dddddddddddd as its head/);
  },

  async 'a script in a benchmark name is text'({ open }) {
    const name = '<script>alert(1)</script>';
    const { scene, result } = await reported(open, bundle(lines().replaceAll('"embed"', JSON.stringify(name))));
    assert.equal(result.outputs['exit-code'], '12', 'the benchmark of the known name is missing');
    assert.ok(!(await onlyComment(scene)).body.includes('<script'));
  },

  async 'names in an archive are no paths'({ open }) {
    const { result } = await reported(open, { zipBytes: zip({ '../../../../../../tmp/benchgate-was-here': lines() }) });
    assert.equal(result.outputs.regressions, '1');
    const { access } = await import('node:fs/promises');
    await assert.rejects(access('/tmp/benchgate-was-here'));
  },

  async 'an archive of several files, a zip bomb and an archive that is none fail the leg'({ open }) {
    for (const [artifact, words] of [
      [{ zipBytes: zip({ a: 'x', b: 'y' }) }, /measure failed: it has 2 entries/],
      [{ zipBytes: zip({ bomb: Buffer.alloc(200 << 20) }) }, /measure failed/],
      [{ zipBytes: Buffer.from('<html>not a zip</html>') }, /measure failed/],
      [bundle('{"schema": "benchgate/results/v1"'), /measure failed/],
      [bundle(`${lines()}\n${lines({ run: { commit: commit(4), id: 'x' } })}`), /./],
    ]) {
      const { result } = await reported(open, artifact);
      assert.equal(result.status, 'failure');
      assert.notEqual(result.outputs.outcome, 'passed');
      assert.match(result.summary, words);
    }
  },

  async 'a million series are refused, and the reporter survives'({ open }) {
    const { schema, hardware } = JSON.parse(results());
    const head = JSON.stringify({ schema, run: {}, hardware });
    const many = Array.from({ length: 1_000_000 }, (_, number) => `{"model":"m","test_case":"${number}","metrics":{"latency":{"value":1}}}`);
    const { result } = await reported(open, bundle([head, ...many].join('\n')));
    assert.equal(result.status, 'failure');
    assert.match(result.summary, /unpacks to more than|more than 200000 results/);
  },

  async 'a run of another repository is refused'({ open }) {
    const { scene } = await fork(open);
    const event = scene.events.workflowRun({ id: 501, headSha: sha('b') });
    event.payload.workflow_run.repository = { ...event.payload.workflow_run.repository, id: 4242 };
    const result = await scene.runAction({ event, inputs });
    assert.equal(result.outputs['exit-code'], '2');
    assert.match(result.summary, /belongs to another repository/);
  },
};
