// One job instance on a runner: its folders, its environment, and everything its steps left behind.
// Not for deciding what runs: that is steps.mjs.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Keys of the github context that steps also see as GITHUB_* variables, as the runner lists them. */
const EXPORTED = [
  'action', 'action_path', 'action_ref', 'action_repository', 'actor', 'actor_id', 'api_url', 'base_ref', 'event_name',
  'event_path', 'graphql_url', 'head_ref', 'job', 'ref', 'ref_name', 'ref_protected', 'ref_type', 'repository',
  'repository_id', 'repository_owner', 'repository_owner_id', 'retention_days', 'run_attempt', 'run_id', 'run_number',
  'server_url', 'sha', 'triggering_actor', 'workflow', 'workflow_ref', 'workflow_sha', 'workspace',
];

export class Job {
  /**
   * `folder` is the instance's own; `github` the context, without what depends on the folder; `machine` says what the
   * runner itself passes on: `{path, variables, os, arch}`.
   */
  constructor({ id, folder, github, event, token, machine, world, cacheScopes, contexts = {} }) {
    Object.assign(this, { id, folder, event, token, machine, world, cacheScopes, contexts });
    this.workspace = join(folder, 'workspace');
    this.temp = join(folder, 'temp');
    this.home = join(folder, 'home');
    this.toolCache = join(folder, 'tools');
    const eventPath = join(this.temp, '_github_workflow', 'event.json');
    this.github = { ...github, job: id, token, event, workspace: this.workspace, event_path: eventPath };
    this.runner = {
      os: machine.os, arch: machine.arch, name: 'test', environment: 'self-hosted', temp: this.temp,
      tool_cache: this.toolCache, debug: '',
    };
    /** From `env:` of workflow and job, then what steps wrote to GITHUB_ENV. */
    this.env = {};
    this.addedPaths = [];
    this.status = 'success';
    this.posts = [];
    this.rawLog = [];
    this.masks = [token];
    this.annotations = [];
    this.runnerErrors = [];
    this.summary = '';
    this.uploads = 0;
  }

  async prepare() {
    for (const folder of [this.workspace, join(this.temp, '_github_workflow'), this.home, this.toolCache]) {
      await mkdir(folder, { recursive: true });
    }
    await writeFile(this.github.event_path, JSON.stringify(this.event, null, 2));
  }

  /** The variables of a `run:` step, from empty, without those of `env:` and the command files. */
  variables(github) {
    const known = Object.fromEntries(EXPORTED.map((key) => [`GITHUB_${key.toUpperCase()}`, github[key]]));
    const shown = Object.entries(known).filter(([, value]) => value !== undefined && value !== null);
    return {
      ...this.machine.variables,
      PATH: [...this.addedPaths, this.machine.path].join(':'),
      HOME: this.home, LANG: 'C.UTF-8', CI: 'true', GITHUB_ACTIONS: 'true',
      RUNNER_OS: this.runner.os, RUNNER_ARCH: this.runner.arch, RUNNER_NAME: this.runner.name,
      RUNNER_TEMP: this.temp, RUNNER_TOOL_CACHE: this.toolCache, RUNNER_ENVIRONMENT: 'self-hosted',
      ...Object.fromEntries(shown.map(([key, value]) => [key, String(value)])),
    };
  }

  log(line) {
    this.rawLog.push(line);
  }

  /** An annotation made by an action rather than by a command. */
  annotate(level, message) {
    this.annotations.push({ level, message });
    this.log(`##[${level}]${message}`);
  }

  /** The log as GitHub shows it. */
  get maskedLog() {
    const hidden = this.masks.filter(Boolean).sort((a, b) => b.length - a.length);
    return hidden.reduce((text, mask) => text.replaceAll(mask, '***'), this.rawLog.join('\n'));
  }
}
