// The label that accepts regressions: for which commit it counts, and how far.
import assert from 'node:assert/strict';
import { commit, onlyComment, openRepository, results, RUNS, sha, withHistory } from '../benchgate.mjs';
import { ago } from '../world.mjs';

const inputs = { results: 'results/*.json' };
const LABEL = 'benchgate: accept';
const slower = { 'results/a.json': results({ change: { embed: 1.3 } }) };

/** A pull request at commit b, which was pushed ten minutes ago. */
async function pull(open, rest = {}) {
  const scene = await open();
  await withHistory(scene);
  scene.world.graph.line('topic', [sha('b'), sha('c')], { from: commit(RUNS - 1) });
  scene.world.addRun({ id: 900, event: 'pull_request', headBranch: 'topic', headSha: sha('b'), createdAt: ago(600) });
  const event = await scene.events.pullRequest({ headSha: sha('b'), ...rest });
  return { scene, event };
}

/** Mallory, who may, sets the label so many seconds ago. */
async function accept(scene, seconds = 300) {
  scene.world.pulls.get(7).labels = [LABEL];
  scene.world.addLabelEvent({ number: 7, label: LABEL, actor: 'mallory', createdAt: ago(seconds) });
  return scene.events.pullRequest({});
}

const voided = /was set by mallory on \d{4}-\d\d-\d\d for an earlier commit and accepts nothing: remove it and set it again to accept c{12}/;

export default {
  async 'the label accepts the regressions of a pull request, with the name of who set it'({ open }) {
    const { scene } = await pull(open);
    const run = await scene.runAction({ event: await accept(scene), inputs, files: slower });
    assert.equal(run.status, 'success', run.log);
    assert.equal(run.outputs.regressions, '0');
    const { body } = await onlyComment(scene);
    assert.match(body, /PASSED: .*1 accepted/);
    assert.match(body, /benchgate: accept.* was set by mallory on \d{4}-/);
    // So are its entry of the merge queue, and the push that merges it.
    const group = scene.events.mergeGroup({ baseSha: commit(19), headSha: sha('d'), number: 7 });
    const queued = await scene.runAction({ event: group, inputs, files: slower });
    assert.equal(queued.status, 'success', queued.log);
    Object.assign(scene.world.pulls.get(7), { state: 'closed', mergedAt: ago(0) });
    scene.world.pullsOfCommit[commit(19)] = [7];
    const push = await scene.runAction({ event: scene.events.push({}), inputs, files: slower });
    assert.equal(push.status, 'success', push.log);
  },

  async 'the label does not accept what was pushed after it was set, wherever that is judged'({ open }) {
    const { scene } = await pull(open);
    await accept(scene);
    scene.world.pulls.get(7).headSha = sha('c');
    const pushed = await scene.runAction({ event: await scene.events.pullRequest({}), inputs, files: slower });
    assert.equal(pushed.status, 'failure');
    assert.match(pushed.summary, voided);
    assert.match((await onlyComment(scene)).body, voided);
    const group = scene.events.mergeGroup({ baseSha: commit(19), headSha: sha('d'), number: 7 });
    assert.equal((await scene.runAction({ event: group, inputs, files: slower })).status, 'failure');
    Object.assign(scene.world.pulls.get(7), { state: 'closed', mergedAt: ago(0) });
    scene.world.pullsOfCommit[commit(19)] = [7];
    assert.equal((await scene.runAction({ event: scene.events.push({}), inputs, files: slower })).status, 'failure');
  },

  async 'a commit that was the head once and is again needs the label anew'({ open }) {
    const { scene } = await pull(open);
    scene.world.addRun({ id: 901, event: 'pull_request', headBranch: 'topic', headSha: sha('c'), createdAt: ago(400) });
    const event = await accept(scene);
    const run = await scene.runAction({ event, inputs, files: slower });
    assert.equal(run.status, 'failure', 'it was set when commit c was the head');
    scene.world.addRun({ id: 902, event: 'pull_request', headBranch: 'topic', headSha: sha('b'), createdAt: ago(200) });
    scene.world.addLabelEvent({ number: 7, label: LABEL, event: 'unlabeled', createdAt: ago(150) });
    scene.world.addLabelEvent({ number: 7, label: LABEL, createdAt: ago(100) });
    assert.equal((await scene.runAction({ event, inputs, files: slower })).status, 'success');
  },

  async 'behind an accepted entry of the merge queue, a waiver that it brings along counts, and its label does not'({ open }) {
    const { scene } = await pull(open);
    await accept(scene);
    scene.world.graph.line('queue', [sha('d'), sha('e')], { from: commit(RUNS - 1) });
    await scene.world.addPull({ number: 8, headSha: sha('f'), headRef: 'next' });
    const behind = scene.events.mergeGroup({ baseSha: sha('d'), headSha: sha('e'), number: 8 });
    const labelled = await scene.runAction({ event: behind, inputs, files: slower });
    assert.equal(labelled.outputs.regressions, '1', 'how much of it is the own one is not known');
    assert.match(labelled.summary, /stands behind 1 commit that main does not have: what they changed shows here too/);
    const waiver = '[[waivers]]\nseries = "bert cpu embed batch=8 latency"\nreason = "safer"\nup-to = "40%"\nexpires = 2030-01-31\n';
    const waived = await scene.runAction({ event: behind, inputs, files: { ...slower, 'benchgate.toml': waiver } });
    assert.equal(waived.status, 'success', waived.log);
    const worse = { 'results/a.json': results({ change: { embed: 1.3, rank: 1.3 } }), 'benchgate.toml': waiver };
    const own = await scene.runAction({ event: behind, inputs, files: worse });
    assert.equal(own.outputs.regressions, '1', 'the other one is its own');
  },

  async 'a commit without a run is never accepted, and accepts no other one, though the label was set for it'({ open }) {
    const { scene } = await pull(open);
    await accept(scene);
    const group = scene.events.mergeGroup({ baseSha: commit(19), headSha: sha('d'), number: 7 });
    const queued = async (headSha) => {
      scene.world.pulls.get(7).headSha = headSha;
      return scene.runAction({ event: group, inputs, files: slower });
    };
    // Commit c was pushed with [skip ci], so the newest run of a push is that of commit b. One by hand tells nothing.
    scene.world.addRun({ id: 901, event: 'workflow_dispatch', headBranch: 'topic', headSha: sha('c'), createdAt: ago(350) });
    scene.world.addRun({ id: 902, event: 'pull_request_target', headBranch: 'topic', headSha: sha('c'), createdAt: ago(350) });
    const skipped = await queued(sha('c'));
    assert.equal(skipped.status, 'failure');
    assert.match(skipped.summary, /accepts nothing, since no workflow run tells when c{12} was pushed .*: push another commit, and set it again/);
    // Back at b, for which it was not set.
    scene.world.addForcePush({ number: 7, commit: sha('b'), createdAt: ago(100) });
    const back = await queued(sha('b'));
    assert.equal(back.status, 'failure');
    assert.match(back.summary, /the branch was force-pushed and it may have been set for another commit: remove it and set it again to accept b{12}/);
  },

  async 'a run on a branch of the same name in another repository proves nothing'({ open }) {
    const { scene } = await pull(open, { isFork: true });
    const run = await scene.runAction({ event: await accept(scene), inputs, files: slower });
    assert.equal(run.status, 'failure');
    Object.assign(scene.world.runs.get(900), { headRepository: 'mallory/model-bench', headRepositoryId: 9001 });
    const own = await scene.runAction({ event: await scene.events.pullRequest({}), inputs, files: slower });
    assert.equal(own.status, 'success', own.log);
  },

  async 'the event of setting the label is proof enough, once'({ open }) {
    const { scene } = await pull(open);
    await accept(scene, 0);
    const event = await scene.events.pullRequest({ action: 'labeled', label: LABEL });
    scene.world.runs.clear();
    const first = await scene.runAction({ event, inputs, files: slower });
    assert.equal(first.status, 'success', first.log);
    scene.world.fault({ method: 'GET', path: /\/pulls\/7/, status: 403, times: 100 });
    const blind = await scene.runAction({ event, inputs, files: slower });
    assert.equal(blind.status, 'success', blind.log);
    const again = await scene.runAction({ event, inputs, files: slower, runId: blind.runId, attempt: 2 });
    assert.equal(again.status, 'failure', 'what the event says is as old as the first attempt');
    assert.match(again.summary, /for which commit the label .* was set is not known, so it accepts nothing/);
    scene.world.faults.length = 0;
    scene.world.pulls.get(7).labels = [];
    const removed = await scene.runAction({ event, inputs, files: slower, runId: blind.runId, attempt: 3 });
    assert.equal(removed.status, 'failure', 'it was removed meanwhile');
  },

  async 'where GitHub does not say for which commit it was set, the label accepts nothing'({ open }) {
    const { scene } = await pull(open);
    const permissions = { contents: 'read', 'pull-requests': 'write' };
    const run = await scene.runAction({ event: await accept(scene), inputs, files: slower, permissions });
    assert.equal(run.status, 'failure');
    assert.match(run.summary, /was set is not known, so it accepts nothing: .*actions: read/);
  },

  async 'on a pull request from a fork, the label counts when the judging run is repeated'({ open }) {
    const file = (name) => new URL(`../../../examples/workflows/${name}.yml`, import.meta.url).pathname;
    const scene = await openRepository(open, { 'scripts/benchmark': '#!/bin/sh\ncat results.json\n', 'results.json': slower['results/a.json'] });
    await withHistory(scene);
    scene.world.graph.line('topic', [sha('b')], { from: commit(RUNS - 1) });
    const measured = await scene.runWorkflow(file('fork-collect'), { event: await scene.events.pullRequest({ headSha: sha('b'), isFork: true }) });
    const event = scene.events.workflowRun({ id: measured.runId });
    const judged = await scene.runWorkflow(file('fork-report'), { event });
    assert.equal(judged.status, 'failure');
    await accept(scene, 0);
    const again = await scene.runWorkflow(file('fork-report'), { event, runId: judged.runId, attempt: 2 });
    assert.equal(again.status, 'success', again.jobs[0].log);
    assert.match((await onlyComment(scene)).body, /PASSED: .*1 accepted/);
  },
};
