// Runs a composite action from its action.yml as the runner would, with real shells and real command files.
// Knows nothing of benchgate. Whole workflows are workflow.mjs's.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { field, textOf } from './expressions.mjs';
import { NoOperationTraceWriter, parseAction } from './official.bundle.mjs';
import { runPosts, runSteps, scopeOf } from './steps.mjs';

/** Reads `action.yml` of a folder; throws with everything that the official parser has against it. */
export async function readAction(folder) {
  const path = join(folder, 'action.yml');
  const file = { name: 'action.yml', content: await readFile(path, 'utf8') };
  const { context, value } = parseAction(file, new NoOperationTraceWriter());
  const errors = context.errors.getErrors();
  if (errors.length > 0) throw new Error(errors.map(({ message }) => message).join('\n'));
  const runs = field(value, 'runs');
  const using = field(runs, 'using').value;
  if (using !== 'composite') throw new Error(`${path}: \`using: ${using}\` is not supported`);
  return { folder, context, inputs: pairs(field(value, 'inputs')), outputs: pairs(field(value, 'outputs')), steps: [...field(runs, 'steps')] };
}

function pairs(mapping) {
  return mapping ? [...mapping].map(({ key, value }) => [key.value, value]) : [];
}

/**
 * The composite action as a step that a frame can run. `repository` and `ref` are what `uses:` names.
 * The returned function takes the step's `with` and `env` and gives `{status, outputs, steps}`.
 */
export function compositeOf(action, { repository = '', ref = '' } = {}) {
  return async ({ job, inputs, env, frame: caller, scope }) => {
    const values = inputValues(action, inputs, job, scope);
    const frame = {
      ...caller,
      env,
      github: { ...caller.github, action_path: action.folder, action_repository: repository, action_ref: ref },
      isJob: false, contexts: { ...pick(caller.contexts, ['matrix', 'strategy']), inputs: values },
      fileContext: action.context,
      defaults: undefined,
    };
    await runSteps(action.steps, frame);
    const outputs = Object.fromEntries(action.outputs.map(([name, output]) =>
      [name, textOf(field(output, 'value'), scopeOf(frame))]));
    return { status: frame.status, outputs, steps: frame.results };
  };
}

/** Names of inputs are case-insensitive, `required` is not enforced, and an unknown one only warns. */
function inputValues(action, given, job, scope) {
  const wanted = new Map(Object.entries(given).map(([name, value]) => [name.toLowerCase(), value]));
  const values = {};
  for (const [name, input] of action.inputs) {
    const value = wanted.get(name.toLowerCase());
    values[name] = value ?? textOf(field(input, 'default'), scope);
    wanted.delete(name.toLowerCase());
  }
  if (wanted.size > 0) {
    const known = action.inputs.map(([name]) => `'${name}'`).join(', ');
    const unknown = [...wanted.keys()].map((name) => `'${name}'`).join(', ');
    job.annotate('warning', `Unexpected input(s) ${unknown}, valid inputs are [${known}]`);
  }
  return values;
}

function pick(object, names) {
  return Object.fromEntries(names.map((name) => [name, object[name] ?? null]));
}

/**
 * Runs one action as the only step of a job. Gives its `status`, `outputs`, `steps` (results in order, each also by id
 * in `step`), `summary`, `annotations`, `runnerErrors`, `log` (masked) and `rawLog`.
 */
export async function runComposite({ action, job, inputs = {}, env = {}, uses = {}, repository, ref }) {
  await job.prepare();
  const contexts = { matrix: null, strategy: null, ...job.contexts };
  const frame = { job, env: {}, github: job.github, contexts, steps: {}, status: 'success', uses, composites: () => undefined };
  const composite = compositeOf(action, { repository, ref });
  const { status, outputs, steps } = await composite({ job, inputs, env, frame, scope: scopeOf(frame) });
  job.status = status;
  await runPosts(job);
  return { status, outputs, steps, step: byId(steps), ...remains(job) };
}

export function byId(steps) {
  return Object.fromEntries(steps.filter(({ id }) => id).map((step) => [step.id, step]));
}

/** What a job leaves behind for everybody to see. */
export function remains(job) {
  return {
    summary: job.summary, annotations: job.annotations, runnerErrors: job.runnerErrors, masks: job.masks,
    log: job.maskedLog, rawLog: job.rawLog, job,
  };
}
