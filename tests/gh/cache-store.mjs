// The entries of a repository's Actions cache: immutable keys, scopes, and the order in which a restore looks.
// Not modelled: eviction, quotas and the age of entries. Content is whatever the client stores.

export class CacheStore {
  constructor() {
    this.entries = [];
    this.nextId = 1;
  }

  /**
   * Adds an entry in the scope of a ref. Gives false where the scope has the key already.
   */
  add({ scope, key, version, content }) {
    if (this.entries.some((entry) => entry.scope === scope && entry.key === key && entry.version === version)) return false;
    this.entries.push({ id: this.nextId++, createdAt: new Date().toISOString(), scope, key, version, content });
    return true;
  }

  /** Removes an entry; gives false where there is none. */
  remove(id) {
    const kept = this.entries.filter((entry) => entry.id !== id);
    const isFound = kept.length < this.entries.length;
    this.entries = kept;
    return isFound;
  }

  /**
   * The entry that a restore finds: scope by scope (the own ref first), the exact key, then entries that the key begins,
   * then those that each restore key begins; the newest counts.
   */
  find({ scopes, key, restoreKeys = [], version }) {
    const newest = [...this.entries].reverse().filter((entry) => entry.version === version);
    for (const scope of scopes) {
      const own = newest.filter((entry) => entry.scope === scope);
      const tests = [(entry) => entry.key === key, ...[key, ...restoreKeys].map((prefix) => (entry) => entry.key.startsWith(prefix))];
      for (const test of tests) {
        const found = own.find(test);
        if (found) return found;
      }
    }
    return undefined;
  }

  /** Keys in the order of their creation, as `scope key`. */
  keys() {
    return this.entries.map(({ scope, key }) => `${scope} ${key}`);
  }
}
