// What actions/cache, actions/cache/restore and actions/cache/save (v5) do, on top of a cache client.
// On a miss `cache-hit` is empty, on a prefix match it is 'false'; trouble with saving only warns.
import { linesOf } from './files.mjs';

/** The entries of the `uses:` table; `cache` is a MemoryCache or RealCache. */
export function cacheActions(cache) {
  return { 'actions/cache/restore': restoreWith(cache), 'actions/cache/save': saveWith(cache), 'actions/cache': both(cache) };
}

function restoreWith(cache) {
  return async ({ inputs, job }) => {
    const paths = required(inputs, 'path');
    const key = required(inputs, 'key')[0];
    checkKey(key);
    const restoreKeys = linesOf(inputs['restore-keys']);
    const outputs = { 'cache-primary-key': key };
    const matched = await cache.restore({ job, paths, key, restoreKeys });
    if (!matched) {
      if (inputs['fail-on-cache-miss'] === 'true') throw new Error(`Failed to restore cache entry. Exiting as fail-on-cache-miss is set. Input key: ${key}`);
      job.log(`Cache not found for input keys: ${[key, ...restoreKeys].join(', ')}`);
      return { outputs };
    }
    job.log(`Cache restored from key: ${matched}`);
    return { outputs: { ...outputs, 'cache-hit': String(matched === key), 'cache-matched-key': matched } };
  };
}

function saveWith(cache) {
  return async ({ inputs, job }) => {
    const paths = required(inputs, 'path');
    const key = required(inputs, 'key')[0];
    try {
      checkKey(key);
      const failure = await cache.save({ job, paths, key });
      if (!failure) return void job.log(`Cache saved with key: ${key}`);
      job.log(`Failed to save: ${failure}`);
    } catch (error) {
      return void job.log(`[warning]${error.message}`);
    }
    job.annotate('warning', 'Cache save failed.');
    return undefined;
  };
}

/** Restores, and saves after a job that succeeded unless the key was there. */
function both(cache) {
  return async (call) => {
    const { outputs } = await restoreWith(cache)(call);
    const post = async ({ status }) => {
      if (status === 'success' && outputs['cache-hit'] !== 'true') await saveWith(cache)(call);
    };
    const { 'cache-hit': hit } = outputs;
    return { outputs: hit === undefined ? {} : { 'cache-hit': hit }, post };
  };
}

function required(inputs, name) {
  const lines = linesOf(inputs[name]);
  if (lines.length === 0) throw new Error(`Input required and not supplied: ${name}`);
  return lines;
}

function checkKey(key) {
  if (key.length > 512) throw new Error(`Key Validation Error: ${key} cannot be larger than 512 characters.`);
  if (key.includes(',')) throw new Error(`Key Validation Error: ${key} cannot contain commas.`);
}
