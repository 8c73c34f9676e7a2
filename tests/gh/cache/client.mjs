// Saves or restores with GitHub's own cache client: node client.mjs '{"operation", "paths", "key", "restoreKeys"}'.
// The last line of its output is the result as JSON. Started by ../cache-real.mjs with an environment of its own.
import { restoreCache, saveCache } from '@actions/cache';

const { operation, paths, key, restoreKeys } = JSON.parse(process.argv[2]);
const result = operation === 'save'
  ? { id: await saveCache(paths, key) }
  : { matchedKey: await restoreCache(paths, key, restoreKeys) };
console.log(`\n${JSON.stringify(result)}`);
