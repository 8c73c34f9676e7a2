// The permissions of a job's token: what `permissions:` asks for, and what the event leaves of it.

const KNOWN = ['actions', 'checks', 'contents', 'issues', 'pull_requests'];
/** What repositories give where a workflow says nothing: GitHub's restricted setting. */
const DEFAULT = { contents: 'read' };

/** `asked` is the value of `permissions:` (a mapping, `read-all`, `write-all` or nothing). */
export function granted(asked, { isReadOnly = false } = {}) {
  const wanted = normalised(asked);
  const entries = Object.entries(wanted).filter(([name, level]) => KNOWN.includes(name) && level !== 'none');
  return Object.fromEntries(entries.map(([name, level]) => [name, isReadOnly ? 'read' : level]));
}

function normalised(asked) {
  if (asked === undefined || asked === null) return DEFAULT;
  if (typeof asked === 'string') return Object.fromEntries(KNOWN.map((name) => [name, asked.replace('-all', '')]));
  return Object.fromEntries(Object.entries(asked).map(([name, level]) => [name.replaceAll('-', '_'), level]));
}
