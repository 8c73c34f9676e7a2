// What scenarios of benchgate have in common: results files, a history of twenty runs in the cache, commits, bundles.
// Not for checking anything.
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { zip } from './zip.mjs';

const run = promisify(execFile);
const DATABASE = 'benchgate-history/benchmarks.duckdb';

/** How many commits of main were measured. */
export const RUNS = 20;

/** The hash of the nth commit of main, from 0. */
export const commit = (number) => `${number.toString(16).padStart(2, '0')}c0ffee`.padEnd(40, '0');

/** The name of the artifact with a leg's bundle. */
export const bundleName = (leg, attempt = 1) => `benchgate.benchmarks.${leg}.${attempt}.0123456789ab`;

/** Another hash, of a letter from a to f. */
export const sha = (letter) => letter.repeat(40);

/** A native results file; run, commit and branch come from CI. `change` multiplies the latency of single cases. */
export function results({ change = {}, cases = ['embed', 'classify', 'rank'], hardware = 'cpu', run: facts } = {}) {
  return JSON.stringify({
    schema: 'benchgate/results/v1', ...(facts ? { run: facts } : {}),
    hardware: { type: hardware, device: `Test ${hardware}` },
    results: cases.map((name, index) => ({
      model: 'bert', test_case: name, batch_size: 8,
      metrics: { latency: { value: 10 * (index + 1) * (change[name] ?? 1), unit: 'ms' } },
    })),
  });
}

/** The results of the nth commit of main, with a little noise, as a leg left them. */
export function measured(number, options = {}) {
  const wobble = 1 + 0.004 * ((number * 7) % 5) - 0.008;
  const at = new Date(Date.now() - (RUNS - number) * 3_600_000).toISOString();
  const { leg = 'measure', ...rest } = options;
  const facts = { id: `github-${number + 1}-${leg}`, commit: commit(number), branch: 'main', started_at: at, trigger: 'push', environment: { leg } };
  const cases = rest.cases ?? ['embed', 'classify', 'rank'];
  return results({ run: facts, change: Object.fromEntries(cases.map((name) => [name, wobble])), ...rest });
}

/**
 * A bundle that the run of main for the nth commit left as an artifact; `options` are those of `measured`, `facts` what
 * its run says of itself, the rest is said by GitHub.
 */
export function bundleOf(scene, number, { leg = 'measure', runId = 900 + number, headBranch = 'main', headSha = commit(number), at, options, facts: stated, ...rest } = {}) {
  const { run, ...facts } = JSON.parse(measured(number, { leg, ...options }));
  const startedAt = at ?? run.started_at;
  const own = { ...run, id: `github-${runId}-${leg}`, attempt: 1, started_at: startedAt, ...stated };
  const lines = [{ schema: facts.schema, run: own, hardware: facts.hardware }, ...facts.results];
  const zipBytes = zip({ 'bundle.jsonl': lines.map((line) => JSON.stringify(line)).join('\n') });
  const createdAt = startedAt.replace(/\.\d+Z/, 'Z');
  scene.world.addArtifact({ runId, name: bundleName(leg), zipBytes, headBranch, headSha, createdAt, ...rest });
}

/** A database made of files, by the binary under test. */
export async function databaseOf(files) {
  const folder = await mkdtemp(join(tmpdir(), 'history-'));
  try {
    await mkdir(join(folder, 'files'));
    await Promise.all(files.map((text, index) => writeFile(join(folder, 'files', `${index}.json`), text)));
    await run(process.env.BENCHGATE_BINARY, ['ingest', 'files', '--db', 'h.duckdb', '--quiet'], { cwd: folder });
    return await readFile(join(folder, 'h.duckdb'));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const made = new Map();

/** Gives a scene its main branch of twenty commits and, unless told otherwise, a cache entry that holds their runs. */
export async function withHistory(scene, { hardware = ['cpu'], isCached = true, runs = RUNS } = {}) {
  scene.world.graph.line('main', Array.from({ length: RUNS }, (_, number) => commit(number)));
  if (!isCached) return;
  const name = `${hardware} ${runs}`;
  if (!made.has(name)) {
    const numbers = Array.from({ length: runs }, (_, number) => number);
    made.set(name, databaseOf(numbers.flatMap((number) => hardware.map((one) => measured(number, { hardware: one, leg: one })))));
  }
  restorable(scene, await made.get(name));
}

/** Puts a database into the cache of the default branch. */
export function restorable(scene, bytes, key = 'benchgate-v1/benchmarks/900-1') {
  const version = createHash('sha256').update(DATABASE).digest('hex');
  const content = [{ path: `<runner>/workspace/${DATABASE}`, bytes, mode: 0o644 }];
  scene.cache.add({ scope: 'refs/heads/main', key, version, content });
}

/** Answers of SQL on the database of a job's workspace, or on one in the cache. */
export async function query(sql, { job, entry }) {
  const folder = await mkdtemp(join(tmpdir(), 'query-'));
  try {
    const path = entry ? join(folder, 'h.duckdb') : join(job.workspace, DATABASE);
    if (entry) await writeFile(path, entry.content[0].bytes);
    const { stdout } = await run(process.env.BENCHGATE_BINARY, ['query', sql, '--format', 'json', '--db', path]);
    return JSON.parse(stdout);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The newest entry of the cache. */
export const newestEntry = (scene) => scene.cache.entries.at(-1);

/** The only comment of a pull request. */
export async function onlyComment(scene, number = 7) {
  const comments = await scene.world.comments(number);
  if (comments.length !== 1) throw new Error(`#${number} has ${comments.length} comments: ${comments.map(({ body }) => body.slice(0, 80))}`);
  return comments[0];
}

/** The requests of the program that changed something. */
export const writes = (scene) => scene.world.calls().filter((call) => !call.startsWith('GET'));

/** Opens a scene whose checkouts give these files (path to text); scripts are executable. It goes with the scene. */
export async function openRepository(open, files) {
  const folder = await mkdtemp(join(tmpdir(), 'repository-'));
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text, { mode: path.startsWith('scripts/') ? 0o755 : 0o644 });
  }
  const scene = await open({ repository: () => folder });
  const { close } = scene;
  scene.close = async () => {
    await close();
    await rm(folder, { recursive: true, force: true });
  };
  return scene;
}
