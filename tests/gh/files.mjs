// Files below folders and by pattern, as actions that take `path` inputs need them. Not a full glob: `*`, `**`, `?`.
import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** All files below a folder, or the file itself; none where there is nothing. Sorted. */
export async function filesBelow(path, { isHiddenSkipped = false } = {}) {
  if (isHiddenSkipped && basename(path).startsWith('.')) return [];
  const found = await stat(path).catch(() => undefined);
  if (!found) return [];
  if (!found.isDirectory()) return [path];
  const names = (await readdir(path)).sort();
  const nested = await Promise.all(names.map((name) => filesBelow(join(path, name), { isHiddenSkipped })));
  return nested.flat();
}

/** The fixed beginning of a pattern: the pattern itself where it has no wildcard. */
export function searchPath(pattern) {
  let path = pattern;
  while (/[*?]/.test(path)) path = dirname(path);
  return path;
}

/** The files that an absolute pattern means; a folder means everything below it. */
export async function filesOf(pattern, options) {
  const base = searchPath(pattern);
  const files = await filesBelow(base, options);
  if (base === pattern) return files;
  const expression = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replace(/\*\*\/|\*\*|\*|\?/g, (wild) => ({ '**/': '(?:.*/)?', '**': '.*', '*': '[^/]*', '?': '[^/]' })[wild]);
  // A pattern that matches a folder takes in what is below it.
  const matcher = new RegExp(`^${expression}(/.*)?$`);
  return files.filter((file) => matcher.test(file));
}

/** The lines of a multi-line input. */
export function linesOf(text = '') {
  return text.split('\n').map((line) => line.trim()).filter(Boolean);
}
