// The verdict: against which baseline, when the check fails, and who may accept.
import assert from 'node:assert/strict';
import { bundleName, commit, databaseOf, measured, onlyComment, restorable, results, RUNS, sha, withHistory } from '../benchgate.mjs';
import { zip } from '../zip.mjs';

const inputs = { results: 'results/*.json' };
const slower = { 'results/a.json': results({ change: { embed: 1.3 } }) };
const clean = { 'results/a.json': results() };

/** A pull request whose branch leaves main at its nth commit. */
async function pullFrom(scene, number = RUNS - 1, rest = {}) {
  scene.world.graph.line('topic', [sha('b')], { from: commit(number) });
  return scene.events.pullRequest({ headSha: sha('b'), ...rest });
}

export default {
  async 'a bundle that cannot be uploaded changes no verdict, but leaves a collecting job without one'({ open }) {
    const refuse = async () => { throw new Error('Artifact storage quota has been hit. Unable to upload any new artifacts.'); };
    const scene = await open({ uses: { 'actions/upload-artifact': refuse } });
    await withHistory(scene);
    const event = await pullFrom(scene);
    const passed = await scene.runAction({ event, inputs, files: clean });
    assert.deepEqual([passed.status, passed.outputs.outcome], ['success', 'passed']);
    const failed = await scene.runAction({ event, inputs, files: slower });
    assert.deepEqual([failed.status, failed.outputs.outcome], ['failure', 'failed']);
    const collected = await scene.runAction({ event, inputs: { ...inputs, mode: 'collect' }, files: clean });
    assert.equal(collected.status, 'failure');
  },

  async 'a regression fails only after everything was reported and saved'({ open }) {
    const scene = await open();
    await withHistory(scene);
    const pull = await scene.runAction({ event: await pullFrom(scene), inputs, files: slower });
    assert.equal(pull.status, 'failure');
    assert.match((await onlyComment(scene)).body, /FAILED: 1 regression in 3 series/);
    assert.match(pull.summary, /FAILED: 1 regression in 3 series/);
    assert.ok(pull.annotations.some(({ level, title }) => level === 'error' && title === 'Regression'));

    const push = await scene.runAction({ event: scene.events.push({}), inputs, files: slower });
    assert.equal(push.status, 'failure');
    assert.equal(push.outputs['exit-code'], '10');
    assert.equal(scene.cache.entries.length, 2);
    assert.deepEqual(scene.world.artifacts.slice(2).map(({ name }) => name.replace(/[0-9a-f]{12}$/, 'TAG')), ['benchgate.benchmarks.benchmarks.1.TAG', 'benchgate-report.benchmarks.benchmarks.1']);
    const failed = push.steps.filter(({ conclusion }) => conclusion === 'failure').map(({ name }) => name);
    assert.deepEqual(failed, ['Pass or fail']);
  },

  async 'every output is set'({ open }) {
    const scene = await open();
    await withHistory(scene);
    const { outputs } = await scene.runAction({ event: await pullFrom(scene), inputs, files: slower });
    const { suspects, 'report-path': report, 'json-path': json, 'comment-url': url, 'bundle-path': bundle, ...rest } = outputs;
    assert.deepEqual(rest, {
      outcome: 'failed', regressions: '1', improvements: '0', missing: '0', inconclusive: '0', compared: '3',
      'baseline-commit': commit(19), 'baseline-age-days': '0', 'history-source': 'cache', 'exit-code': '10',
      // Those of the modes `trend` and `maintain`.
      'html-path': '', 'badge-path': '', 'issue-url': '', 'archive-path': '', 'snapshot-path': '', 'backup-path': '',
    });
    assert.deepEqual(JSON.parse(suspects).benchmarks, ['embed']);
    for (const path of [report, json, bundle]) assert.match(path, /\/temp\/benchgate\/benchmarks\//);
    assert.match(url, /#issuecomment|comments\//);
  },

  async 'a pull request is judged against the runs up to its merge base, not the tip of the base branch'({ open }) {
    const scene = await open();
    await withHistory(scene, { isCached: false });
    // After the branch left main at commit 11, main became 30 % slower on purpose.
    const slow = (number) => (number > 11 ? { change: { embed: 1.3, classify: 1.3, rank: 1.3 } } : {});
    restorable(scene, await databaseOf(Array.from({ length: RUNS }, (_, number) => measured(number, slow(number)))));
    const run = await scene.runAction({ event: await pullFrom(scene, 11), inputs, files: clean });
    assert.equal(run.outputs.outcome, 'passed');
    assert.equal(run.outputs.improvements, '0');
    assert.equal(run.outputs['baseline-commit'], commit(11));
    assert.match(run.summary, /the merge base 0bc0ffee0000 was measured/);
    const same = { 'results/a.json': results({ change: { embed: 1.3, classify: 1.3, rank: 1.3 } }) };
    const regressed = await scene.runAction({ event: await pullFrom(scene, 11), inputs, files: same });
    assert.equal(regressed.outputs.outcome, 'failed');
  },

  async 'a base branch that nobody measured is stood in for by the default branch, up to the merge base'({ open }) {
    for (const isCached of [true, false]) {
      const scene = await open();
      await withHistory(scene, { isCached });
      scene.world.graph.line('release', [sha('d')], { from: commit(11) }).line('topic', [sha('b')], { from: sha('d') });
      const event = await scene.events.pullRequest({ headSha: sha('b'), baseRef: 'release' });
      const lines = Array.from({ length: RUNS }, (_, number) => JSON.parse(measured(number)));
      for (const [number, { schema, run, hardware, results: all }] of isCached ? [] : lines.entries()) {
        const zipBytes = zip({ 'bundle.jsonl': [{ schema, run, hardware }, ...all].map((line) => JSON.stringify(line)).join('\n') });
        scene.world.addArtifact({ runId: number + 1, name: bundleName('measure'), headSha: commit(number), zipBytes });
      }
      const run = await scene.runAction({ event, inputs, files: slower });
      assert.equal(run.outputs['exit-code'], '10', run.log);
      assert.equal(run.outputs['baseline-commit'], commit(11));
      assert.equal(run.outputs['history-source'], isCached ? 'cache' : 'artifacts');
      assert.match(run.summary, /branch main, since the base branch release has no run in the history; the merge base 0bc0ffee0000 was measured/);
      const asked = scene.world.calls().filter((call) => call.includes('/compare/')).map((call) => call.match(/compare\/(\w+)/)[1]);
      assert.deepEqual(asked, ['main', commit(11)], 'for the branch that counts, and once');
      const named = await scene.runAction({ event, inputs: { ...inputs, baseline: 'release' }, files: slower });
      assert.equal(named.outputs['exit-code'], '3', 'a branch that was named is meant');
    }
  },

  async 'the time that results state chooses no baseline of a pull request'({ open }) {
    const scene = await open();
    await withHistory(scene, { isCached: false });
    const slow = (number) => (number > 14 ? { change: { embed: 0.7 } } : {});
    restorable(scene, await databaseOf(Array.from({ length: RUNS }, (_, number) => measured(number, slow(number)))));
    const started_at = new Date(Date.now() - 6.5 * 3_600_000).toISOString();
    const files = { 'results/a.json': results({ run: { started_at } }) };
    const event = await pullFrom(scene);
    const gate = await scene.runAction({ event, inputs, files });
    assert.equal(gate.outputs.regressions, '1', gate.log);
    assert.equal(gate.outputs['baseline-commit'], commit(19));
    const { runId } = await scene.runAction({ event, inputs: { ...inputs, mode: 'collect' }, files });
    const report = await scene.runAction({ event, inputs: { mode: 'report', legs: 'benchmarks' }, runId });
    assert.equal(report.outputs.regressions, '1', report.log);
  },

  async 'a merge base that was not measured says how far behind the newest baseline is'({ open }) {
    const scene = await open();
    await withHistory(scene, { runs: 16 });
    const run = await scene.runAction({ event: await pullFrom(scene, 18), inputs, files: clean });
    assert.equal(run.outputs.outcome, 'passed');
    assert.match(run.summary, /is 3 commits behind the merge base/);
  },

  async 'a merge group is judged against its base, and has a verdict to require'({ open }) {
    const scene = await open();
    await withHistory(scene);
    const event = scene.events.mergeGroup({ baseSha: commit(19), headSha: sha('d') });
    scene.world.graph.line('queue', [sha('d')], { from: commit(19) });
    const run = await scene.runAction({ event, inputs, files: slower });
    assert.equal(run.status, 'failure');
    assert.equal(run.outputs.regressions, '1');
    assert.equal(scene.world.artifacts.length, 2);
    assert.doesNotMatch(run.summary, /stands behind/);
    const behind = scene.events.mergeGroup({ baseSha: sha('d'), headSha: sha('e'), number: 8 });
    const second = await scene.runAction({ event: behind, inputs, files: clean });
    assert.equal(second.status, 'success', second.log);
    assert.match(second.summary, /stands behind 1 commit that main does not have/);
  },

  async 'the inputs of the policy, the configuration, the history and re-runs decide as they say'({ open }) {
    const scene = await open();
    await withHistory(scene);
    const event = await pullFrom(scene);
    const fewer = { 'results/a.json': results({ cases: ['embed', 'classify'] }) };
    scene.world.committed.set('kept/a.json', measured(1));
    const strict = { ...clean, 'other.toml': '[policy]\nminimum-runs = 99\n' };
    for (const [more, files, code, words] of [
      [{}, slower, '10', /FAILED: 1 regression/],
      [{ 'minimum-effect': '50%' }, slower, '0', /PASSED/],
      [{ window: 7 }, clean, '0', /the newest 7 runs of branch main/],
      [{}, fewer, '12', /FAILED: 1 series missing/],
      [{ missing: 'warn' }, fewer, '0', /PASSED: .*1 .*missing/],
      [{ partial: 'true' }, fewer, '0', /PASSED: no regression in 2 series/],
      [{ config: 'other.toml' }, strict, '2', /other\.toml/],
      [{ confirm: 'again.json' }, { ...slower, 'again.json': results() }, '0', /cleared by a re-run/],
      [{ format: 'criterion' }, clean, '1', /results\/a\.json/],
      [{ database: 'elsewhere.duckdb' }, clean, '3', /History: none yet/],
      [{ database: 'elsewhere.duckdb', snapshots: 'kept' }, clean, '3', /made of the results in kept/],
    ]) {
      const run = await scene.runAction({ event, inputs: { ...inputs, ...more }, files });
      assert.equal(run.outputs['exit-code'], code, `${JSON.stringify(more)}\n${run.log}`);
      assert.match(run.summary + run.log, words);
    }
  },

  async 'report only: the verdict is told and the check passes'({ open }) {
    const scene = await open();
    await withHistory(scene);
    const run = await scene.runAction({ event: await pullFrom(scene), inputs: { ...inputs, enforce: 'false' }, files: slower });
    assert.equal(run.status, 'success');
    assert.equal(run.outputs.outcome, 'failed');
  },

  async 'a waiver accepts its series up to its ceiling, and an expired one is reported'({ open }) {
    const scene = await open();
    await withHistory(scene);
    const waiver = (text) => ({ ...slower, 'benchgate.toml': `[[waivers]]\nseries = "bert cpu embed batch=8 latency"\nreason = "safer"\n${text}\n` });
    const files = waiver('up-to = "40%"\nexpires = 2030-01-31');
    const event = await pullFrom(scene);
    const run = await scene.runAction({ event, inputs, files });
    assert.equal(run.status, 'success');
    assert.match(run.summary, /accepts up to 40 % until 2030-01-31; reason: safer/);
    const low = await scene.runAction({ event, inputs, files: waiver('up-to = "10%"\nexpires = 2030-01-31') });
    assert.equal(low.status, 'failure');
    const old = await scene.runAction({ event, inputs, files: waiver('up-to = "40%"\nexpires = 2026-01-31') });
    assert.equal(old.status, 'failure');
    assert.match(old.summary, /ended on 2026-01-31 and covers nothing/);
  },

  async 'annotations stand at the line of the rule that decided'({ open }) {
    const scene = await open();
    await withHistory(scene);
    const files = { ...slower, 'benchgate.toml': '[defaults]\nminimum-effect = "3%"\n' };
    const run = await scene.runAction({ event: await pullFrom(scene), inputs, files });
    const regression = run.annotations.find(({ title }) => title === 'Regression');
    assert.equal(regression.file, 'benchgate.toml');
    assert.equal(String(regression.line), '2');
  },

  async 'a second attempt is pooled with the first, or replaces it'({ open }) {
    const scene = await open();
    await withHistory(scene);
    const event = await pullFrom(scene);
    const first = await scene.runAction({ event, inputs, files: slower });
    assert.equal(first.status, 'failure');
    const second = await scene.runAction({ event, inputs, files: clean, runId: first.runId, attempt: 2 });
    assert.equal(second.status, 'success', second.log);
    assert.match(second.summary, /cleared by a re-run/);
    const again = await scene.runAction({ event, inputs, files: slower, runId: first.runId, attempt: 3 });
    assert.equal(again.status, 'success', 'one re-run that clears is enough');
    const replaced = await scene.runAction({ event, inputs: { ...inputs, attempts: 'replace' }, files: slower, runId: first.runId, attempt: 4 });
    assert.equal(replaced.status, 'failure');
  },

  async 'modes that do not exist, and results that are not there, are clear errors'({ open }) {
    const scene = await open();
    await withHistory(scene);
    for (const [given, words] of [
      [{ mode: 'gates' }, /no mode named like that/],
      [{}, /mode gate needs the input results/],
      [{ results: 'nowhere/*.json' }, /no file matches this pattern/],
      [{ results: 'results/*.json', window: 'many' }, /exit-code/],
    ]) {
      const run = await scene.runAction({ event: scene.events.push({}), inputs: given, files: clean });
      assert.equal(run.status, 'failure');
      if (words.source !== 'exit-code') assert.match(JSON.stringify(run.annotations), words);
    }
    assert.equal(scene.cache.entries.length, 1);
  },
};
