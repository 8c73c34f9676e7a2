// What triggers a run: for each event the payload, the parts of the github context that follow from it, the scopes of
// the cache, and whether the token is read-only. Shapes as GitHub sends them, as far as an action reads them.
import { Answers } from './answers.mjs';

const MAIN = 'refs/heads/main';

/** Builders of events for a world; `api` is the address of GitHub's API. */
export function eventsOf(world, api) {
  const answers = new Answers(api, world.repository);
  const { repository } = world;
  const common = (sender) => ({ repository, sender: answers.user(sender) });
  const scopes = (current, ...others) => ({ current, readable: [...new Set([current, ...others, MAIN])], isReadOnly: false });
  const branchOf = (ref) => ref.replace('refs/heads/', '');

  /** On the default branch, with its newest commit. */
  const onMain = (name, payload, more = {}) => ({
    name, payload: { ...common('octocat'), ...payload }, cacheScopes: scopes(MAIN),
    github: { ref: MAIN, ref_name: 'main', ref_type: 'branch', sha: world.graph.branches.get('main') ?? '0'.repeat(40) },
    ...more,
  });

  return {
    /** Adds the pull request to the world unless it is there. The sha of the run is that of the merge commit. */
    async pullRequest({ number = 7, action = 'synchronize', label, mergeSha = 'feed'.repeat(10), event = 'pull_request', ...rest }) {
      const pull = world.pulls.get(number) ?? (await world.addPull({ number, mergeSha, ...rest }));
      const { headRef, baseRef, author } = pull;
      const isFork = pull.headRepositoryId !== repository.id;
      const ref = `refs/pull/${number}/merge`;
      return {
        name: event, isReadOnly: isFork && event === 'pull_request',
        payload: { action, number, ...(label ? { label: answers.label(label) } : {}), pull_request: answers.wholePull(pull), ...common(author) },
        github: { ref, ref_name: `${number}/merge`, ref_type: 'branch', sha: mergeSha, head_ref: headRef, base_ref: baseRef },
        cacheScopes: scopes(ref, `refs/heads/${baseRef}`),
      };
    },

    push({ branch = 'main', sha = world.graph.branches.get(branch), before = '0'.repeat(40), forced = false }) {
      const ref = `refs/heads/${branch}`;
      const head = { id: sha, message: 'a commit', timestamp: '2026-01-02T00:00:00Z', author: { name: 'octocat' } };
      const payload = { ref, before, after: sha, created: /^0+$/.test(before), deleted: false, forced, head_commit: head, commits: [head] };
      return {
        name: 'push', payload: { ...payload, ...common('octocat') }, cacheScopes: scopes(ref),
        github: { ref, ref_name: branch, ref_type: 'branch', sha },
      };
    },

    mergeGroup({ baseSha, headSha, baseRef = 'main', number = 7 }) {
      const ref = `refs/heads/gh-readonly-queue/${baseRef}/pr-${number}-${baseSha}`;
      const group = { head_sha: headSha, head_ref: ref, base_sha: baseSha, base_ref: `refs/heads/${baseRef}`, head_commit: { id: headSha } };
      return {
        name: 'merge_group', payload: { action: 'checks_requested', merge_group: group, ...common('octocat') },
        github: { ref, ref_name: branchOf(ref), ref_type: 'branch', sha: headSha }, cacheScopes: scopes(ref, `refs/heads/${baseRef}`),
      };
    },

    /** After another run, given as in `world.addRun` (or by its id). Its cache is read-only if a fork started it. */
    workflowRun({ id, ...rest }) {
      const run = world.runs.get(id) ?? world.addRun({ id, event: 'pull_request', ...rest });
      const isFork = run.headRepositoryId !== repository.id;
      const payload = { action: 'completed', workflow_run: answers.run(run), workflow: { id: run.workflowId, name: run.name, path: run.path } };
      return onMain('workflow_run', payload, { cacheScopes: { ...scopes(MAIN), isReadOnly: isFork } });
    },

    schedule({ cron = '17 4 * * *' } = {}) {
      return onMain('schedule', { schedule: cron });
    },

    dispatch({ inputs = {} } = {}) {
      return onMain('workflow_dispatch', { inputs, ref: MAIN });
    },
  };
}
