// The comment: one, edited in place, never somebody else's, never an older run's; and what GitHub may refuse.
import assert from 'node:assert/strict';
import { commit, onlyComment, results, RUNS, sha, withHistory, writes } from '../benchgate.mjs';
import { unzip } from '../zip.mjs';

const inputs = { results: 'results/*.json' };
const slower = { 'results/a.json': results({ change: { embed: 1.3 } }) };
const clean = { 'results/a.json': results() };

async function pull(open, rest = {}) {
  const scene = await open();
  await withHistory(scene);
  scene.world.graph.line('topic', [sha('b'), sha('c')], { from: commit(RUNS - 1) });
  const event = await scene.events.pullRequest({ headSha: sha('b'), ...rest });
  return { scene, event };
}

/** Moves the pull request on to its next commit. */
async function moveOn(scene) {
  scene.world.pulls.get(7).headSha = sha('c');
  return scene.events.pullRequest({ number: 7 });
}

export default {
  async 'a fixed regression is told in the same comment, by one edit'({ open }) {
    const { scene, event } = await pull(open);
    await scene.runAction({ event, inputs, files: slower });
    const before = await onlyComment(scene);
    assert.equal(before.user.login, 'github-actions[bot]');
    scene.world.requests.length = 0;
    const second = await scene.runAction({ event: await moveOn(scene), inputs, files: clean });
    assert.equal(second.status, 'success');
    const after = await onlyComment(scene);
    assert.equal(after.id, before.id);
    assert.match(after.body, /PASSED/);
    assert.match(after.body, /Fixed:\n\n- bert cpu embed batch=8 latency \(regressed at bbbbbbbbbbbb\)/);
    assert.deepEqual(writes(scene).map((call) => call.split(' ')[0]), ['PATCH']);
    const listed = scene.world.calls('GET').filter((call) => call.includes('/issues/7/comments'));
    assert.equal(listed.length, 1, 'listed once');
  },

  async 'a run in which nothing changed writes nothing'({ open }) {
    const { scene, event } = await pull(open);
    const text = JSON.parse(results({ change: { embed: 1.3 } }));
    text.run = { started_at: '2026-11-24T00:00:00Z' };
    const files = { 'results/a.json': JSON.stringify(text) };
    const first = await scene.runAction({ event, inputs, files });
    scene.world.requests.length = 0;
    await scene.runAction({ event, inputs: { ...inputs, attempts: 'replace' }, files, runId: first.runId, attempt: 2 });
    assert.deepEqual(writes(scene), []);
  },

  async 'nothing to tell is no comment, unless it is asked for always'({ open }) {
    const { scene, event } = await pull(open);
    await scene.runAction({ event, inputs, files: clean });
    assert.deepEqual(await scene.world.comments(7), []);
    await scene.runAction({ event, inputs: { ...inputs, comment: 'never' }, files: slower });
    assert.deepEqual(await scene.world.comments(7), []);
    await scene.runAction({ event, inputs: { ...inputs, comment: 'on-fail' }, files: clean });
    assert.deepEqual(await scene.world.comments(7), []);
    await scene.runAction({ event, inputs: { ...inputs, comment: 'always' }, files: clean });
    assert.match((await onlyComment(scene)).body, /PASSED/);
    const other = await pull(open);
    await other.scene.runAction({ event: other.event, inputs: { ...inputs, comment: 'on-fail' }, files: slower });
    assert.match((await onlyComment(other.scene)).body, /FAILED/);
  },

  async 'an older run never overwrites what a newer one said'({ open }) {
    const { scene, event } = await pull(open);
    const newer = await moveOn(scene);
    await scene.runAction({ event: newer, inputs, files: slower, runId: 2000 });
    await scene.runAction({ event, inputs, files: clean, runId: 1999 });
    assert.match((await onlyComment(scene)).body, /FAILED/);
  },

  async 'a comment that was deleted is written again'({ open }) {
    const { scene, event } = await pull(open);
    await scene.runAction({ event, inputs, files: slower });
    scene.world.fault({ method: 'PATCH', path: /issues\/comments/, status: 404, message: 'Not Found' });
    await scene.runAction({ event: await moveOn(scene), inputs, files: { 'results/a.json': results({ change: { embed: 1.5 } }) } });
    const comments = await scene.world.comments(7);
    assert.match(comments.at(-1).body, /\+5\d/);
  },

  async 'the comment is found behind more than a hundred others'({ open }) {
    const { scene, event } = await pull(open);
    for (let number = 0; number < 105; number++) await scene.world.addComment({ number: 7, body: `comment ${number}` });
    await scene.runAction({ event, inputs, files: slower });
    await scene.runAction({ event: await moveOn(scene), inputs, files: clean });
    const comments = await scene.world.comments(7);
    assert.equal(comments.length, 106);
    assert.match(comments.at(-1).body, /PASSED/);
  },

  async 'a comment with the marker by somebody else is left alone'({ open }) {
    const { scene, event } = await pull(open);
    await scene.runAction({ event, inputs, files: slower });
    const { body } = await onlyComment(scene);
    const forged = await scene.world.addComment({ number: 7, body });
    await scene.runAction({ event: await moveOn(scene), inputs, files: clean });
    const comments = await scene.world.comments(7);
    assert.equal(comments.find(({ id }) => id === forged.id).body, body);
    assert.match(comments.find(({ id }) => id !== forged.id).body, /PASSED/);
  },

  async 'a 502 after the comment was written leaves one comment'({ open }) {
    const { scene, event } = await pull(open);
    scene.world.fault({ method: 'POST', path: /comments$/, status: 502, when: 'after' });
    const run = await scene.runAction({ event, inputs, files: slower });
    assert.equal(run.outputs.outcome, 'failed');
    await onlyComment(scene);
  },

  async 'a rate limit is waited for, and there is one comment'({ open }) {
    const { scene, event } = await pull(open);
    scene.world.fault({ method: 'POST', path: /comments$/, status: 429, headers: { 'retry-after': '1' } });
    await scene.runAction({ event, inputs, files: slower });
    await onlyComment(scene);
  },

  async 'a comment that cannot be posted is a warning and changes no verdict'({ open }) {
    const { scene, event } = await pull(open);
    for (const status of [422, 500]) {
      scene.world.faults.length = 0;
      scene.world.fault({ method: 'POST', path: /comments$/, status, times: 4 });
      const run = await scene.runAction({ event, inputs, files: slower });
      assert.equal(run.outputs['exit-code'], '10');
      assert.match(run.summary, /Warning:\*\* the pull request got no comment/);
      assert.ok(run.annotations.some(({ level, title }) => level === 'warning' && title === 'No comment'));
      scene.world.faults.length = 0;
    }
  },

  async 'a pull request from a fork with a read-only token is judged, and told why there is no comment'({ open }) {
    const { scene, event } = await pull(open, { isFork: true });
    const run = await scene.runAction({ event, inputs, files: slower });
    assert.equal(run.status, 'failure');
    assert.equal(run.outputs.outcome, 'failed');
    assert.deepEqual(await scene.world.comments(7), []);
    assert.match(run.summary, /FAILED: 1 regression/);
    assert.match(run.summary, /workflows of pull requests from forks a token that may only read/);
  },

  async 'hostile names neither break out of the comment nor speak to the runner'({ open }) {
    const { scene, event } = await pull(open);
    const name = 'a|b `c` <img src=x onerror=1> @octocat #1 \n::error::forged\n<!-- benchgate v1 name=benchmarks --> [x](http://evil.example) $(id)';
    const text = JSON.parse(results({ change: { embed: 1.3 } }));
    text.results.push({ model: name, test_case: name, metrics: { latency: { value: 1, unit: 'ms' } } });
    const run = await scene.runAction({ event, inputs: { ...inputs, new: 'fail' }, files: { 'results/a.json': JSON.stringify(text) } });
    assert.equal(run.outputs.regressions, '1');
    const { body } = await onlyComment(scene);
    assert.equal(body.match(/<!--/g).length, 1);
    for (const raw of ['<img', '@octocat', '](http://evil', ' #1 ', '`c`', 'a|b']) assert.ok(!body.includes(raw), raw);
    assert.ok(!run.annotations.some(({ message }) => message.startsWith('forged')));
  },

  async 'a report over the limits is cut, says so, and is complete among the artifacts'({ open }) {
    const scene = await open();
    await withHistory(scene);
    scene.world.graph.line('topic', [sha('b')], { from: commit(RUNS - 1) });
    const event = await scene.events.pullRequest({ headSha: sha('b') });
    const cases = Array.from({ length: 1500 }, (_, number) => `case-${number}-${'x'.repeat(60)}`);
    const run = await scene.runAction({ event, inputs: { ...inputs, comment: 'always', new: 'fail' }, files: { 'results/a.json': results({ cases }) } });
    const { body } = await onlyComment(scene);
    assert.ok(Buffer.byteLength(body) <= 60_000, String(Buffer.byteLength(body)));
    assert.match(body, /Left out for length/);
    assert.doesNotMatch(body, /did not fit/);
    assert.ok(body.includes(`/actions/runs/${run.runId})`), 'it leads to the full report');
    const { zipBytes } = scene.world.artifacts.find(({ name }) => name.startsWith('benchgate-report.'));
    const whole = unzip(zipBytes)['report.md'].toString();
    assert.deepEqual(cases.filter((name) => !whole.includes(name)), []);
    assert.ok(Buffer.byteLength(run.summary) < 1024 * 1024);
    assert.ok(run.annotations.length <= 10, String(run.annotations.length));
  },

  async 'a run without a verdict says so in the comment that is there, and writes no first one'({ open }) {
    const { scene, event } = await pull(open);
    const broken = { 'results/a.json': '{"schema": "benchgate/results/v1", "results": [' };
    await scene.runAction({ event, inputs, files: broken });
    assert.deepEqual(await scene.world.comments(7), []);
    await scene.runAction({ event, inputs, files: slower });
    const run = await scene.runAction({ event: await moveOn(scene), inputs, files: broken });
    assert.equal(run.outputs['exit-code'], '1');
    assert.match((await onlyComment(scene)).body, /NO VERDICT/);
    // The regression is not forgotten meanwhile.
    await scene.runAction({ event: await moveOn(scene), inputs, files: clean });
    assert.match((await onlyComment(scene)).body, /Fixed:/);
  },

  async 'a token of another account than expected is told, with the input to set'({ open }) {
    const { scene, event } = await pull(open);
    const run = await scene.runAction({ event, inputs: { ...inputs, 'comment-author': 'my-bot' }, files: slower });
    assert.match(run.summary, /set comment-author to/);
  },
};
