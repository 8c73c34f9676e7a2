// A repository's commits and branches, and what GitHub's compare and commit list say about them.
// Not git: commits have a sha, parents, a date and a message, nothing else.

export class CommitGraph {
  constructor() {
    this.commits = new Map();
    this.branches = new Map();
  }

  /** Adds commits in order, oldest first, on top of `from`, and lets the branch point at the last one. */
  line(branch, shas, { from = this.branches.get(branch) } = {}) {
    let parent = from;
    for (const sha of shas) {
      this.add(sha, { parents: parent ? [parent] : [] });
      parent = sha;
    }
    this.branches.set(branch, parent);
    return this;
  }

  /** Adds one commit; with two parents it is a merge. Each is a minute younger than the one before. */
  add(sha, { parents = [], message = `commit ${sha.slice(0, 7)}`, date, login = 'octocat' } = {}) {
    if (this.commits.has(sha)) return;
    const born = date ?? new Date(Date.UTC(2026, 0, 1) + this.commits.size * 60_000).toISOString();
    this.commits.set(sha, { sha, parents, message, login, date: born.replace(/\.\d+Z$/, 'Z') });
  }

  /** The commit that a sha or a branch name (also as `owner:branch` or `refs/heads/branch`) stands for. */
  resolve(name) {
    const branch = name.replace(/^[^:]+:/, '').replace(/^refs\/heads\//, '');
    return this.commits.get(name) ?? this.commits.get(this.branches.get(branch));
  }

  /** A commit and everything it was made from, newest first. */
  history(commit) {
    const seen = new Set();
    const waiting = [commit.sha];
    while (waiting.length > 0) {
      const sha = waiting.pop();
      if (seen.has(sha) || !this.commits.has(sha)) continue;
      seen.add(sha);
      waiting.push(...this.commits.get(sha).parents);
    }
    // Commits were added parents first.
    return [...this.commits.values()].filter(({ sha }) => seen.has(sha)).reverse();
  }

  /** What lies between two commits, or undefined where they have nothing in common. */
  compare(base, head) {
    const ofBase = new Set(this.history(base));
    const ofHead = this.history(head);
    const mergeBase = ofHead.find((commit) => ofBase.has(commit));
    if (!mergeBase) return undefined;
    const ahead = ofHead.filter((commit) => !ofBase.has(commit)).reverse();
    const inHead = new Set(ofHead);
    const behind = [...ofBase].filter((commit) => !inHead.has(commit));
    const status = ahead.length
      ? behind.length ? 'diverged' : 'ahead'
      : behind.length ? 'behind' : 'identical';
    return { status, mergeBase, ahead, behindBy: behind.length };
  }
}
