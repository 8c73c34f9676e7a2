// The history: where it comes from, what it loses (nothing), who saves it.
import assert from 'node:assert/strict';
import { commit, databaseOf, measured, newestEntry, query, restorable, results, RUNS, sha, withHistory } from '../benchgate.mjs';
import { zip } from '../zip.mjs';

const inputs = { results: 'results/*.json' };
const files = { 'results/a.json': results() };

/** A bundle that a run of main left as an artifact. */
function bundleOf(scene, number, { runId = 900 + number, headBranch = 'main', ...rest } = {}) {
  const { run, ...facts } = JSON.parse(measured(number));
  const lines = [{ schema: facts.schema, run: { ...run, id: `github-${runId}-measure`, attempt: 1, environment: { leg: 'measure' } }, hardware: facts.hardware }, ...facts.results];
  const text = lines.map((line) => JSON.stringify(line)).join('\n');
  scene.world.addArtifact({
    runId, name: `benchgate.benchmarks.measure.1`, zipBytes: zip({ 'bundle.jsonl': text }), headBranch, headSha: commit(number),
    createdAt: run.started_at.replace(/\.\d+Z/, 'Z'), ...rest,
  });
}

export default {
  async 'a first run without any history passes on the default branch, says so, and saves'({ open }) {
    const scene = await open({ isCacheReal: true });
    await withHistory(scene, { isCached: false });
    const run = await scene.runAction({ event: scene.events.push({}), inputs, files });
    assert.equal(run.status, 'success');
    assert.equal(run.outputs.outcome, 'nothing-to-judge');
    assert.equal(run.outputs['history-source'], 'none');
    assert.match(run.summary, /NOTHING TO JUDGE/);
    assert.ok(run.annotations.some(({ level, title }) => level === 'warning' && title === 'Nothing to judge'));
    assert.equal(scene.cache.entries.length, 1);
  },

  async 'what one push saves, the next one and pull requests restore'({ open }) {
    const scene = await open({ isCacheReal: true });
    await withHistory(scene, { isCached: false });
    const first = await scene.runAction({ event: scene.events.push({ sha: commit(17) }), inputs, files });
    const second = await scene.runAction({ event: scene.events.push({ sha: commit(18) }), inputs, files });
    assert.equal(second.outputs['history-source'], 'cache');
    assert.match(second.summary, new RegExp(`cache entry benchgate-v1/benchmarks/${first.runId}-1; 1 run of 1 commit,`));
    const event = await scene.events.pullRequest({ headSha: sha('b') });
    scene.world.graph.line('topic', [sha('b')], { from: commit(19) });
    const pull = await scene.runAction({ event, inputs, files });
    assert.equal(pull.outputs['history-source'], 'cache');
    assert.match(pull.summary, new RegExp(`benchmarks/${second.runId}-1; 2 runs`));
  },

  async 'each save has a key of its own, so the history never freezes'({ open }) {
    const scene = await open();
    await withHistory(scene, { runs: 10 });
    for (const number of [17, 18, 19]) {
      await scene.runAction({ event: scene.events.push({ sha: commit(number) }), inputs, files });
    }
    const keys = scene.cache.entries.map(({ key }) => key);
    assert.equal(new Set(keys).size, 4);
    const [{ runs }] = await query('SELECT count(*) AS runs FROM test_runs', { entry: newestEntry(scene) });
    assert.equal(runs, 13);
  },

  async 'a pull request and a merge group never save'({ open }) {
    const scene = await open();
    await withHistory(scene);
    scene.world.graph.line('topic', [sha('b')], { from: commit(19) });
    const event = await scene.events.pullRequest({ headSha: sha('b') });
    await scene.runAction({ event, inputs, files });
    const group = scene.events.mergeGroup({ baseSha: commit(19), headSha: sha('b') });
    const judged = await scene.runAction({ event: group, inputs, files });
    assert.equal(judged.outputs.outcome, 'passed');
    assert.equal(scene.cache.entries.length, 1);
  },

  async 'two pushes at once lose nothing: the next history holds both'({ open }) {
    const scene = await open();
    await withHistory(scene, { runs: 10 });
    const one = await scene.runAction({ event: scene.events.push({ sha: commit(17) }), inputs, files });
    // The other one restored before the first one saved.
    const [raced] = scene.cache.entries.splice(1, 1);
    const two = await scene.runAction({ event: scene.events.push({ sha: commit(18) }), inputs: { ...inputs, artifacts: 'false' }, files });
    assert.notEqual(one.runId, two.runId);
    scene.cache.entries.splice(1, 0, raced);
    const three = await scene.runAction({ event: scene.events.push({ sha: commit(19) }), inputs, files });
    assert.equal(three.status, 'success');
    const commits = await query("SELECT git_commit FROM test_runs WHERE run_key LIKE 'github-1%-benchmarks' ORDER BY ALL", { entry: newestEntry(scene) });
    assert.deepEqual(commits.map((row) => row.git_commit), [commit(17), commit(18), commit(19)]);
  },

  async 'an evicted cache is made anew from artifacts, with a warning'({ open }) {
    const scene = await open();
    await withHistory(scene, { isCached: false });
    for (let number = 0; number < RUNS; number++) bundleOf(scene, number);
    bundleOf(scene, 3, { runId: 2000, headBranch: 'topic' });
    bundleOf(scene, 4, { runId: 2001, headRepositoryId: 9001 });
    scene.world.graph.line('topic', [sha('b')], { from: commit(19) });
    const event = await scene.events.pullRequest({ headSha: sha('b') });
    const run = await scene.runAction({ event, inputs, files: { 'results/a.json': results({ change: { embed: 1.3 } }) } });
    assert.equal(run.status, 'failure');
    assert.equal(run.outputs['history-source'], 'artifacts');
    assert.equal(run.outputs.regressions, '1');
    assert.match(run.summary, /made of artifacts of earlier runs; 20 runs of 20 commits/);
    assert.match(run.summary, /Warning.*the cache holds no history any more/);
  },

  async 'without cache and artifacts the committed results stand in'({ open }) {
    const scene = await open();
    await withHistory(scene, { isCached: false });
    scene.world.graph.line('topic', [sha('b')], { from: commit(19) });
    const baselines = Object.fromEntries(Array.from({ length: RUNS }, (_, number) => [`baselines/${number}.json`, measured(number)]));
    const event = await scene.events.pullRequest({ headSha: sha('b') });
    const run = await scene.runAction({ event, inputs, files: { ...files, ...baselines } });
    assert.equal(run.outputs['history-source'], 'snapshot');
    assert.equal(run.outputs.outcome, 'passed');
    assert.equal(scene.cache.entries.length, 0);
  },

  async 'a pull request without any history is nothing to judge, and fails'({ open }) {
    const scene = await open();
    await withHistory(scene, { isCached: false });
    const event = await scene.events.pullRequest({ headSha: commit(19) });
    const run = await scene.runAction({ event, inputs, files });
    assert.equal(run.status, 'failure');
    assert.equal(run.outputs['exit-code'], '3');
    assert.equal(run.outputs.outcome, 'nothing-to-judge');
    const lenient = await scene.runAction({ event, inputs: { ...inputs, 'require-baseline': 'false' }, files });
    assert.equal(lenient.status, 'success');
  },

  async 'a restored file that is no history is left out and replaced'({ open }) {
    const scene = await open();
    await withHistory(scene, { isCached: false });
    restorable(scene, Buffer.from('not a database '.repeat(1000)));
    const run = await scene.runAction({ event: scene.events.push({}), inputs, files });
    assert.equal(run.status, 'success');
    assert.match(run.summary, /the restored history is left out/);
    assert.deepEqual(await query('SELECT count(*) AS runs FROM test_runs', { entry: newestEntry(scene) }), [{ runs: 1 }]);
  },

  async 'a history that stopped growing is warned of'({ open }) {
    const scene = await open();
    await withHistory(scene, { isCached: false });
    const old = Array.from({ length: RUNS }, (_, number) => measured(number).replace(/"started_at":"[^"]*"/, `"started_at":"2026-01-${String(number + 1).padStart(2, '0')}T00:00:00Z"`));
    restorable(scene, await databaseOf(old));
    scene.world.graph.line('topic', [sha('b')], { from: commit(19) });
    const event = await scene.events.pullRequest({ headSha: sha('b') });
    const run = await scene.runAction({ event, inputs, files });
    assert.match(run.summary, /the newest run of the history is .* old: does every push to main still save it\?/);
  },

  async 'another machine begins a history of its own, and the baseline branch passes until it has one'({ open }) {
    const scene = await open();
    await withHistory(scene);
    const other = { 'results/a.json': results({ hardware: 'rocm' }) };
    const push = await scene.runAction({ event: scene.events.push({}), inputs, files: other });
    assert.equal(push.status, 'success', push.log);
    assert.equal(push.outputs.outcome, 'nothing-to-judge');
    scene.world.graph.line('topic', [sha('b')], { from: commit(19) });
    const pull = await scene.runAction({ event: await scene.events.pullRequest({ headSha: sha('b') }), inputs, files: other });
    assert.equal(pull.outputs['exit-code'], '3');
    assert.match(push.summary, /another device, CPU model or GPU begins a history of its own/);
  },

  async 'a job of an old push that is repeated is judged, and does not become the newest run'({ open }) {
    const scene = await open();
    await withHistory(scene);
    const event = scene.events.push({ sha: commit(15) });
    const first = await scene.runAction({ event, inputs, files });
    assert.equal(scene.cache.entries.length, 2, 'a run that was overtaken is recorded');
    const again = await scene.runAction({ event, inputs, files, runId: first.runId, attempt: 2 });
    assert.equal(again.status, 'success', again.log);
    assert.match(again.summary, /judged and not recorded: the branch has 4 newer commits/);
    assert.equal(scene.cache.entries.length, 2);
  },

  async 'what a comment on an issue started is judged and never becomes history'({ open }) {
    const scene = await open();
    await withHistory(scene);
    const event = { ...scene.events.dispatch(), name: 'issue_comment' };
    const run = await scene.runAction({ event, inputs, files });
    assert.equal(run.outputs.outcome, 'passed');
    assert.equal(scene.cache.entries.length, 1);
    await scene.runAction({ event: scene.events.push({}), inputs, files });
    const rows = await query(`SELECT count(*) AS runs FROM test_runs WHERE ci_trigger = 'push'`, { entry: newestEntry(scene) });
    assert.deepEqual(rows, [{ runs: RUNS + 1 }]);
  },

  async 'a feature branch is judged against the default branch and saves nothing'({ open }) {
    const scene = await open();
    await withHistory(scene);
    scene.world.graph.line('topic', [sha('b')], { from: commit(19) });
    const run = await scene.runAction({ event: scene.events.push({ branch: 'topic' }), inputs, files });
    assert.equal(run.outputs.outcome, 'passed');
    assert.equal(scene.cache.entries.length, 1);
  },
};
