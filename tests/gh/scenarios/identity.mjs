// What GitHub says of a run wins over what its results say, also for what becomes history.
import assert from 'node:assert/strict';
import { bundleName, bundleOf, commit, measured, newestEntry, query, results, RUNS, sha, withHistory } from '../benchgate.mjs';
import { zip } from '../zip.mjs';

const inputs = { results: 'results/*.json' };
const files = (change = {}, more = {}) => ({ 'results/a.json': results({ change, ...more }) });
const slower = (factor) => ({ embed: factor, classify: factor, rank: factor });
const LIE = { id: 'github-1-x', commit: commit(18), branch: 'main', trigger: 'push' };
const rowsOf = (scene, sql) => query(sql, { entry: newestEntry(scene) });
const pushes = (scene, number, own) => scene.runAction({ event: scene.events.push({ sha: commit(number) }), inputs, files: own });

export default {
  async 'a push is recorded under the commit and branch that GitHub names, and other ones are told of'({ open }) {
    const scene = await open();
    await withHistory(scene);
    const lie = { ...LIE, commit: commit(2), branch: 'octocat:main', trigger: 'schedule' };
    const run = await pushes(scene, 19, files({}, { run: lie }));
    assert.match(run.summary, /the results say that they measured commit 02c0ffe\w*, and this run is about 13c0ffe/);
    const rows = await rowsOf(scene, `SELECT run_key, git_commit, git_branch, ci_trigger FROM test_runs WHERE run_key LIKE 'github-${run.runId}-%'`);
    assert.deepEqual(rows, [{ run_key: `github-${run.runId}-benchmarks`, git_commit: commit(19), git_branch: 'main', ci_trigger: 'push' }]);
    assert.deepEqual(await rowsOf(scene, "SELECT count(*) AS runs FROM test_runs WHERE run_key = 'github-1-x'"), [{ runs: 0 }]);
  },

  async 'results that call their branch otherwise make a history all the same, which sees a regression'({ open }) {
    const scene = await open();
    await withHistory(scene, { isCached: false });
    for (let number = 10; number < 17; number++) await pushes(scene, number, files({}, { run: { branch: 'octocat:main' } }));
    const run = await pushes(scene, 17, files({ embed: 3 }, { run: { branch: 'octocat:main' } }));
    assert.equal(run.outputs.regressions, '1', run.summary);
  },

  async 'the legs of a push count for the commit that GitHub names'({ open }) {
    const scene = await open();
    await withHistory(scene);
    const event = scene.events.push({});
    const own = files({}, { run: { commit: commit(2), branch: 'octocat:main' } });
    const { runId } = await scene.runAction({ event, inputs: { ...inputs, mode: 'collect', leg: 'cpu' }, files: own });
    const run = await scene.runAction({ event, inputs: { mode: 'report', legs: 'cpu' }, runId });
    assert.match(run.summary, /the results say that they measured commit 02c0ffe/);
    const rows = await rowsOf(scene, `SELECT git_commit, git_branch FROM test_runs WHERE run_key LIKE 'github-${runId}-%'`);
    assert.deepEqual(rows, [{ git_commit: commit(19), git_branch: 'main' }]);
  },

  async 'results of several commits are no run, whatever GitHub says of it'({ open }) {
    const scene = await open();
    await withHistory(scene);
    const two = { 'results/a.json': measured(3, { cases: ['embed'] }), 'results/b.json': measured(4, { cases: ['rank'] }) };
    const run = await pushes(scene, 19, two);
    assert.equal(run.outputs['exit-code'], '1', run.log);
    assert.match(run.log, /it holds results of 2 commits, and a run measures one/);
    assert.equal(scene.cache.entries.length, 1);
  },

  async 'a machine whose clock is behind is told of, and sees a regression all the same'({ open }) {
    const scene = await open();
    await withHistory(scene);
    const run = await pushes(scene, 19, files(slower(3), { run: { started_at: '2000-01-01T00:00:00Z' } }));
    assert.equal(run.outputs.regressions, '3', run.summary);
    assert.match(run.summary, /made on 2000-01-01 00:00 UTC, which is before their workflow run, and count as made at its beginning/);
    const old = "SELECT count(*) AS runs FROM test_runs WHERE started_at < TIMESTAMP '2001-01-01'";
    assert.deepEqual(await rowsOf(scene, old), [{ runs: 0 }]);
  },

  async 'what a comment on an issue or another workflow started never becomes history, nor does a pull request of a branch called main'({ open }) {
    for (const [event, mode] of [['issue_comment', 'gate'], ['issue_comment', 'collect'], ['workflow_run', 'gate'], ['pull_request', 'gate']]) {
      const scene = await open();
      await withHistory(scene);
      const own = files(slower(5), { run: LIE });
      scene.world.graph.line('release', [sha('e')], { from: commit(3) });
      const fork = scene.world.addRun({ id: 500, event: 'pull_request', headSha: sha('b'), headBranch: 'topic', headRepository: 'm/f', headRepositoryId: 9001 });
      const made = {
        issue_comment: async () => ({ ...scene.events.dispatch(), name: 'issue_comment' }),
        workflow_run: async () => scene.events.workflowRun(fork),
        pull_request: () => scene.events.pullRequest({ headSha: commit(19), headRef: 'main', baseRef: 'release' }),
      };
      await scene.runAction({ event: await made[event](), inputs: { ...inputs, mode }, files: own, jobId: 'other' });
      assert.equal(scene.cache.entries.length, 1, `${event} saves nothing`);
      const isMarked = scene.world.artifacts.some(({ name }) => name.endsWith('.unrecorded'));
      assert.equal(isMarked, mode === 'gate' && event !== 'pull_request', `${event} ${mode}`);
      // The names alone keep nothing out: whoever can name an artifact can leave out the mark.
      for (const artifact of scene.world.artifacts) artifact.name = artifact.name.replace('.unrecorded', '');
      await pushes(scene, 19, files());
      assert.deepEqual(await rowsOf(scene, 'SELECT ci_trigger, count(*) AS runs FROM test_runs GROUP BY ALL'), [{ ci_trigger: 'push', runs: RUNS + 1 }], event);
    }
  },

  async 'what an artifact says of its run is not taken from it'({ open }) {
    const scene = await open();
    await withHistory(scene, { runs: 10 });
    bundleOf(scene, 15, { facts: { ...LIE, branch: 'release', trigger: 'schedule' } });
    await pushes(scene, 19, files());
    const rows = await rowsOf(scene, "SELECT run_key, git_commit, git_branch, ci_trigger FROM test_runs WHERE run_key LIKE 'github-9%-measure' OR run_key = 'github-1-x'");
    assert.deepEqual(rows, [{ run_key: 'github-915-measure', git_commit: commit(15), git_branch: 'main', ci_trigger: 'push' }]);
  },

  async 'a bundle of very many runs is refused at once'({ open }) {
    const scene = await open();
    await withHistory(scene);
    const [header, result] = JSON.parse(JSON.stringify([{ schema: 'benchgate/results/v1' }, JSON.parse(results()).results[0]]));
    const hardware = { type: 'cpu', device: 'Test cpu' };
    const lines = Array.from({ length: 20_000 }, (_, n) => [{ ...header, run: { id: `r${n}` }, hardware }, result]).flat();
    const text = lines.map((line) => JSON.stringify(line)).join('\n');
    const run = scene.world.addRun({ id: 500, event: 'pull_request', headSha: sha('b'), headBranch: 'topic', headRepository: 'm/f', headRepositoryId: 9001 });
    scene.world.addArtifact({ runId: 500, name: bundleName('cpu'), zipBytes: zip({ 'bundle.jsonl': text }), headBranch: 'topic', headSha: sha('b'), headRepositoryId: 9001 });
    scene.world.graph.line('topic', [sha('b')], { from: commit(19) });
    const before = Date.now();
    const judged = await scene.runAction({ event: scene.events.workflowRun(run), inputs: { mode: 'report', legs: 'cpu' } });
    assert.match(judged.log, /it holds 20,000 runs, and a job leaves 256 at most/);
    assert.ok(Date.now() - before < 20_000);
  },
};
