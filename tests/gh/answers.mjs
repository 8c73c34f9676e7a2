// GitHub's answers for what emulate does not have, in the shape of GitHub's OpenAPI description.
// Prism checks them against it in chain.test.mjs. Not for state: that is world.mjs.
import { createHash } from 'node:crypto';

/** The hash by which git knows a file of this text. */
export const shaOf = (text) => createHash('sha1').update(`blob ${Buffer.byteLength(text)}\0${text}`).digest('hex');

/** Makes answers for one repository, whose own answer is given. */
export class Answers {
  constructor(api, repository) {
    this.api = api;
    this.repository = repository;
    this.base = `${api}/repos/${repository.full_name}`;
    this.html = `https://github.com/${repository.full_name}`;
  }

  user(login, id = 583231) {
    const url = `${this.api}/users/${login}`;
    const html = `https://github.com/${login}`;
    return {
      login, id, node_id: `U_${id}`, avatar_url: `${html}.png`, gravatar_id: '', url, html_url: html,
      followers_url: `${url}/followers`, following_url: `${url}/following{/other_user}`,
      gists_url: `${url}/gists{/gist_id}`, starred_url: `${url}/starred{/owner}{/repo}`,
      subscriptions_url: `${url}/subscriptions`, organizations_url: `${url}/orgs`, repos_url: `${url}/repos`,
      events_url: `${url}/events{/privacy}`, received_events_url: `${url}/received_events`,
      type: login.endsWith('[bot]') ? 'Bot' : 'User', site_admin: false,
    };
  }

  /** The repository that a pull request's head lies in. */
  headRepository({ headRepository, headRepositoryId }) {
    if (headRepositoryId === this.repository.id) return this.repository;
    if (headRepository === null) return null;
    const [owner, name] = headRepository.split('/');
    return {
      ...this.repository, id: headRepositoryId, name, full_name: headRepository, fork: true,
      owner: this.user(owner, headRepositoryId + 1), html_url: `https://github.com/${headRepository}`,
    };
  }

  pull(pull) {
    const url = `${this.base}/pulls/${pull.number}`;
    const issue = `${this.base}/issues/${pull.number}`;
    const html = `${this.html}/pull/${pull.number}`;
    const head = this.headRepository(pull);
    const owner = head ? head.owner : this.user(pull.author);
    const link = (href) => ({ href });
    return {
      url, id: 1000 + pull.number, node_id: `PR_${pull.number}`, html_url: html, diff_url: `${html}.diff`,
      patch_url: `${html}.patch`, issue_url: issue, commits_url: `${url}/commits`,
      review_comments_url: `${url}/comments`, review_comment_url: `${url}/comments{/number}`,
      comments_url: `${issue}/comments`, statuses_url: `${this.base}/statuses/${pull.headSha}`,
      number: pull.number, state: pull.state, locked: false, title: pull.title, user: this.user(pull.author),
      body: null, labels: pull.labels.map((name, index) => this.label(name, index)), milestone: null,
      created_at: '2026-01-01T00:00:00Z', updated_at: '2026-01-01T00:00:00Z',
      closed_at: pull.state === 'closed' ? '2026-01-02T00:00:00Z' : null, merged_at: pull.mergedAt ?? null,
      merge_commit_sha: pull.mergeSha, assignee: null, assignees: [], requested_reviewers: [], requested_teams: [],
      head: {
        label: `${owner.login}:${pull.headRef}`, ref: pull.headRef, sha: pull.headSha, user: owner, repo: head,
      },
      base: {
        label: `${this.repository.owner.login}:${pull.baseRef}`, ref: pull.baseRef, sha: pull.baseSha,
        user: this.repository.owner, repo: this.repository,
      },
      _links: {
        self: link(url), html: link(html), issue: link(issue), comments: link(`${issue}/comments`),
        review_comments: link(`${url}/comments`), review_comment: link(`${url}/comments{/number}`),
        commits: link(`${url}/commits`), statuses: link(`${this.base}/statuses/${pull.headSha}`),
      },
      author_association: 'CONTRIBUTOR', auto_merge: null, draft: pull.draft,
    };
  }

  /** One pull request has more to say than a listed one. */
  wholePull(pull) {
    return {
      ...this.pull(pull), merged: Boolean(pull.mergedAt), mergeable: true, rebaseable: true, mergeable_state: 'clean',
      merged_by: null, comments: 0, review_comments: 0, maintainer_can_modify: false, commits: 1, additions: 1,
      deletions: 0, changed_files: 1,
    };
  }

  label(name, index = 0) {
    return {
      id: 100 + index, node_id: `LA_${100 + index}`, url: `${this.base}/labels/${encodeURIComponent(name)}`, name,
      description: '', color: 'ededed', default: false,
    };
  }

  issueEvent({ id, event, label, commit = null, actor, createdAt }) {
    return {
      id, node_id: `LE_${id}`, url: `${this.base}/issues/events/${id}`, actor: this.user(actor), event,
      commit_id: commit, commit_url: commit && `${this.base}/commits/${commit}`, created_at: createdAt,
      performed_via_github_app: null, ...(label ? { label: { name: label, color: 'ededed' } } : {}),
    };
  }

  commit({ sha, parents, message, date, login }) {
    const url = `${this.base}/commits/${sha}`;
    const person = { name: login, email: `${login}@example.com`, date };
    return {
      sha, node_id: `C_${sha}`, url, html_url: `${this.html}/commit/${sha}`, comments_url: `${url}/comments`,
      commit: {
        url: `${this.base}/git/commits/${sha}`, message, author: person, committer: person, comment_count: 0,
        tree: { sha, url: `${this.base}/git/trees/${sha}` },
        verification: { verified: false, reason: 'unsigned', signature: null, payload: null, verified_at: null },
      },
      author: this.user(login), committer: this.user(login),
      parents: parents.map((parent) => ({
        sha: parent, url: `${this.base}/commits/${parent}`, html_url: `${this.html}/commit/${parent}`,
      })),
    };
  }

  committedFile(path, text) {
    const [url, git, html] = [`${this.base}/contents/${path}`, `${this.base}/git/blobs/${shaOf(text)}`, `${this.html}/blob/main/${path}`];
    return {
      type: 'file', size: Buffer.byteLength(text), name: path.split('/').at(-1), path, sha: shaOf(text), url, git_url: git,
      html_url: html, download_url: `${this.html}/raw/main/${path}`, _links: { git, self: url, html },
    };
  }

  blob(text) {
    const sha = shaOf(text);
    return {
      content: Buffer.from(text).toString('base64'), encoding: 'base64', url: `${this.base}/git/blobs/${sha}`, sha,
      size: Buffer.byteLength(text), node_id: `B_${sha}`,
    };
  }

  comparison(base, head, { status, mergeBase, ahead, behindBy }, commits) {
    const html = `${this.html}/compare/${base.sha}...${head.sha}`;
    return {
      url: `${this.base}/compare/${base.sha}...${head.sha}`, html_url: html, permalink_url: html,
      diff_url: `${html}.diff`, patch_url: `${html}.patch`, base_commit: this.commit(base),
      merge_base_commit: this.commit(mergeBase), status, ahead_by: ahead.length, behind_by: behindBy,
      total_commits: ahead.length, commits: commits.map((commit) => this.commit(commit)), files: [],
    };
  }

  artifact(artifact) {
    const url = `${this.base}/actions/artifacts/${artifact.id}`;
    return {
      id: artifact.id, node_id: `A_${artifact.id}`, name: artifact.name, size_in_bytes: artifact.size, url,
      archive_download_url: `${url}/zip`, expired: artifact.expired, created_at: artifact.createdAt,
      updated_at: artifact.createdAt, expires_at: '2030-01-01T00:00:00Z', digest: artifact.digest,
      workflow_run: {
        id: artifact.runId, repository_id: this.repository.id, head_repository_id: artifact.headRepositoryId,
        head_branch: artifact.headBranch, head_sha: artifact.headSha,
      },
    };
  }

  cacheEntry({ id, createdAt, scope, key, version }) {
    return { id, ref: scope, key, version, last_accessed_at: createdAt, created_at: createdAt, size_in_bytes: 1 };
  }

  run(run) {
    const url = `${this.base}/actions/runs/${run.id}`;
    const commit = {
      id: run.headSha, tree_id: run.headSha, message: 'commit', timestamp: run.createdAt,
      author: { name: 'octocat', email: 'octocat@example.com' },
      committer: { name: 'octocat', email: 'octocat@example.com' },
    };
    return {
      id: run.id, name: run.name, node_id: `WFR_${run.id}`, head_branch: run.headBranch, head_sha: run.headSha,
      path: run.path, display_title: run.name, run_number: 1, run_attempt: run.attempt, event: run.event,
      status: run.status, conclusion: run.conclusion, workflow_id: run.workflowId, check_suite_id: 1,
      check_suite_node_id: 'CS_1', url, html_url: `${this.html}/actions/runs/${run.id}`,
      pull_requests: run.pullRequests, created_at: run.createdAt, updated_at: run.createdAt,
      actor: this.user('octocat'), triggering_actor: this.user('octocat'), run_started_at: run.createdAt,
      jobs_url: `${url}/jobs`, logs_url: `${url}/logs`, check_suite_url: `${this.base}/check-suites/1`,
      artifacts_url: `${url}/artifacts`, cancel_url: `${url}/cancel`, rerun_url: `${url}/rerun`,
      previous_attempt_url: null, workflow_url: `${this.base}/actions/workflows/${run.workflowId}`,
      head_commit: commit, repository: this.repository, head_repository: this.headRepository(run),
    };
  }
}
