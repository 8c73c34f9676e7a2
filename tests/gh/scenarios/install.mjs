// Installing: by checksum, from the tool cache, as given; and what is refused before anything is executed.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import { appendFile, chmod, copyFile, cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { results, withHistory } from '../benchgate.mjs';

const run = promisify(execFile);
const root = new URL('../../..', import.meta.url).pathname;
const target = process.arch === 'arm64' ? 'aarch64-unknown-linux-gnu' : 'x86_64-unknown-linux-gnu';

/** A copy of the action whose checksums name a release that a server on loopback offers. */
async function release(open, { sum = (real) => real, machine = {}, files = ['benchgate'] } = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'release-'));
  const action = join(folder, 'action');
  await mkdir(join(action, 'scripts'), { recursive: true });
  await copyFile(join(root, 'action.yml'), join(action, 'action.yml'));
  await cp(join(root, 'scripts/action'), join(action, 'scripts/action'), { recursive: true });
  await copyFile(process.env.BENCHGATE_BINARY, join(folder, 'benchgate'));
  await chmod(join(folder, 'benchgate'), 0o755);
  await writeFile(join(folder, 'other'), 'another file');
  await run('tar', ['-czf', 'archive.tar.gz', ...files], { cwd: folder });
  const archive = await readFile(join(folder, 'archive.tar.gz'));
  const real = createHash('sha256').update(archive).digest('hex');
  await appendFile(join(action, 'scripts/action/checksums'), `0.1.0 ${target} ${sum(real)}\n`);
  const asked = [];
  const server = createServer((request, response) => {
    asked.push(request.url);
    response.end(archive);
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address();
  const variables = { BENCHGATE_DOWNLOAD_URL: `http://127.0.0.1:${port}`, ...machine.variables };
  const scene = await open({ action, inputs: { 'binary-path': '', results: 'results/*.json' }, machine: { ...machine, variables } });
  await withHistory(scene, { isCached: false });
  const close = async () => {
    server.close();
    await rm(folder, { recursive: true, force: true });
  };
  return { scene, asked, close };
}

const files = { 'results/a.json': results() };

export default {
  async 'a release is downloaded by its checksum, and the next run finds it in the tool cache'({ open }) {
    const tools = await mkdtemp(join(tmpdir(), 'tools-'));
    const { scene, asked, close } = await release(open);
    try {
      for (const how of ['download', 'cached']) {
        // Two jobs on one self-hosted runner.
        const result = await scene.runAction({ event: scene.events.push({}), files, env: { RUNNER_TOOL_CACHE: tools } });
        assert.equal(result.status, 'success', result.log);
        assert.equal(result.step.install.outputs.how, how);
      }
      assert.deepEqual(asked, [`/v0.1.0/benchgate-0.1.0-${target}.tar.gz`]);
    } finally {
      await close();
      await rm(tools, { recursive: true, force: true });
    }
  },

  async 'a wrong checksum stops before anything is unpacked'({ open }) {
    const { scene, close } = await release(open, { sum: (real) => real.replace(/^./, (digit) => (digit === '0' ? '1' : '0')) });
    try {
      const result = await scene.runAction({ event: scene.events.push({}), files });
      assert.equal(result.status, 'failure');
      assert.match(JSON.stringify(result.annotations), /has SHA-256 .* and this release of the action expects .* it was not unpacked/);
      assert.equal(result.outputs['exit-code'], '');
    } finally {
      await close();
    }
  },

  async 'versions without a checksum, strange versions, platforms and names are refused before a download'({ open }) {
    const { scene, asked, close } = await release(open);
    try {
      for (const [inputs, words] of [
        [{ version: '9.9.9' }, /knows no checksum for version 9\.9\.9/],
        [{ version: '1; rm -rf /' }, /not of the form 1\.2\.3/],
        [{ version: '../../x' }, /not of the form 1\.2\.3/],
        [{ 'binary-path': 'nowhere/benchgate' }, /no file at binary-path/],
        [{ 'binary-path': '/bin/ls' }, /does not answer --version as benchgate does/],
        [{ name: 'a,b' }, /name may hold letters/],
      ]) {
        const result = await scene.runAction({ event: scene.events.push({}), inputs, files });
        assert.equal(result.status, 'failure');
        assert.match(JSON.stringify(result.annotations), words);
      }
      assert.deepEqual(asked, []);
    } finally {
      await close();
    }
  },

  async 'without a release it is built from source, once: the next run finds the build in the cache'({ open }) {
    const tools = await mkdtemp(join(tmpdir(), 'cargo-'));
    try {
      // Stands in for ten minutes of compiling: what it is asked for, and a binary where that belongs.
      const cargo = `#!/bin/bash\necho "cargo $*"\nwhile [ "$1" != --root ]; do shift; done\nmkdir -p "$2/bin"\ncp ${process.env.BENCHGATE_BINARY} "$2/bin/benchgate"\n`;
      await writeFile(join(tools, 'cargo'), cargo, { mode: 0o755 });
      const scene = await open({ inputs: { 'binary-path': '', results: 'results/*.json' }, machine: { path: [tools] } });
      await withHistory(scene, { isCached: false });
      for (const built of ['true', 'false']) {
        const result = await scene.runAction({ event: scene.events.push({}), files });
        assert.equal(result.status, 'success', result.log);
        assert.equal(result.step.install.outputs.how, 'build');
        assert.equal(result.step.build.outputs.built, built);
        if (built === 'true') assert.match(result.log, /cargo install --locked/);
      }
    } finally {
      await rm(tools, { recursive: true, force: true });
    }
  },

  async 'a build that fails is a clear error'({ open }) {
    const tools = await mkdtemp(join(tmpdir(), 'cargo-'));
    try {
      await writeFile(join(tools, 'cargo'), '#!/bin/sh\nexit 101\n', { mode: 0o755 });
      const scene = await open({ inputs: { 'binary-path': '', results: 'results/*.json' }, machine: { path: [tools] } });
      const result = await scene.runAction({ event: scene.events.push({ sha: 'a'.repeat(40) }), files });
      assert.equal(result.status, 'failure');
      assert.match(JSON.stringify(result.annotations), /could not be built from source/);
      assert.match(JSON.stringify(result.annotations), /did not get as far as a verdict/);
    } finally {
      await rm(tools, { recursive: true, force: true });
    }
  },

  async 'a given binary is used as it is, and is on the PATH of later steps'({ open }) {
    const scene = await open();
    await withHistory(scene, { isCached: false });
    const result = await scene.runAction({ event: scene.events.push({}), inputs: { results: 'results/*.json' }, files });
    assert.equal(result.step.install.outputs.how, 'given');
    assert.match(JSON.stringify(scene.jobs[0].addedPaths), /debug|release|bin/);
  },
};
