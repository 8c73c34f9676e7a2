// The table of what `uses:` steps do in tests, by `owner/repository/path` without the version.
// Not benchgate's own action: that is really run.
import { cp, mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { artifactActions } from './uses-artifacts.mjs';
import { cacheActions } from './uses-cache.mjs';

/**
 * `cache` is a MemoryCache or RealCache; `repository` the folder that a checkout copies, or a function that chooses one
 * by the inputs of actions/checkout and the job.
 */
export function usesTable({ cache, repository }) {
  return { ...cacheActions(cache), ...artifactActions, 'actions/checkout': checkoutOf(repository) };
}

function checkoutOf(repository) {
  return async ({ inputs, job }) => {
    const source = typeof repository === 'function' ? repository({ inputs, job }) : repository;
    if (!source) throw new Error('the scene has no repository to check out');
    const target = join(job.workspace, inputs.path || '.');
    await mkdir(target, { recursive: true });
    for (const name of await readdir(target)) await rm(join(target, name), { recursive: true });
    await cp(source, target, { recursive: true });
    const { sha, ref } = job.github;
    return { outputs: { commit: inputs.ref || sha, ref: inputs.ref || ref } };
  };
}

/** An entry that does nothing, for actions that do not matter to a test. */
export async function nothing() {
  return {};
}
