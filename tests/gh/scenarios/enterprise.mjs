// An Enterprise Server: a host of its own, and the API below a prefix.
import assert from 'node:assert/strict';
import { bundleOf, commit, onlyComment, results, RUNS, sha, withHistory } from '../benchgate.mjs';

const inputs = { results: 'results/*.json' };
const files = (change) => ({ 'results/a.json': results({ change }) });

export default {
  async 'on an Enterprise Server every call is below its prefix, and links lead to its host'({ open }) {
    const scene = await open({ serverUrl: 'https://ghes.example', prefix: '/api/v3' });
    await withHistory(scene, { isCached: false });
    for (let number = 8; number < RUNS; number++) bundleOf(scene, number, { leg: 'benchmarks' });
    scene.world.graph.line('topic', [sha('b'), sha('c')], { from: commit(RUNS - 1) });
    const event = await scene.events.pullRequest({ headSha: sha('b') });
    const run = await scene.runAction({ event, inputs, files: files({ embed: 1.3 }) });
    assert.equal(run.outputs['history-source'], 'artifacts', run.log);
    assert.equal(run.outputs.regressions, '1');
    const { body, id } = await onlyComment(scene);
    assert.ok(body.includes(`(https://ghes.example/octocat/model-bench/actions/runs/${run.runId})`), body.slice(-400));
    assert.ok(!body.includes('https://github.com'));

    // More comments than a page holds: the own one is found and edited, wherever the pages lead.
    for (let number = 0; number < 100; number++) await scene.world.addComment({ number: 7, body: 'a remark' });
    scene.world.pulls.get(7).headSha = sha('c');
    await scene.runAction({ event: await scene.events.pullRequest({}), inputs, files: files() });
    const own = (await scene.world.comments(7)).filter(({ user }) => user.login === 'github-actions[bot]');
    assert.deepEqual(own.map((comment) => comment.id), [id]);
    assert.match(own[0].body, /Fixed:/);

    const calls = scene.world.calls();
    for (const call of ['compare/', 'actions/artifacts', 'issues/7/comments', `PATCH /api/v3/repos/octocat/model-bench/issues/comments/${id} -> 200`]) {
      assert.ok(calls.some((one) => one.includes(call)), `${call}: ${calls.join('\n')}`);
    }
    assert.deepEqual(calls.filter((call) => !call.includes(' /api/v3/repos/') || call.endsWith('404')), []);
    assert.ok(scene.world.blobRequests.length > 0);
  },
};
