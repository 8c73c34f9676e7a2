// The Actions cache service (its second version) for GitHub's own client, in front of a CacheStore, with the block-blob
// storage that the client uploads to. Whose scopes count is set in `access` before each call of the client.
import { randomUUID } from 'node:crypto';
import { readBody, serve } from './net.mjs';

const SERVICE = '/twirp/github.actions.results.api.v1.CacheService/';

/** Starts the service. Set `access` to the job's `cacheScopes`. */
export async function startCacheServer(store) {
  const blobs = new Map();
  const waiting = new Map();
  const state = { access: undefined };
  const server = await serve(async (request, response) => {
    const body = await readBody(request);
    if (request.url.startsWith('/blobs/')) return blob(blobs, request, response, body);
    const method = METHODS[request.url.replace(SERVICE, '')];
    const answer = method?.({ store, blobs, waiting, access: state.access, base: server.url, ...JSON.parse(body) });
    response.writeHead(answer ? 200 : 404, { 'content-type': 'application/json' });
    response.end(JSON.stringify(answer ?? { code: 'bad_route', msg: request.url }));
  });
  return { ...server, state };
}

const METHODS = {
  CreateCacheEntry({ store, waiting, access, base, key, version }) {
    const isTaken = store.entries.some((entry) => entry.scope === access.current && entry.key === key && entry.version === version);
    if (access.isReadOnly) return { ok: false, message: 'cache write denied: the token is read-only' };
    if (isTaken) return { ok: false, message: 'an entry with this key exists' };
    const id = randomUUID();
    waiting.set(`${key} ${version}`, id);
    return { ok: true, signed_upload_url: `${base}/blobs/${id}?sig=signed` };
  },
  FinalizeCacheEntryUpload({ store, blobs, waiting, access, key, version }) {
    const id = waiting.get(`${key} ${version}`);
    const isAdded = store.add({ scope: access.current, key, version, content: { id, size: blobs.get(id).length } });
    return { ok: isAdded, entry_id: '1' };
  },
  GetCacheEntryDownloadURL({ store, access, base, key, restore_keys: restoreKeys, version }) {
    const found = store.find({ scopes: access.readable, key, restoreKeys, version });
    if (!found) return { ok: false };
    return { ok: true, signed_download_url: `${base}/blobs/${found.content.id}?sig=signed`, matched_key: found.key };
  },
};

/** Storage: whole blobs, blobs in blocks, and reads of a range. */
function blob(blobs, request, response, body) {
  const url = new URL(request.url, 'http://127.0.0.1');
  const id = url.pathname.split('/')[2];
  const kind = url.searchParams.get('comp');
  if (request.method === 'PUT') {
    if (kind === 'block') blobs.set(`${id} ${url.searchParams.get('blockid')}`, body);
    else if (kind === 'blocklist') {
      const names = [...body.toString().matchAll(/<(?:Latest|Committed|Uncommitted)>([^<]+)</g)].map(([, name]) => name);
      blobs.set(id, Buffer.concat(names.map((name) => blobs.get(`${id} ${name}`))));
    } else blobs.set(id, body);
    response.writeHead(201, { etag: '"1"', 'last-modified': new Date().toUTCString(), 'x-ms-request-id': '1' });
    return response.end();
  }
  const bytes = blobs.get(id);
  if (!bytes) return response.writeHead(404).end();
  const range = (request.headers['x-ms-range'] ?? request.headers.range)?.match(/bytes=(\d+)-(\d*)/);
  const [begin, end] = range ? [Number(range[1]), range[2] ? Number(range[2]) + 1 : bytes.length] : [0, bytes.length];
  const part = bytes.subarray(begin, end);
  response.writeHead(range ? 206 : 200, {
    'content-length': part.length, etag: '"1"', 'last-modified': new Date().toUTCString(), 'accept-ranges': 'bytes',
    'x-ms-blob-type': 'BlockBlob', ...(range && { 'content-range': `bytes ${begin}-${begin + part.length - 1}/${bytes.length}` }),
  });
  return response.end(request.method === 'HEAD' ? undefined : part);
}
