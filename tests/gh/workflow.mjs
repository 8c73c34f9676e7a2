// Runs a whole workflow file: jobs in the order of `needs`, matrices, conditions, permissions, outputs.
// Legs and jobs run one after the other. Not modelled: `on:` filters, concurrency, timeouts, fail-fast, services,
// containers and reusable workflows (an error).
import { readFile } from 'node:fs/promises';
import { field, holds, textOf, textsOf, valueOf } from './expressions.mjs';
import { byId, remains } from './harness.mjs';
import { legName, legsOf } from './matrix.mjs';
import { convertWorkflowTemplate, NoOperationTraceWriter, parseWorkflow } from './official.bundle.mjs';
import { runPosts, runSteps, scopeOf } from './steps.mjs';

/** Reads a workflow file; throws with everything that the official parser has against it. */
export async function readWorkflow(path) {
  const file = { name: path, content: await readFile(path, 'utf8') };
  const { context, value } = parseWorkflow(file, new NoOperationTraceWriter());
  const template = value && (await convertWorkflowTemplate(context, value));
  const errors = context.errors.getErrors().map(({ message }) => message);
  errors.push(...(template?.errors ?? []).map(({ Message }) => Message));
  if (errors.length > 0) throw new Error(`${path}: ${[...new Set(errors)].join('\n')}`);
  return { path, context, root: value, name: field(value, 'name')?.value ?? path };
}

/**
 * Runs the workflow. `newJob({id, name, permissions, contexts})` makes the Job of each instance. Gives `{status, jobs,
 * job}`: all instances in order, and by id (those with a matrix by the name that GitHub shows as well).
 */
export async function runWorkflow(workflow, { github, newJob, uses, composites }) {
  const jobs = [];
  const ended = new Map();
  const shared = { workflow, github, newJob, uses, composites, ended };
  for (const [id, definition] of inOrder(workflow)) {
    const instances = await runJob(id, definition, shared);
    const before = needsOf(definition).map((need) => ended.get(need));
    ended.set(id, summaryOf(instances, definition, before));
    jobs.push(...instances);
  }
  const job = {};
  for (const instance of jobs) {
    job[instance.id] ??= instance;
    job[instance.name] ??= instance;
  }
  const isFailed = [...ended.values()].some(({ result }) => result === 'failure');
  return { status: isFailed ? 'failure' : 'success', jobs, job };
}

function inOrder(workflow) {
  const waiting = [...field(workflow.root, 'jobs')].map(({ key, value }) => [key.value, value]);
  const ordered = [];
  while (waiting.length > 0) {
    const isReady = ([, job]) => needsOf(job).every((need) => ordered.some(([id]) => id === need));
    ordered.push(...waiting.splice(waiting.findIndex(isReady), 1));
  }
  return ordered;
}

function needsOf(definition) {
  const needs = valueOf(field(definition, 'needs'));
  return needs === undefined ? [] : [needs].flat();
}

async function runJob(id, definition, shared) {
  const { workflow, ended } = shared;
  if (field(definition, 'uses')) throw new Error(`job \`${id}\`: reusable workflows are not supported`);
  const needs = Object.fromEntries(needsOf(definition).map((need) => [need, ended.get(need)]));
  const base = { github: shared.github, needs: plain(needs), vars: {}, inputs: {} };
  const status = () => statusOf(needs);
  if (!holds(field(definition, 'if'), { contexts: base, status }, workflow.context)) {
    return [{ id, name: id, matrix: null, status: 'skipped', steps: [], step: {}, outputs: {}, annotations: [], summary: '', log: '' }];
  }
  const strategy = field(definition, 'strategy');
  const legs = legsOf(valueOf(field(strategy, 'matrix'), { contexts: base, status }));
  const instances = [];
  for (const [index, matrix] of legs.entries()) {
    const place = { 'fail-fast': true, 'job-index': index, 'job-total': legs.length, 'max-parallel': legs.length };
    instances.push(await runLeg({ id, definition, shared, base, contexts: { ...base, matrix, strategy: place } }));
  }
  return instances;
}

/** failure() looks at all jobs before, success() needs each to have succeeded; after a skipped one neither holds. */
function statusOf(needs) {
  const all = Object.values(needs);
  if (all.some(({ isAfterFailure }) => isAfterFailure)) return 'failure';
  return all.every(({ result }) => result === 'success') ? 'success' : 'skipped';
}

async function runLeg({ id, definition, shared, base, contexts }) {
  const { workflow, newJob, uses, composites } = shared;
  const { matrix } = contexts;
  const scope = { contexts, status: () => 'success' };
  const given = field(definition, 'name');
  const name = given ? textOf(given, scope) : legName(id, matrix);
  const permissions = valueOf(field(definition, 'permissions') ?? field(workflow.root, 'permissions'), scope);
  const job = await newJob({ id, name, permissions, contexts });
  await job.prepare();
  const secrets = { GITHUB_TOKEN: job.token, github_token: job.token };
  const inside = { ...contexts, github: job.github, secrets, runner: job.runner };
  Object.assign(job.env, textsOf(field(workflow.root, 'env'), { contexts: { ...inside }, status: scope.status }));
  Object.assign(job.env, textsOf(field(definition, 'env'), { contexts: { ...inside, env: job.env }, status: scope.status }));
  const frame = {
    job, isJob: true, env: {}, github: job.github, contexts: { ...base, matrix, strategy: contexts.strategy, secrets },
    fileContext: workflow.context, defaults: defaultsOf(definition, workflow, inside), uses, composites,
  };
  await runSteps([...field(definition, 'steps')], frame);
  job.status = frame.status;
  await runPosts(job);
  const outputs = textsOf(field(definition, 'outputs'), scopeOf(frame));
  return { id, name, matrix, permissions, status: job.status, steps: frame.results, step: byId(frame.results), outputs, ...remains(job) };
}

function defaultsOf(definition, workflow, contexts) {
  const scope = { contexts, status: () => 'success' };
  const read = (owner) => valueOf(field(field(owner, 'defaults'), 'run'), scope) ?? {};
  const merged = { ...read(workflow.root), ...read(definition) };
  return { shell: merged.shell, workingDirectory: merged['working-directory'] };
}

/** What later jobs see of a job: the worst result of its legs, and the outputs of the last leg that set them. */
function summaryOf(instances, definition, before) {
  const isForgiven = valueOf(field(definition, 'continue-on-error'), { contexts: {}, status: () => 'success' }) === true;
  const isFailed = instances.some(({ status }) => status === 'failure');
  const isSkipped = instances.every(({ status }) => status === 'skipped');
  const result = isSkipped ? 'skipped' : isFailed && !isForgiven ? 'failure' : 'success';
  const outputs = {};
  for (const instance of instances) {
    for (const [name, value] of Object.entries(instance.outputs)) if (value !== '' || !(name in outputs)) outputs[name] = value;
  }
  const isAfterFailure = result === 'failure' || before.some((one) => one.isAfterFailure);
  return { result, outputs, isAfterFailure };
}

function plain(needs) {
  return Object.fromEntries(Object.entries(needs).map(([id, { result, outputs }]) => [id, { result, outputs }]));
}
