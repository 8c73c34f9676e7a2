// Runs a list of steps by the runner's rules, those of a job and those of a composite action alike.
// A frame says where the steps stand: `{job, steps: results so far, status, env, github, contexts, defaults, ...}`.
// Not for parsing files (action-file.mjs), nor for what `uses:` steps do (uses.mjs).
import { randomUUID } from 'node:crypto';
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CommandReader, readPairs } from './commands.mjs';
import { field, holds, textOf, textsOf, valueOf } from './expressions.mjs';
import { runProgram } from './net.mjs';

const SUMMARY_LIMIT = 1024 * 1024;
const SHELLS = {
  bash: 'bash --noprofile --norc -e -o pipefail {0}',
  sh: 'sh -e {0}',
  python: 'python3 {0}',
};

/** Runs the steps in order; `frame.status` tells how it went, `frame.results` each step's end. */
export async function runSteps(steps, frame) {
  frame.steps = {};
  frame.results = [];
  frame.status = 'success';
  for (const step of steps) {
    const result = await runStep(step, frame);
    frame.results.push(result);
    if (result.conclusion === 'failure') frame.status = 'failure';
    // Steps of an action see how the job stands, not how the action does.
    if (frame.isJob) frame.job.status = frame.status;
    if (result.id) {
      const { outputs, outcome, conclusion } = result;
      frame.steps[result.id] = { outputs, outcome, conclusion };
    }
    if (result.isFatal) break;
  }
}

/** The contexts that an expression in a step sees. */
export function scopeOf(frame, stepEnv = {}) {
  const { job, github, contexts, steps } = frame;
  const env = { ...job.env, ...frame.env, ...stepEnv };
  const job_ = { status: job.status };
  return { contexts: { ...contexts, github, env, steps, runner: job.runner, job: job_ }, status: () => frame.status };
}

async function runStep(step, frame) {
  const { job } = frame;
  const result = {
    id: field(step, 'id')?.value, name: '', outcome: 'success', conclusion: 'success', outputs: {}, annotations: [],
    summary: '', steps: undefined, isFatal: false,
  };
  const begin = job.rawLog.length;
  const fail = (message) => {
    result.outcome = 'failure';
    job.runnerErrors.push(message);
    job.log(`##[error]${message}`);
  };
  try {
    const env = textsOf(field(step, 'env'), scopeOf(frame));
    const scope = scopeOf(frame, env);
    result.name = textOf(field(step, 'name') ?? field(step, 'run') ?? field(step, 'uses'), scope).split('\n')[0];
    if (!isToRun(step, scope, frame, result, fail)) return result;
    job.log(`##[group]${result.name}`);
    await (field(step, 'run') ? runScript : runAction)({ step, frame, env, scope, result, fail });
    job.log('##[endgroup]');
    const isForgiven = result.outcome === 'failure' && isContinued(step, scope);
    result.conclusion = isForgiven ? 'success' : result.outcome;
  } catch (error) {
    fail(error.message);
    result.conclusion = 'failure';
  }
  result.log = job.rawLog.slice(begin).join('\n');
  return result;
}

function isToRun(step, scope, frame, result, fail) {
  try {
    if (holds(field(step, 'if'), scope, frame.fileContext)) return true;
    result.outcome = result.conclusion = 'skipped';
  } catch (error) {
    fail(`The condition of step \`${result.name}\` cannot be evaluated: ${error.message}`);
    result.conclusion = 'failure';
    result.isFatal = true;
  }
  return false;
}

function isContinued(step, scope) {
  const value = valueOf(field(step, 'continue-on-error'), scope);
  return value === true || value === 'true';
}

async function runScript({ step, frame, env, scope, result, fail }) {
  const { job } = frame;
  const files = await commandFiles(job);
  const script = join(job.temp, `${randomUUID()}.sh`);
  await writeFile(script, textOf(field(step, 'run'), scope));
  const shell = textOf(field(step, 'shell'), scope) || frame.defaults?.shell || '';
  const [command, ...args] = (SHELLS[shell] ?? (shell || 'bash -e {0}')).replace('{0}', script).split(' ');
  const folder = textOf(field(step, 'working-directory'), scope) || frame.defaults?.workingDirectory || '.';
  const commands = new CommandReader();
  const variables = { ...job.env, ...frame.env, ...env };
  const code = await runProgram(command, args, {
    cwd: join(job.workspace, folder),
    env: { ...job.variables(frame.github), ...variables, ...files.variables },
    onLine: (line) => {
      job.log(line);
      commands.read(line);
    },
  });
  result.annotations = commands.annotations;
  job.annotations.push(...commands.annotations);
  job.masks.push(...commands.masks);
  if (code !== 0) fail(`Process completed with exit code ${code}.`);
  await readCommandFiles(files, frame, result, fail);
}

async function commandFiles(job) {
  const folder = join(job.temp, '_runner_file_commands');
  await mkdir(folder, { recursive: true });
  const names = ['OUTPUT', 'ENV', 'PATH', 'STATE', 'STEP_SUMMARY'];
  const paths = Object.fromEntries(names.map((name) => [name, join(folder, `${name.toLowerCase()}_${randomUUID()}`)]));
  for (const path of Object.values(paths)) await writeFile(path, '');
  return { paths, variables: Object.fromEntries(names.map((name) => [`GITHUB_${name}`, paths[name]])) };
}

async function readCommandFiles({ paths }, frame, result, fail) {
  const { job } = frame;
  const read = (name) => readFile(paths[name], 'utf8');
  try {
    result.outputs = Object.fromEntries(readPairs(await read('OUTPUT')));
    for (const [name, value] of readPairs(await read('ENV'))) {
      if (name.toUpperCase() === 'NODE_OPTIONS') throw new Error(`Can't store ${name} output parameter using '$GITHUB_ENV' command.`);
      job.env[name] = value;
    }
  } catch (error) {
    fail(`Unable to process file command successfully. ${error.message}`);
  }
  job.addedPaths.unshift(...(await read('PATH')).split('\n').filter(Boolean).reverse());
  if ((await stat(paths.STEP_SUMMARY)).size > SUMMARY_LIMIT) {
    job.annotate('error', '$GITHUB_STEP_SUMMARY upload aborted, supports content up to a size of 1024k');
  } else {
    result.summary = await read('STEP_SUMMARY');
    job.summary += result.summary;
  }
}

/** A `uses:` step: a composite action that the frame knows, or an entry of its table. */
async function runAction({ step, frame, env, scope, result, fail }) {
  const { job } = frame;
  const name = field(step, 'uses').value;
  const inputs = textsOf(field(step, 'with'), scope);
  const composite = frame.composites(name);
  if (composite) {
    const inner = await composite({ job, inputs, env: { ...frame.env, ...env }, frame, scope });
    Object.assign(result, { outputs: inner.outputs, steps: inner.steps, isFatal: false });
    result.annotations = inner.steps.flatMap(({ annotations }) => annotations);
    result.summary = inner.steps.map(({ summary }) => summary).join('');
    if (inner.status === 'failure') result.outcome = 'failure';
    return;
  }
  const key = name.split('@')[0];
  const entry = frame.uses[key];
  if (!entry) throw new Error(`no implementation for \`uses: ${name}\``);
  const before = job.annotations.length;
  try {
    const { outputs = {}, post } = (await entry({ inputs, env, job, frame })) ?? {};
    result.outputs = outputs;
    if (post) job.posts.push(post);
  } catch (error) {
    fail(error.message);
  }
  result.annotations = job.annotations.slice(before);
}

/** What actions left to do after all steps, last in first out. */
export async function runPosts(job) {
  while (job.posts.length > 0) await job.posts.pop()({ status: job.status });
}
