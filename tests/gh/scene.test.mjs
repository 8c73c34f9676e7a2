// Tests of workflow runs and scenes, with a workflow that has each rule, and of the checks that follow a scenario.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { startChain } from './chain.mjs';
import { problemsOf } from './checks.mjs';
import { legsOf } from './matrix.mjs';
import { granted } from './permissions.mjs';
import { openScene } from './scene.mjs';
import { REPOSITORY } from './world.mjs';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const sha = (letter) => letter.repeat(40);
let chain;
let scene;

before(async () => (chain = await startChain()));
after(() => chain?.close());

async function open(options = {}) {
  await scene?.close();
  scene = await openScene({ chain, action: here('fixtures/small-action'), names: ['org/small'], repository: here('fixtures/workspace'), ...options });
  scene.world.graph.line('main', [sha('a'), sha('b')]);
  return scene;
}

after(() => scene?.close());

test('a workflow runs its jobs in order, each leg for itself', async () => {
  const { events, runWorkflow, world } = await open();
  const event = await events.pullRequest({ number: 7, headSha: sha('c'), headRef: 'topic' });
  const { status, jobs, job, runId } = await runWorkflow(here('fixtures/workflows/matrix.yml'), { event });
  assert.equal(status, 'failure');
  assert.deepEqual(jobs.map(({ name, status: end }) => `${name} ${end}`), [
    'bench cpu success', 'bench cpu success', 'bench gpu success', 'bench npu success', 'report success',
    'broken failure', 'after-broken skipped', 'on-failure success',
  ]);
  const values = jobs.slice(0, 4).map(({ outputs }) => outputs.last);
  assert.deepEqual(values, ['workflow job cpu 1  4', 'workflow job cpu 2  4', 'workflow job gpu 2 yes-gpu 4', 'workflow job npu 9  4']);
  assert.equal(job.report.step.own.outputs.text, 'success workflow job npu 9  4 workflow step null org/small');
  assert.match(job.report.log, /status 201/);
  assert.deepEqual((await world.comments(7)).map(({ user }) => user.login), ['github-actions[bot]']);
  assert.deepEqual(world.artifacts.map(({ name, runId: of, headSha }) => [name, of, headSha[0]].join(' ')), [
    `result-cpu-1 ${runId} c`, `result-cpu-2 ${runId} c`, `result-gpu-2 ${runId} c`, `result-npu-9 ${runId} c`,
  ]);
  assert.deepEqual(await problemsOf(scene), []);
});

test('a pull request from a fork has a token that only reads', async () => {
  const { events, runWorkflow, world } = await open();
  const event = await events.pullRequest({ number: 7, headSha: sha('c'), isFork: true });
  const { job } = await runWorkflow(here('fixtures/workflows/matrix.yml'), { event });
  assert.match(job.report.log, /status 403/);
  assert.deepEqual(await world.comments(7), []);
});

test('a push has no pull request, and its scope is the branch', async () => {
  const { events, runWorkflow, jobs } = await open();
  const { job } = await runWorkflow(here('fixtures/workflows/matrix.yml'), { event: events.push({}) });
  assert.equal(job.report.steps.at(-1).outcome, 'skipped');
  assert.equal(jobs[0].cacheScopes.current, 'refs/heads/main');
  assert.equal(jobs[0].github.sha, sha('b'));
});

test('the action alone runs on every event', async () => {
  const { events, runAction, world } = await open({ inputs: { text: 'given' } });
  const fork = world.addRun({ id: 5, event: 'pull_request', headRepository: 'mallory/model-bench', headRepositoryId: 9001 });
  const all = [
    events.push({}), events.schedule(), events.dispatch(), events.workflowRun(fork),
    events.mergeGroup({ baseSha: sha('b'), headSha: sha('c') }),
    await events.pullRequest({ number: 9, headSha: sha('d') }),
  ];
  const seen = [];
  for (const event of all) {
    const { status, outputs, job } = await runAction({ event, matrix: { device: 'cpu' }, env: { LEVEL: event.name } });
    assert.equal(status, 'success');
    seen.push(`${outputs.text.split(' ').slice(0, 2).join(' ')} ${job.cacheScopes.isReadOnly}`);
  }
  assert.deepEqual(seen, [
    'given push false', 'given schedule false', 'given workflow_dispatch false', 'given workflow_run true',
    'given merge_group false', 'given pull_request false',
  ]);
});

test('a token in an output and a request outside the routes are found', async () => {
  const { events, runAction, jobs, api } = await open();
  const event = events.push({});
  await runAction({ event, inputs: { text: '${{ nothing is evaluated here }}' } });
  assert.deepEqual(await problemsOf(scene), []);
  const headers = { authorization: `Bearer ${jobs[0].token}` };
  await fetch(`${api}/repos/octocat/model-bench/branches`, { headers });
  jobs[0].rawLog.push(`leaked ${jobs[0].token}`);
  const problems = (await problemsOf(scene)).join('\n');
  assert.match(problems, /Selected route not found/);
  assert.match(problems, /the token stands in the log of job benchmarks/);
});

test('an Enterprise Server answers below its prefix, and its pages stay there', async () => {
  const { world, events, runAction, jobs, api } = await open({ prefix: '/api/v3' });
  await runAction({ event: events.push({}), inputs: { text: 'given' } });
  const headers = { authorization: `Bearer ${jobs[0].token}` };
  for (const name of ['a', 'b']) world.addArtifact({ runId: 1, name });
  const answer = await fetch(`${api}/repos/${REPOSITORY}/actions/artifacts?per_page=1`, { headers });
  const [artifact] = (await answer.json()).artifacts;
  for (const address of [artifact.url, answer.headers.get('link').match(/<(.+?)>; rel="next"/)[1]]) {
    assert.ok(address.startsWith(`${api}/repos/`), address);
  }
  const beside = api.replace('/api/v3', '');
  assert.equal((await fetch(`${beside}/repos/${REPOSITORY}`, { headers })).status, 404);
  assert.deepEqual(await problemsOf(scene), []);
});

test('matrices and permissions follow the documentation', () => {
  const legs = legsOf({
    fruit: ['apple', 'pear'], animal: ['cat', 'dog'],
    include: [{ color: 'green' }, { color: 'pink', animal: 'cat' }, { fruit: 'apple', shape: 'circle' }, { fruit: 'banana' }, { fruit: 'banana', animal: 'cat' }],
  });
  assert.deepEqual(legs, [
    { fruit: 'apple', animal: 'cat', color: 'pink', shape: 'circle' }, { fruit: 'apple', animal: 'dog', color: 'green', shape: 'circle' },
    { fruit: 'pear', animal: 'cat', color: 'pink' }, { fruit: 'pear', animal: 'dog', color: 'green' },
    { fruit: 'banana' }, { fruit: 'banana', animal: 'cat' },
  ]);
  assert.deepEqual(granted({ 'pull-requests': 'write', contents: 'none' }, { isReadOnly: true }), { pull_requests: 'read' });
  assert.deepEqual(granted({}), {});
  assert.deepEqual(granted(undefined), { contents: 'read' });
  assert.equal(granted('write-all').actions, 'write');
});
