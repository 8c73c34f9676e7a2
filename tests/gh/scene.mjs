// One scenario's stage: a fresh world, a cache, folders of its own, and runs of the action or of workflow files in it.
// `scene.events` builds events; `scene.world` sets and shows GitHub's state. Checks nothing: that is checks.mjs.
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { MemoryCache } from './cache-memory.mjs';
import { RealCache } from './cache-real.mjs';
import { startCacheServer } from './cache-server.mjs';
import { eventsOf } from './events.mjs';
import { compositeOf, readAction, runComposite } from './harness.mjs';
import { Job } from './job.mjs';
import { machineOf } from './machine.mjs';
import { granted } from './permissions.mjs';
import { usesTable } from './uses.mjs';
import { readWorkflow, runWorkflow } from './workflow.mjs';
import { ago, REPOSITORY } from './world.mjs';

/** What the README tells users to grant. */
const USUAL = { contents: 'read', 'pull-requests': 'write', actions: 'read' };

/**
 * Opens a scene on a running chain. `action` is the folder with action.yml; `names` are the names by which workflows
 * use it besides `./`; `repository` is what a checkout copies (a folder, or a function of `{inputs, job}`); `inputs`
 * are given to every run of the action; `isCacheReal` takes GitHub's own cache client; `machine` is as in machineOf;
 * workflow files are found from the folder `base`; `uses` adds to the table of usesTable. An Enterprise Server has a
 * `serverUrl` of its own, and its API below a `prefix`.
 */
export async function openScene({ chain, action, names = ['org/benchdb-action'], repository, inputs = {}, uses = {},
  isCacheReal = false, machine = {}, serverUrl = 'https://github.com', prefix = '', base = '.' }) {
  const { world, log } = chain;
  await world.reset();
  world.prefix = prefix;
  const api = chain.api + prefix;
  log.clear();
  const root = await mkdtemp(join(tmpdir(), 'scene-'));
  const store = world.cache;
  const server = isCacheReal ? await startCacheServer(store) : undefined;
  const cache = server ? new RealCache(server) : new MemoryCache(store);
  const scene = {
    world, log, root, cache: store, jobs: [], results: [], events: eventsOf(world, api), api, action, names, repository,
    machine, serverUrl, base, defaultInputs: inputs, table: { ...usesTable({ cache, repository }), ...uses }, nextRun: 1000,
  };
  scene.runAction = (options) => runActionIn(scene, options);
  scene.runWorkflow = (path, options) => runWorkflowIn(scene, path, options);
  scene.close = async () => {
    await server?.close();
    await rm(root, { recursive: true, force: true });
  };
  return scene;
}

/**
 * Runs the action as the only step of a job on an event, with `inputs`. The workspace holds the scene's repository (if
 * that is a folder) and `files` (path to text or bytes). Gives what runComposite gives, and `runId`.
 * A second attempt is `{runId: first.runId, attempt: 2}`.
 */
async function runActionIn(scene, { event, inputs = {}, files = {}, permissions = USUAL, runId = scene.nextRun++,
  attempt = 1, jobId = 'benchmarks', matrix = null, env = {}, machine = {}, workflow = 'Benchmarks' }) {
  const action = await readAction(scene.action);
  const run = startRun(scene, { event, runId, attempt, workflow, path: '.github/workflows/benchmarks.yml' });
  const contexts = { matrix, strategy: { 'fail-fast': true, 'job-index': 0, 'job-total': 1, 'max-parallel': 1 } };
  const job = await newJob(scene, run, { id: jobId, permissions, contexts, machine });
  if (typeof scene.repository === 'string') await cp(scene.repository, job.workspace, { recursive: true });
  await writeFiles(job.workspace, files);
  const [repository] = scene.names;
  const all = texts({ ...scene.defaultInputs, ...inputs });
  const result = await runComposite({ action, job, inputs: all, env, uses: scene.table, repository, ref: 'v1' });
  const kept = { ...result, runId };
  scene.results.push(kept);
  endRun(scene, run, result.status);
  return kept;
}

/** Runs a workflow file on an event. */
async function runWorkflowIn(scene, path, { event, runId = scene.nextRun++, attempt = 1, machine = {} }) {
  const workflow = await readWorkflow(resolve(scene.base, path));
  const action = await readAction(scene.action);
  const file = `.github/workflows/${path.split('/').pop()}`;
  const run = startRun(scene, { event, runId, attempt, workflow: workflow.name, path: file });
  const result = await runWorkflow(workflow, {
    github: { ...run.github, event: event.payload, token: '' },
    newJob: (options) => newJob(scene, run, { ...options, machine }),
    uses: scene.table,
    composites: (name) => compositeNamed(scene, action, name),
  });
  scene.results.push(...result.jobs);
  endRun(scene, run, result.status);
  return { ...result, runId };
}

/** The action under test, with the scene's inputs where the workflow gives none. */
function compositeNamed(scene, action, name) {
  const [repository, ref = ''] = name.split('@');
  const isOwn = name === './' || scene.names.includes(repository);
  if (!isOwn) return undefined;
  const run = compositeOf(action, { repository: name === './' ? '' : repository, ref });
  return (call) => run({ ...call, inputs: { ...texts(scene.defaultInputs), ...call.inputs } });
}

function startRun(scene, { event, runId, attempt, workflow, path }) {
  const { payload, github } = event;
  const pull = payload.pull_request;
  scene.world.addRun({
    id: runId, name: workflow, path, event: event.name, status: 'in_progress', conclusion: null, attempt,
    headBranch: pull?.head.ref ?? github.ref_name, headSha: pull?.head.sha ?? github.sha,
    headRepository: pull ? pull.head.repo?.full_name ?? null : REPOSITORY,
    headRepositoryId: pull ? pull.head.repo?.id : scene.world.repository.id,
    createdAt: scene.world.runs.get(runId)?.createdAt ?? ago(0),
  });
  const owner = REPOSITORY.split('/')[0];
  const context = {
    repository: REPOSITORY, repository_id: String(scene.world.repository.id), repository_owner: owner,
    repository_owner_id: '1', actor: payload.sender.login, actor_id: '1', triggering_actor: payload.sender.login,
    event_name: event.name, head_ref: '', base_ref: '', ref_protected: false, ...github, workflow,
    workflow_ref: `${REPOSITORY}/${path}@${github.ref}`, workflow_sha: github.sha, run_id: String(runId),
    run_attempt: String(attempt), run_number: '1', retention_days: '90', server_url: scene.serverUrl,
    api_url: scene.api, graphql_url: `${scene.api}/graphql`, action: '__action',
  };
  return { event, runId, github: context };
}

function endRun(scene, run, status) {
  Object.assign(scene.world.runs.get(run.runId), { status: 'completed', conclusion: status });
}

async function newJob(scene, run, { id, permissions, contexts, machine }) {
  const { event, github } = run;
  const token = await scene.world.mintToken(granted(permissions, { isReadOnly: event.isReadOnly }));
  const folder = join(scene.root, `job-${scene.jobs.length + 1}`);
  const job = new Job({
    id, folder, github, event: event.payload, token, contexts, world: scene.world, cacheScopes: event.cacheScopes,
    machine: machineOf({ ...scene.machine, ...machine }),
  });
  await job.prepare();
  scene.jobs.push(job);
  return job;
}

async function writeFiles(folder, files) {
  for (const [path, content] of Object.entries(files)) {
    const target = join(folder, path);
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, content);
  }
}

function texts(inputs) {
  return Object.fromEntries(Object.entries(inputs).map(([name, value]) => [name, String(value)]));
}
