// A client of the Actions cache that is GitHub's own, run as a program of its own against cache-server.mjs.
// For what keys, restore keys and paths mean; cache-memory.mjs is faster and does the same.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { runProgram } from './net.mjs';

const CLIENT = fileURLToPath(new URL('cache/client.mjs', import.meta.url));
const MODULES = fileURLToPath(new URL('cache/node_modules', import.meta.url));

/** Whether the packages of the folder `cache` are installed. */
export function isRealCacheInstalled() {
  return existsSync(MODULES);
}

export class RealCache {
  /** `server` is that of `startCacheServer`. */
  constructor(server) {
    this.server = server;
  }

  async restore({ job, paths, key, restoreKeys }) {
    return (await this.call(job, { operation: 'restore', paths, key, restoreKeys })).matchedKey;
  }

  async save({ job, paths, key }) {
    const { id, lines } = await this.call(job, { operation: 'save', paths, key });
    if (id !== -1) return undefined;
    return lines.find((line) => line.includes('Failed to save:'))?.replace(/^.*Failed to save: /, '') ?? 'unknown';
  }

  async call(job, request) {
    this.server.state.access = job.cacheScopes;
    const scope = 'Actions.Results:11111111-1111-1111-1111-111111111111:22222222-2222-2222-2222-222222222222';
    const encode = (part) => Buffer.from(JSON.stringify(part)).toString('base64url');
    const lines = [];
    const code = await runProgram(process.execPath, [CLIENT, JSON.stringify(request)], {
      cwd: job.workspace,
      env: {
        PATH: process.env.PATH, HOME: job.home, RUNNER_TEMP: job.temp, GITHUB_WORKSPACE: job.workspace,
        ACTIONS_CACHE_SERVICE_V2: 'true', ACTIONS_RESULTS_URL: `${this.server.url}/`,
        ACTIONS_RUNTIME_TOKEN: `${encode({ alg: 'none' })}.${encode({ scp: scope })}.`,
      },
      seconds: 60,
      onLine: (line) => (lines.push(line), job.log(line)),
    });
    if (code !== 0) throw new Error(lines.filter((line) => line.includes('Error')).join('\n') || `exit code ${code}`);
    return { ...JSON.parse(lines.findLast((line) => line.startsWith('{'))), lines };
  }
}
