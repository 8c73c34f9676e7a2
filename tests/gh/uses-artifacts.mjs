// What actions/upload-artifact (v7) and actions/download-artifact (v8) do, with the world's artifacts as their store.
// Not modelled: exclusions (`!pattern`), retention, digests of downloads.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { filesOf, linesOf, searchPath } from './files.mjs';
import { unzip } from './zip.mjs';

export const artifactActions = { 'actions/upload-artifact': upload, 'actions/download-artifact': download };

async function upload({ inputs, job }) {
  const name = inputs.name || 'artifact';
  const bad = name.match(/["<>:|*?\r\n\\/]/);
  if (bad) throw new Error(`The artifact name is not valid: ${name}. Contains the following character: ${JSON.stringify(bad[0])}`);
  const patterns = linesOf(inputs.path).map((path) => resolve(job.workspace, path));
  if (patterns.length === 0) throw new Error('Input required and not supplied: path');
  const isHiddenSkipped = inputs['include-hidden-files'] !== 'true';
  const found = await Promise.all(patterns.map((pattern) => filesOf(pattern, { isHiddenSkipped })));
  const files = [...new Set(found.flat())];
  if (files.length === 0) return void nothingFound(inputs, job);

  const root = rootOf(patterns, files);
  const contents = {};
  for (const file of files) contents[relative(root, file)] = await readFile(file);
  const { world, github, event } = job;
  const { run_id: runId, run_attempt: attempt } = github;
  const same = world.artifacts.filter((one) => one.runId === Number(runId) && one.name === name && one.attempt === attempt);
  if (same.length > 0 && inputs.overwrite !== 'true') {
    throw new Error('Failed to CreateArtifact: Received non-retryable error: Failed request: (409) Conflict: an artifact with this name already exists on the workflow run');
  }
  world.artifacts = world.artifacts.filter((one) => !same.includes(one));
  const pull = event.pull_request;
  const createdAt = new Date().toISOString().replace(/\.\d+Z$/, 'Z');
  const artifact = world.addArtifact({ createdAt,
    runId: Number(runId), name, files: contents, headBranch: pull?.head.ref ?? github.ref_name,
    headSha: pull?.head.sha ?? github.sha, headRepositoryId: pull?.head.repo?.id,
  });
  artifact.attempt = attempt;
  job.log(`Artifact ${name} has been successfully uploaded! Artifact ID is ${artifact.id}`);
  const url = `${github.server_url}/${github.repository}/actions/runs/${runId}/artifacts/${artifact.id}`;
  return { outputs: { 'artifact-id': String(artifact.id), 'artifact-url': url, 'artifact-digest': artifact.digest.split(':')[1] } };
}

function nothingFound(inputs, job) {
  const message = `No files were found with the provided path: ${inputs.path}. No artifacts will be uploaded.`;
  const how = inputs['if-no-files-found'] || 'warn';
  if (how === 'error') throw new Error(message);
  if (how === 'warn') job.annotate('warning', message);
  else job.log(message);
}

/** One file: its folder; one pattern: where the search began; several: the closest folder that they share. */
function rootOf(patterns, files) {
  if (patterns.length === 1) return files.length === 1 && files[0] === patterns[0] ? dirname(files[0]) : searchPath(patterns[0]);
  const split = patterns.map((pattern) => searchPath(pattern).split(sep));
  let shared = 0;
  while (split.every((parts) => parts[shared] !== undefined && parts[shared] === split[0][shared])) shared += 1;
  const root = split[0].slice(0, shared).join(sep) || sep;
  return files.length === 1 && files[0] === root ? dirname(root) : root;
}

/** By name into the folder itself; by pattern or all, each into a folder of its name, unless `merge-multiple`. */
async function download({ inputs, job }) {
  const { world } = job;
  const runId = Number(inputs['run-id'] || job.github.run_id);
  if (runId !== Number(job.github.run_id)) checkToken(world, inputs['github-token'] || job.token);
  const folder = resolve(job.workspace, inputs.path || '.');
  const newest = new Map(world.artifacts.filter((one) => one.runId === runId && !one.expired).map((one) => [one.name, one]));
  if (inputs.name && !newest.has(inputs.name)) {
    throw new Error(`Unable to download artifact(s): Artifact not found for name: ${inputs.name}`);
  }
  const pattern = inputs.pattern && new RegExp(`^${inputs.pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*')}$`);
  const chosen = [...newest.values()].filter((one) => (inputs.name ? one.name === inputs.name : !pattern || pattern.test(one.name)));
  const isFlat = inputs.name || inputs['merge-multiple'] === 'true';
  for (const artifact of chosen) {
    for (const [path, bytes] of Object.entries(unzip(artifact.zipBytes))) {
      const target = join(folder, isFlat ? '' : basename(artifact.name), path);
      await mkdir(dirname(target), { recursive: true });
      await writeFile(target, bytes);
    }
  }
  job.log(`Total of ${chosen.length} artifact(s) downloaded`);
  return { outputs: { 'download-path': folder } };
}

/** Another run's artifacts come through the API. */
function checkToken(world, token) {
  const granted = world.tokens.get(token);
  if (granted && !granted.actions) throw new Error('Unable to download artifact(s): Resource not accessible by integration');
}
