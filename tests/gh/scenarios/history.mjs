// The history: where it comes from, what it loses (nothing), who saves it.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { bundleOf, commit, databaseOf, measured, newestEntry, query, restorable, results, RUNS, sha, withHistory } from '../benchgate.mjs';

const inputs = { results: 'results/*.json' };
const files = { 'results/a.json': results() };

/** From now on a restore finds nothing, whatever the cache has, until `ends`. */
function missing(scene) {
  const name = 'actions/cache/restore';
  const real = scene.table[name];
  scene.table[name] = async ({ inputs: { key } }) => ({ outputs: { 'cache-primary-key': key } });
  return { ends: () => (scene.table[name] = real) };
}

/** How many runs the newest entry of the cache holds. */
const runsOf = (scene) => query('SELECT count(*) AS runs FROM test_runs', { entry: newestEntry(scene) });

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
    assert.match(run.summary, /Warning.*no history was restored from the cache/);
  },

  async 'a restore that misses although the cache has entries replaces nothing, and the next push has both'({ open }) {
    const scene = await open();
    await withHistory(scene, { runs: 10 });
    const miss = missing(scene);
    const one = await scene.runAction({ event: scene.events.push({ sha: commit(17) }), inputs, files });
    assert.equal(one.status, 'success', one.log);
    assert.match(one.summary, /Warning.*the history is not saved, since it would replace an older one: the cache has 1 entry/);
    assert.ok(one.annotations.some(({ level, message }) => level === 'warning' && /is not saved/.test(message)));
    assert.equal(scene.cache.entries.length, 1);
    miss.ends();
    await scene.runAction({ event: scene.events.push({ sha: commit(18) }), inputs, files });
    assert.deepEqual(await runsOf(scene), [{ runs: 12 }]);
  },

  async 'entries of other gates and other branches keep nobody from beginning a history'({ open }) {
    const scene = await open();
    await withHistory(scene, { isCached: false });
    const bytes = await databaseOf([measured(0)]);
    restorable(scene, bytes, 'benchgate-v1/other/900-1');
    scene.cache.add({ scope: 'refs/heads/topic', key: 'benchgate-v1/benchmarks/901-1', version: 'x', content: [] });
    await scene.runAction({ event: scene.events.push({}), inputs, files });
    assert.equal(scene.cache.entries.length, 3);
  },

  async 'a token that may not list the cache begins a history all the same, and an answer that fails does not'({ open }) {
    const scene = await open();
    await withHistory(scene, { isCached: false });
    const permissions = { contents: 'read', 'pull-requests': 'write' };
    const first = await scene.runAction({ event: scene.events.push({ sha: commit(17) }), inputs, files, permissions });
    assert.match(first.summary, /begins anew and is saved; whether that replaces an older one is not known:.*actions: read/);
    assert.equal(scene.cache.entries.length, 1);
    missing(scene);
    scene.world.fault({ method: 'GET', path: /actions\/caches/, status: 422, times: 2 });
    const second = await scene.runAction({ event: scene.events.push({ sha: commit(18) }), inputs, files });
    assert.match(second.summary, /is not saved, since it may replace an older one/);
    const kept = await scene.runAction({ event: scene.events.schedule(), inputs: { mode: 'maintain' } });
    assert.match(kept.summary, /is not saved/);
    assert.equal(scene.cache.entries.length, 1);
  },

  async 'a step that fails to restore is told of, and the verdict comes from artifacts'({ open }) {
    const failing = async () => { throw new Error('tar: unexpected end of file'); };
    const scene = await open({ uses: { 'actions/cache/restore': failing } });
    await withHistory(scene);
    for (let number = 0; number < RUNS; number++) bundleOf(scene, number);
    const run = await scene.runAction({ event: scene.events.push({}), inputs, files });
    assert.equal(run.status, 'success', run.log);
    assert.equal(run.outputs.outcome, 'passed');
    assert.match(run.summary, /the step that restores the history from the cache failed/);
    assert.equal(scene.cache.entries.length, 1);
  },

  async 'without cache and artifacts what the base branch has committed stands in, and not what a pull request brings'({ open }) {
    const scene = await open();
    await withHistory(scene, { isCached: false });
    scene.world.graph.line('topic', [sha('b')], { from: commit(19) });
    const baselines = Object.fromEntries(Array.from({ length: RUNS }, (_, number) => [`baselines/${number}.json`, measured(number)]));
    const event = await scene.events.pullRequest({ headSha: sha('b') });
    const own = await scene.runAction({ event, inputs, files: { ...files, ...baselines } });
    assert.equal(own.outputs['history-source'], 'none');
    assert.equal(own.outputs.outcome, 'nothing-to-judge');
    for (const [path, text] of Object.entries(baselines)) scene.world.committed.set(path, text);
    const run = await scene.runAction({ event, inputs, files });
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

  async 'a machine whose clock is ahead is told of, and its run counts as made now'({ open }) {
    const scene = await open();
    await withHistory(scene);
    const ahead = { 'results/a.json': results({ run: { started_at: '2099-01-01T00:00:00Z' } }) };
    const one = await scene.runAction({ event: scene.events.push({ sha: commit(17) }), inputs, files: ahead });
    assert.match(one.summary, /Warning.*made on 2099-01-01 00:00 UTC, which is still to come, and count as made now/);
    const { runId } = await scene.runAction({ event: scene.events.push({ sha: commit(18) }), inputs: { ...inputs, mode: 'collect', leg: 'cpu' }, files: ahead });
    const two = await scene.runAction({ event: scene.events.push({ sha: commit(18) }), inputs: { mode: 'report', legs: 'cpu' }, runId });
    assert.match(two.summary, /the results of cpu say/);
    const late = `SELECT count(*) AS runs FROM test_runs WHERE started_at > TIMESTAMP '2098-01-01'`;
    assert.deepEqual(await query(late, { entry: newestEntry(scene) }), [{ runs: 0 }]);
    assert.deepEqual(await runsOf(scene), [{ runs: RUNS + 2 }]);
  },

  async 'a run of the future in the history hides neither its age nor what it lacks'({ open }) {
    const scene = await open();
    await withHistory(scene, { isCached: false });
    const at = (number, time) => measured(number).replace(/"started_at":"[^"]*"/, `"started_at":"${time}"`);
    restorable(scene, await databaseOf([at(0, '2026-01-01T00:00:00Z'), at(1, '2099-01-01T00:00:00Z')]));
    bundleOf(scene, 15);
    const run = await scene.runAction({ event: scene.events.push({}), inputs, files });
    assert.match(run.summary, /1 run of the history claims to have started after now/);
    assert.deepEqual(await runsOf(scene), [{ runs: 4 }]);
    scene.world.graph.line('topic', [sha('b')], { from: commit(19) });
    scene.cache.entries.splice(1);
    const pull = await scene.runAction({ event: await scene.events.pullRequest({ headSha: sha('b') }), inputs, files });
    assert.match(pull.summary, /the newest run of the history is .* old/);
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
    await scene.runAction({ event: scene.events.push({ sha: commit(19) }), inputs, files });
    assert.deepEqual(await runsOf(scene), [{ runs: RUNS + 2 }], 'nor does its bundle later');
    const third = await scene.runAction({ event, inputs, files, runId: first.runId, attempt: 3 });
    assert.match(third.summary, /2 re-runs/, 'the other attempts are evidence all the same');
  },

  async 'what the jobs of a matrix measured again for an old push is not added later either'({ open }) {
    const scene = await open();
    await withHistory(scene);
    const event = scene.events.push({ sha: commit(15) });
    const run = async (rest) => {
      const { runId } = await scene.runAction({ event, inputs: { ...inputs, mode: 'collect', leg: 'cpu' }, files, ...rest });
      return scene.runAction({ event, inputs: { mode: 'report', leg: 'report', legs: 'cpu' }, ...rest, runId });
    };
    const first = await run({});
    const again = await run({ runId: first.runId, attempt: 2 });
    assert.match(again.summary, /judged and not recorded/);
    const third = await run({ runId: first.runId, attempt: 3 });
    assert.match(third.summary, /- cpu: reported\n(?!-)/, 'the mark is no leg');
    await scene.runAction({ event: scene.events.push({ sha: commit(19) }), inputs, files });
    assert.deepEqual(await runsOf(scene), [{ runs: RUNS + 2 }]);
  },

  async 'a bundle behind many other artifacts is found'({ open }) {
    const scene = await open();
    await withHistory(scene, { runs: 10 });
    bundleOf(scene, 15);
    for (let number = 0; number < 400; number++) {
      scene.world.addArtifact({ runId: 3000 + number, name: 'logs', createdAt: new Date().toISOString().replace(/\.\d+Z/, 'Z') });
    }
    const run = await scene.runAction({ event: scene.events.push({}), inputs, files });
    assert.deepEqual(await runsOf(scene), [{ runs: 12 }], run.log);
    assert.doesNotMatch(run.summary, /were looked through/);
  },

  async 'where not all artifacts are looked through, that is said'({ open }) {
    const scene = await open();
    await withHistory(scene, { runs: 10 });
    const createdAt = new Date().toISOString().replace(/\.\d+Z/, 'Z');
    for (let number = 0; number < 2100; number++) scene.world.addArtifact({ runId: 3000, name: 'logs', createdAt, zipBytes: Buffer.alloc(0) });
    const run = await scene.runAction({ event: scene.events.push({}), inputs, files });
    assert.match(run.summary, /only the newest 2,000 artifacts of the repository were looked through/);
  },

  async 'a leg that always fails leaves nothing that is fetched again and again'({ open }) {
    const scene = await open();
    await withHistory(scene);
    const event = scene.events.push({ sha: commit(18) });
    const { runId } = await scene.runAction({ event, inputs: { ...inputs, mode: 'collect', leg: 'cpu' }, files });
    await scene.runAction({ event, inputs: { ...inputs, mode: 'collect', leg: 'cuda' }, runId });
    const report = await scene.runAction({ event, inputs: { mode: 'report', legs: 'cpu, cuda' }, runId });
    assert.match(report.summary, /cuda: failed: .*no file matches this pattern/);
    const before = scene.world.blobRequests.length;
    await scene.runAction({ event: scene.events.push({ sha: commit(19) }), inputs, files });
    assert.equal(scene.world.blobRequests.length, before);
  },

  async 'a run that was told to save nothing leaves no trace in the history, now or later'({ open }) {
    for (const modes of [['gate'], ['collect', 'report'], ['report']]) {
      const scene = await open();
      await withHistory(scene, { runs: 10 });
      const event = scene.events.push({ sha: commit(18) });
      const save = (mode) => (modes.includes(mode) ? { save: 'never' } : {});
      const runs = async (mode, rest) => scene.runAction({ event, inputs: { ...inputs, mode, leg: mode, ...save(mode) }, files, ...rest });
      const measuring = await runs(modes[0] === 'gate' ? 'gate' : 'collect');
      assert.equal(measuring.status, 'success', measuring.log);
      if (modes.includes('report')) {
        const judged = await scene.runAction({ event, inputs: { mode: 'report', leg: 'report', legs: 'collect', save: 'never' }, runId: measuring.runId });
        assert.match(judged.summary, /PASSED: no regression in 3 series/);
      }
      assert.equal(scene.cache.entries.length, 1, 'nothing is saved');
      await scene.runAction({ event: scene.events.push({ sha: commit(19) }), inputs, files });
      assert.deepEqual(await runsOf(scene), [{ runs: 11 }], `${modes}: nor found later`);
    }
  },

  async 'what a job was told not to save is saved by a report of the same run, and what it is to save later is found'({ open }) {
    const scene = await open();
    await withHistory(scene, { runs: 10 });
    const event = scene.events.push({ sha: commit(17) });
    const { runId } = await scene.runAction({ event, inputs: { ...inputs, mode: 'collect', leg: 'cpu', save: 'never' }, files });
    const report = await scene.runAction({ event, inputs: { mode: 'report', legs: 'cpu' }, runId });
    assert.equal(report.status, 'success', report.log);
    assert.deepEqual(await runsOf(scene), [{ runs: 11 }]);
    await scene.runAction({ event: scene.events.push({ sha: commit(18) }), inputs: { ...inputs, save: 'later' }, files });
    assert.equal(scene.cache.entries.length, 2, 'another job would save');
    await scene.runAction({ event: scene.events.push({ sha: commit(19) }), inputs, files });
    assert.deepEqual(await runsOf(scene), [{ runs: 13 }]);
  },

  async 'a run with a name of its own is downloaded once, or never where its own job recorded it'({ open }) {
    const scene = await open();
    await withHistory(scene, { runs: 10 });
    bundleOf(scene, 15, { facts: { id: 'nightly-15' } });
    const push = async (number, id, change = {}) => {
      const own = { 'results/a.json': results({ run: { id }, change }) };
      return scene.runAction({ event: scene.events.push({ sha: commit(number) }), inputs, files: own });
    };
    await push(17, 'nightly-17');
    assert.equal(scene.world.blobRequests.length, 1);
    await push(18, 'nightly-18');
    assert.equal(scene.world.blobRequests.length, 1);
    assert.deepEqual(await runsOf(scene), [{ runs: 13 }]);
    const taken = await push(18, 'nightly-18', { embed: 1.001 });
    assert.match(taken.summary, /Warning.*results of this run were not added to the history: /, 'a name is not given twice to a commit');
  },

  async 'the legs of a recorded matrix are not fetched again'({ open }) {
    const scene = await open();
    await withHistory(scene, { hardware: ['cpu', 'cuda'] });
    const event = scene.events.push({ sha: commit(18) });
    let runId;
    for (const hardware of ['cpu', 'cuda']) {
      const own = { 'results/a.json': results({ hardware }) };
      ({ runId } = await scene.runAction({ event, inputs: { ...inputs, mode: 'collect', leg: hardware }, files: own, runId }));
    }
    await scene.runAction({ event, inputs: { mode: 'report', legs: 'cpu, cuda' }, runId });
    const before = scene.world.blobRequests.length;
    await scene.runAction({ event: scene.events.push({ sha: commit(19) }), inputs, files });
    assert.equal(scene.world.blobRequests.length, before);
  },

  async 'an attempt that replaces the one before replaces it in the baseline too, and deletes nothing'({ open }) {
    const scene = await open();
    await withHistory(scene, { runs: 10 });
    const event = scene.events.push({});
    const twice = async (attempts) => {
      const slow = { 'results/a.json': results({ change: { embed: 1.02 } }) };
      const { runId } = await scene.runAction({ event, inputs: { ...inputs, attempts }, files: slow });
      await scene.runAction({ event, inputs: { ...inputs, attempts }, files, runId, attempt: 2 });
    };
    const pull = await scene.events.pullRequest({ headSha: sha('b') });
    scene.world.graph.line('topic', [sha('b')], { from: commit(19) });
    const runs = async () => {
      const { job, outputs } = await scene.runAction({ event: pull, inputs, files });
      const report = JSON.parse(await readFile(resolve(job.workspace, outputs['json-path']), 'utf8'));
      return report.series.map(({ evidence }) => evidence.history_runs);
    };
    await twice('pool');
    assert.deepEqual(await runs(), [12, 12, 12]);
    await twice('replace');
    assert.deepEqual(await runs(), [13, 13, 13]);
    assert.deepEqual(await runsOf(scene), [{ runs: 14 }]);
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
