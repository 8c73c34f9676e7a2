// The trend of the history, on a schedule.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { databaseOf, measured, openRepository, restorable, RUNS, withHistory, writes } from '../benchgate.mjs';
import { unzip } from '../zip.mjs';

const KEEPER = { contents: 'read', issues: 'write' };

/** A scene in which `look` tells the trend, with an issue, of a history whose newest runs changed by these factors. */
async function withTrend(open) {
  const scene = await open();
  await withHistory(scene, { isCached: false });
  let saved = 0;
  const look = async (change, inputs = {}, permissions = KEEPER, cases = ['embed', 'classify', 'rank']) => {
    const factor = (number, name) => (number > 11 ? change[name] ?? 1 : 1) * (1 + 0.002 * (number % 3));
    const changes = (number) => Object.fromEntries(cases.map((name) => [name, factor(number, name)]));
    const files = Array.from({ length: RUNS }, (_, number) => measured(number, { cases, change: changes(number) }));
    restorable(scene, await databaseOf(files), `benchgate-v1/benchmarks/${900 + saved++}-1`);
    return scene.runAction({ event: scene.events.schedule(), inputs: { mode: 'trend', issue: true, ...inputs }, permissions });
  };
  return { scene, look };
}

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

  async 'one issue tells of the trend: opened, left alone, edited in place, closed when clear, reopened'({ open }) {
    const { scene, look } = await withTrend(open);
    const first = await look({ embed: 1.3 }, { 'issue-labels': 'made-up' });
    assert.equal(first.status, 'success', first.log);
    const [opened] = await scene.world.openIssues();
    assert.equal(opened.title, 'Benchmarks: 1 worsening');
    assert.equal(opened.user.login, 'github-actions[bot]');
    assert.match(opened.body, /^<!-- benchgate v1 name=benchmarks .*-->\n### .*TREND: 1 worsening in 3 series\n/);
    assert.ok(opened.body.includes(`/octocat/model-bench/actions/runs/${first.runId})`), opened.body.slice(-300));
    assert.ok(first.outputs['issue-url'].endsWith(`/issues/${opened.number}`));
    assert.match(first.summary, /Warning:.*has no label.*made-up/);
    scene.world.requests.length = 0;
    const second = await look({ embed: 1.3 });
    assert.equal(second.outputs['issue-url'], first.outputs['issue-url']);
    assert.deepEqual(writes(scene), [], 'left alone');
    await look({ embed: 1.3, rank: 1.4 });
    const [edited] = await scene.world.openIssues();
    assert.deepEqual([edited.number, edited.title], [opened.number, 'Benchmarks: 2 worsenings']);
    await look({ embed: 1.3 }, { 'issue-on': 'drift,silent' });
    assert.deepEqual(await scene.world.openIssues(), []);
    const closed = await scene.world.direct('GET', `/repos/octocat/model-bench/issues/${opened.number}`);
    assert.equal(closed.title, 'Benchmarks: nothing to look at');
    assert.match(closed.body, /Nothing of what this issue is about is listed any more/);
    await look({ embed: 1.3 });
    const reopened = await scene.world.openIssues();
    assert.deepEqual(reopened.map(({ number, title }) => [number, title]), [[opened.number, 'Benchmarks: 1 worsening']]);
    assert.deepEqual(writes(scene).map((call) => call.split(' ')[0]), ['PATCH', 'PATCH', 'PATCH'], 'never a second one');
  },

  async 'an issue that cannot be kept is a warning with its reason, and the trend stands'({ open }) {
    const { scene, look } = await withTrend(open);
    const told = await look({ embed: 1.3 }, { 'fail-on': 'worse' }, { contents: 'read', issues: 'read' });
    assert.equal(told.outputs['exit-code'], '10');
    assert.match(told.summary, /TREND: 1 worsening/);
    assert.match(told.summary, /Warning:.*the issue was not kept up to date.*needs.*issues: write/);
    assert.ok(told.annotations.some(({ level, title }) => level === 'warning' && title === 'Issue'));
    assert.equal(told.outputs['issue-url'] ?? '', '');
    assert.deepEqual(await scene.world.openIssues(), []);
    const without = await look({ embed: 1.3 }, { token: '' });
    assert.equal(without.outputs['exit-code'], '2');
    assert.match(without.summary, /needs a token/);
  },

  async 'hostile names stay inert in the issue'({ open }) {
    const { scene, look } = await withTrend(open);
    const name = 'a|b `c` <img src=x onerror=1> @octocat #1 \n::error::forged\n<!-- benchgate v1 name=benchmarks --> [x](http://evil.example)';
    await look({ [name]: 1.3 }, {}, undefined, [name]);
    const [{ title, body }] = await scene.world.openIssues();
    assert.equal(title, 'Benchmarks: 1 worsening');
    assert.equal(body.match(/<!--/g).length, 1);
    for (const raw of ['<img', '@octocat', '](http://evil', ' #1 ', '`c`', 'a|b']) assert.ok(!body.includes(raw), raw);
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
};
