// Cuts GitHub's OpenAPI description down to the operations of routes.txt:
//   node trim.mjs api.github.com.json gh-trim.json routes.txt
// For refreshing gh-trim.json only, from the package @octokit/openapi; the tests read the result.
// Fails on a route that the description does not have.
import { readFileSync, writeFileSync } from 'node:fs';

const [source, target, routesFile] = process.argv.slice(2);
const description = JSON.parse(readFileSync(source, 'utf8'));
const routes = readFileSync(routesFile, 'utf8')
  .split('\n')
  .filter((line) => line.trim() && !line.startsWith('#'))
  .map((line) => line.trim().split(/\s+/));

/** Lets a strict client ask for GitHub's own media type, which the description does not name. */
function offerGithubMediaType(response) {
  const json = response?.content?.['application/json'];
  if (json) response.content['application/vnd.github+json'] = json;
}

/** Examples of these headers point to real hosts, where a client would follow them. */
function dropHeadersThatLeaveTheMachine(response) {
  delete response?.headers?.Link;
  delete response?.headers?.Location;
}

/** Every `$ref` below `node`, in no particular order. */
function* references(node) {
  if (!node || typeof node !== 'object') return;
  if (typeof node.$ref === 'string') yield node.$ref;
  for (const child of Object.values(node)) yield* references(child);
}

/** Copies the components that `root` reaches from the description into `components`. */
function copyComponents(root, components) {
  const waiting = [...references(root)];
  while (waiting.length > 0) {
    const [, , kind, name] = waiting.pop().split('/');
    components[kind] ??= {};
    if (components[kind][name]) continue;
    components[kind][name] = description.components[kind][name];
    waiting.push(...references(components[kind][name]));
  }
}

const paths = {};
for (const [method, path] of routes) {
  const operation = description.paths[path]?.[method.toLowerCase()];
  if (!operation) throw new Error(`the description has no ${method} ${path}`);
  paths[path] ??= {};
  paths[path][method.toLowerCase()] = operation;
  for (const response of Object.values(operation.responses)) {
    offerGithubMediaType(response);
    dropHeadersThatLeaveTheMachine(response);
  }
}

const components = { securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } } };
copyComponents(paths, components);
for (const response of Object.values(components.responses ?? {})) {
  offerGithubMediaType(response);
  dropHeadersThatLeaveTheMachine(response);
}

const trimmed = { openapi: description.openapi, info: description.info, security: [{ bearer: [] }], paths, components };
writeFileSync(target, JSON.stringify(trimmed) + '\n');
console.log(`${routes.length} operations, ${Object.keys(components.schemas).length} schemas`);
