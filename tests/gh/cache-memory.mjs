// A client of the Actions cache that keeps files in memory: as the real one of cache-real.mjs, but without its second
// per call. Both have `restore` and `save`.
import { createHash } from 'node:crypto';
import { chmod, mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { filesBelow } from './files.mjs';

export class MemoryCache {
  constructor(store) {
    this.store = store;
  }

  /** Puts the files of the found entry back in place; gives its key. */
  async restore({ job, paths, key, restoreKeys }) {
    const { readable } = job.cacheScopes;
    const found = this.store.find({ scopes: readable, key, restoreKeys, version: versionOf(paths, job) });
    for (const { path, bytes, mode } of found?.content ?? []) {
      const target = path.replace('<runner>', job.folder);
      await mkdir(dirname(target), { recursive: true });
      await writeFile(target, bytes);
      await chmod(target, mode);
    }
    return found?.key;
  }

  /** Keeps the files; gives what a failure is called, or undefined. */
  async save({ job, paths, key }) {
    const content = [];
    for (const path of paths) {
      for (const file of await filesBelow(resolve(job.workspace, path))) {
        const { mode } = await stat(file);
        content.push({ path: file.replace(job.folder, '<runner>'), bytes: await readFile(file), mode });
      }
    }
    if (content.length === 0) throw new Error('Path Validation Error: Path(s) specified in the action for caching do(es) not exist, hence no cache is being saved.');
    const { current, isReadOnly } = job.cacheScopes;
    const isAdded = !isReadOnly && this.store.add({ scope: current, key, version: versionOf(paths, job), content });
    return isAdded ? undefined : `Unable to reserve cache with key ${key}, another job may be creating this cache.`;
  }
}

/** Entries fit only a restore with the same paths; every runner has its folders in the same place. */
function versionOf(paths, job) {
  const places = paths.map((path) => path.replace(job.folder, '<runner>'));
  return createHash('sha256').update(places.join('|')).digest('hex');
}
