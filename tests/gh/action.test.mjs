// Tests of action.yml's wiring, with stand-ins for its scripts: what is restored, run, uploaded and saved, in which
// order, and when not. What the real scripts and the binary do is for the scenarios.
import assert from 'node:assert/strict';
import { chmod, cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { isRealCacheInstalled } from './cache-real.mjs';
import { startChain } from './chain.mjs';
import { problemsOf } from './checks.mjs';
import { openScene } from './scene.mjs';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const HISTORY = 'benchgate-history/benchmarks.duckdb';

/** The outputs that the stand-in of `run` sets come from the file `outputs` in the workspace. */
const SCRIPTS = {
  install: 'cat "$GITHUB_WORKSPACE/install" >>"$GITHUB_OUTPUT"',
  build: 'echo built=true >>"$GITHUB_OUTPUT"\nmkdir -p "$BENCHGATE_FOLDER"\necho program >"$BENCHGATE_FOLDER/benchgate"',
  run: `mkdir -p benchgate-history "$BENCHGATE_OUTPUT_FOLDER"
[ -e ${HISTORY} ] && { printf restored=; cat ${HISTORY}; } >>"$GITHUB_OUTPUT"
echo "history of $GITHUB_RUN_ID" >${HISTORY}
for file in bundle.jsonl report.md report.json; do echo "$file" >"$BENCHGATE_OUTPUT_FOLDER/$file"; done
{
    echo "token=$([ -n "$GITHUB_TOKEN" ] && echo yes || echo no)"
    echo "cache=$BENCHGATE_CACHE_RESTORE $BENCHGATE_CACHE_KEY"
    echo "matrix=$(tr -d '[:space:]' <<<"$BENCHGATE_MATRIX")"
    sed "s|@|$BENCHGATE_OUTPUT_FOLDER|" "$GITHUB_WORKSPACE/outputs"
} >>"$GITHUB_OUTPUT"`,
  verdict: 'exit "$BENCHGATE_EXIT_CODE"',
};

const FULL = `outcome=passed
exit-code=0
save=true
bundle-name=benchgate-benchmarks
bundle-path=@/bundle.jsonl
report-name=benchgate-report
report-path=@/report.md
json-path=@/report.json
`;

let chain;
let action;
let scene;

before(async () => {
  action = await mkdtemp(join(tmpdir(), 'action-'));
  await cp(here('../../action.yml'), join(action, 'action.yml'));
  await mkdir(join(action, 'scripts', 'action'), { recursive: true });
  for (const [name, text] of Object.entries(SCRIPTS)) {
    const path = join(action, 'scripts', 'action', name);
    await writeFile(path, `#!/usr/bin/env bash\nset -euo pipefail\n${text}\n`);
    await chmod(path, 0o755);
  }
  chain = await startChain();
});
after(async () => {
  await scene?.close();
  await chain?.close();
  await rm(action, { recursive: true, force: true });
});
beforeEach(() => open());

async function open(options = {}) {
  await scene?.close();
  scene = await openScene({ chain, action, ...options });
  scene.world.graph.line('main', ['a'.repeat(40)]);
}

const push = (options = {}) => scene.runAction({
  event: scene.events.push({}), files: { outputs: FULL, install: 'how=path\nbinary=/bin/true\n' }, ...options,
});

test('a run saves its history under a key of its own, and the next one restores it', async () => {
  const first = await push();
  assert.equal(first.status, 'success');
  assert.equal(first.outputs.outcome, 'passed');
  assert.equal(first.step.run.outputs.cache, 'success ');
  assert.equal(first.step.run.outputs.token, 'yes');
  const second = await push();
  assert.equal(second.step.run.outputs.restored, `history of ${first.runId}`);
  assert.equal(second.step.run.outputs.cache, `success benchgate-v1/benchmarks/${first.runId}-1`);
  const scope = 'refs/heads/main benchgate-v1/benchmarks';
  assert.deepEqual(scene.cache.keys(), [`${scope}/${first.runId}-1`, `${scope}/${second.runId}-1`]);
  assert.deepEqual(await problemsOf(scene), []);
});

test('so it is with GitHub\'s own cache client', { skip: !isRealCacheInstalled() }, async () => {
  await open({ isCacheReal: true });
  const first = await push();
  const second = await push();
  assert.equal(second.step.run.outputs.restored, `history of ${first.runId}`);
  assert.equal(second.step.restore.outputs['cache-hit'], 'false');
  assert.equal(scene.cache.keys().length, 2);
});

test('a pull request reads the history of its base, and what it saves stays with it', async () => {
  const first = await push();
  const event = await scene.events.pullRequest({ number: 7, headSha: 'b'.repeat(40) });
  const pull = await push({ event });
  assert.equal(pull.step.run.outputs.restored, `history of ${first.runId}`);
  assert.ok(scene.cache.keys()[1].startsWith('refs/pull/7/merge '));
  assert.equal((await push()).step.run.outputs.restored, `history of ${first.runId}`);
});

test('a second attempt restores what the first saved, and saves under its own key', async () => {
  const first = await push();
  const again = await push({ runId: first.runId, attempt: 2 });
  assert.equal(again.step.run.outputs.cache, `success benchgate-v1/benchmarks/${first.runId}-1`);
  assert.equal(scene.cache.keys().length, 2);
});

test('a gate that fails has uploaded and saved before', async () => {
  const { status, outputs, runnerErrors } = await push({ files: { outputs: FULL.replace('exit-code=0', 'exit-code=10'), install: 'how=path\n' } });
  assert.equal(status, 'failure');
  assert.equal(outputs['exit-code'], '10');
  assert.deepEqual(runnerErrors, ['Process completed with exit code 10.']);
  assert.deepEqual(scene.world.artifacts.map(({ name }) => name), ['benchgate-benchmarks', 'benchgate-report']);
  assert.equal(scene.cache.keys().length, 1);
});

test('nothing is uploaded or saved where the run says so, or the inputs do', async () => {
  const outputs = 'exit-code=0\nsave=false\n';
  await push({ files: { outputs, install: '' } });
  await push({ inputs: { cache: 'false', artifacts: false } });
  assert.deepEqual(scene.world.artifacts, []);
  assert.deepEqual(scene.cache.keys(), []);
});

test('mode collect has no token and restores nothing', async () => {
  await push();
  const outputs = 'exit-code=0\nbundle-name=b\nbundle-path=@/bundle.jsonl\n';
  const { step, status } = await push({ inputs: { mode: 'collect' }, files: { outputs, install: '' }, matrix: { device: 'cpu' } });
  assert.equal(status, 'success');
  assert.equal(step.restore.outcome, 'skipped');
  assert.equal(step.run.outputs.token, 'no');
  assert.equal(step.run.outputs.cache, 'skipped ');
  assert.equal(step.run.outputs.matrix, '{"device":"cpu"}');
});

test('a script that breaks fails the action, and the verdict says so too', async () => {
  const { status, step, steps } = await push({ files: { install: 'how=path\n' } });
  assert.equal(step.run.outcome, 'failure');
  assert.equal(status, 'failure');
  assert.equal(steps.at(-1).outcome, 'failure');
  assert.deepEqual(scene.cache.keys(), []);
});

test('a build from source is kept for the next run', async () => {
  const install = 'how=build\nfolder=build-folder\nbuild-key=benchgate-build-1\n';
  const first = await push({ files: { outputs: FULL, install } });
  assert.equal(first.step.build.outcome, 'success');
  assert.ok(scene.cache.keys().includes('refs/heads/main benchgate-build-1'));
  const second = await push({ files: { outputs: FULL, install } });
  assert.equal(second.step['build-cache'].outputs['cache-hit'], 'true');
});

test('a gate whose name begins another one\'s has a history of its own', async () => {
  await push({ inputs: { name: 'bench-gpu' } });
  const { step } = await push({ inputs: { name: 'bench' } });
  assert.equal(step.run.outputs.restored, undefined);
});
