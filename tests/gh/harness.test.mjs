// Tests of the harness itself, with an action that has a step for each rule of the runner.
import assert from 'node:assert/strict';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { CommandReader, readPairs } from './commands.mjs';
import { readAction, runComposite } from './harness.mjs';
import { Job } from './job.mjs';
import { machineOf } from './machine.mjs';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const TOKEN = 'ghs_secret';
let folder;
let count = 0;

before(async () => (folder = await mkdtemp(join(tmpdir(), 'harness-'))));
after(() => rm(folder, { recursive: true, force: true }));

async function jobIn(name) {
  const job = new Job({
    id: 'test', folder: join(folder, name), github: { repository: 'octocat/model-bench', event_name: 'push' },
    event: { ref: 'refs/heads/main' }, token: TOKEN, machine: machineOf(), contexts: {},
  });
  await cp(here('fixtures/workspace'), job.workspace, { recursive: true });
  return job;
}

async function runFixture(inputs, options = {}) {
  const job = await jobIn(`fixture-${count++}`);
  const given = [];
  const entry = async ({ inputs: texts }) => {
    given.push(texts);
    return { outputs: { given: texts.text }, post: () => given.push('post') };
  };
  const action = await readAction(here('fixtures/action'));
  return { given, ...(await runComposite({ action, job, inputs, env: { OUTER: 'outer' }, uses: { 'some/entry': entry }, ...options })) };
}

/** Runs an action made of one text. */
async function runText(steps, { outputs = '' } = {}) {
  const name = `text-${count++}`;
  const job = await jobIn(name);
  const lines = `name: n\ndescription: d\n${outputs}runs:\n  using: composite\n  steps:\n${steps}`;
  await writeFile(join(job.folder, 'action.yml'), lines);
  return runComposite({ action: await readAction(job.folder), job });
}

test('an action runs step by step as on a runner', async () => {
  const { status, outputs, given, summary, annotations, log, step } = await runFixture({ GREETING: 'hello' });
  assert.equal(status, 'success');
  assert.deepEqual(outputs, {
    said: 'hello\nname=value', seen: 'tool kept none none outer', outcomes: 'failure success skipped',
    below: 'text of a file', python: '2', core: 'exported core-tool true', handed: 'hello!',
  });
  assert.deepEqual(given, [{ text: 'hello!', number: '3' }, 'post']);
  assert.match(summary, /^# A summary\n<h1>By core<\/h1>/);
  assert.deepEqual(annotations, [
    { level: 'warning', message: 'two\nlines, 50%', file: 'a,b.txt', line: '3' },
    { level: 'warning', message: 'by core: 1,2', title: 'T' },
  ]);
  assert.match(log, /the token is \*\*\*/);
  assert.ok(!log.includes(TOKEN));
  assert.ok(!log.includes('not reached'));
  assert.equal(step['on-failure'].outcome, 'skipped');
});

test('a failed step fails the action, conditions decide what runs after it, and outputs are there', async () => {
  const { status, outputs, step, annotations, runnerErrors } = await runFixture({ greeting: 'hello', fail: 'true' });
  assert.equal(status, 'failure');
  assert.equal(outputs.said, 'hello\nname=value');
  const outcomes = ['breaks', 'after-failure', 'on-failure', 'entry'].map((id) => step[id].outcome);
  assert.deepEqual(outcomes, ['failure', 'skipped', 'success', 'success']);
  assert.deepEqual(annotations.filter(({ level }) => level === 'error'), [{ level: 'error', message: 'broken', title: 'Bad' }]);
  assert.ok(runnerErrors.includes('Process completed with exit code 3.'));
  assert.ok(runnerErrors.some((error) => error.includes("Matching delimiter not found 'X'")));
});

test('a required input that is not given is empty, and an unknown one only warns', async () => {
  const { status, outputs, annotations } = await runFixture({ greting: 'typo' });
  assert.equal(status, 'success');
  assert.equal(outputs.said, '\nname=value');
  assert.match(annotations.at(0).message, /^Unexpected input\(s\) 'greting', valid inputs are \['greeting', /);
});

test('a condition that cannot be evaluated stops the action', async () => {
  const { status, steps } = await runText(`    - id: bad
      if: \${{ fromJSON('{') }}
      shell: bash
      run: exit 0
    - id: later
      if: always()
      shell: bash
      run: exit 0
`);
  assert.equal(status, 'failure');
  assert.deepEqual(steps.map(({ id }) => id), ['bad']);
});

test('a step without an entry fails, and what the parser refuses is an error', async () => {
  const { status, runnerErrors } = await runText('    - uses: nobody/knows@v1\n');
  assert.equal(status, 'failure');
  assert.match(runnerErrors[0], /no implementation for `uses: nobody\/knows@v1`/);
  await assert.rejects(runText('    - run: exit 0\n'), /shell/);
  await assert.rejects(runText('    - run: ${{ secrets.TOKEN }}\n      shell: bash\n'), /secrets/);
});

test('a summary over the limit is dropped with an error, NODE_OPTIONS is refused', async () => {
  const { summary, annotations, status } = await runText(`    - shell: bash
      run: head -c 1048577 /dev/zero | tr '\\0' x >>"$GITHUB_STEP_SUMMARY"
    - shell: bash
      run: echo "NODE_OPTIONS=x" >>"$GITHUB_ENV"
`);
  assert.equal(summary, '');
  assert.match(annotations[0].message, /upload aborted/);
  assert.equal(status, 'failure');
});

test('command files are read as the runner reads them', () => {
  assert.deepEqual(readPairs('a=1\nb=x=y<<z\nc<<E\n1\n\n2\nE\nd=\n'), [
    ['a', '1'], ['b', 'x=y<<z'], ['c', '1\n\n2'], ['d', ''],
  ]);
  assert.throws(() => readPairs('text'), /Invalid format/);
  assert.throws(() => readPairs('a<<\n\n'), /Delimiter must not be empty/);
  assert.throws(() => readPairs('=1'), /Name must not be empty/);
});

test('commands are read as the runner reads them', () => {
  const reader = new CommandReader();
  const lines = [
    '::error title=a:b%2C c%253A,line=2::text: 1::2', '  ::notice::indented', 'text ::error::within a line',
    '::stop-commands::token', '::error::stopped', '::token::', '::add-mask::secret', '::unknown::x',
  ];
  assert.deepEqual(lines.map((line) => reader.read(line)), [true, true, false, true, false, false, true, false]);
  assert.deepEqual(reader.annotations, [
    { level: 'error', message: 'text: 1::2', title: 'a:b, c%3A', line: '2' }, { level: 'notice', message: 'indented' },
  ]);
  assert.deepEqual(reader.masks, ['secret']);
});
