// What holds after every scenario, whatever it is about: requests fit GitHub's description, downloads carry no token,
// the token is nowhere to be read, and each fault that the scenario set up was met.
import { unzip } from './zip.mjs';

/** What is wrong after a scene, as sentences; none if all is well. */
export async function problemsOf(scene) {
  await scene.log.settle();
  const problems = scene.log.violations('request').map((line) => `a request does not fit GitHub's description: ${line.trim()}`);
  for (const { method, url, hasAuth } of scene.world.requests) {
    if (!hasAuth) problems.push(`a request without the token: ${method} ${url}`);
  }
  for (const { url, hasAuth } of scene.world.blobRequests) {
    if (hasAuth) problems.push(`the token was sent to the storage: ${url}`);
  }
  for (const { method, path, times, left } of scene.world.faults) {
    if (left === times) problems.push(`a fault waited in vain: ${method} ${path}`);
  }
  const places = await readablePlaces(scene);
  for (const job of scene.jobs) {
    for (const [place, text] of places) {
      if (text.includes(job.token)) problems.push(`the token stands in ${place}`);
    }
  }
  for (const job of scene.jobs) {
    const stray = job.annotations.find(({ message }) => message.startsWith('Unexpected input(s)'));
    if (stray) problems.push(stray.message);
  }
  return [...new Set(problems)];
}

/** Everything that others can read, by name. */
async function readablePlaces(scene) {
  const places = [];
  for (const job of scene.jobs) {
    places.push([`the log of job ${job.id}`, job.rawLog.filter((line) => !line.startsWith('::add-mask::')).join('\n')]);
    places.push([`the summary of job ${job.id}`, job.summary]);
    places.push([`an annotation of job ${job.id}`, JSON.stringify(job.annotations)]);
  }
  for (const result of scene.results) places.push(['an output', JSON.stringify([result.outputs, outputsOf(result.steps)])]);
  for (const number of scene.world.pulls.keys()) places.push([`a comment on #${number}`, JSON.stringify(await scene.world.comments(number))]);
  places.push(['an issue', JSON.stringify(await scene.world.openIssues())]);
  for (const { name, zipBytes } of scene.world.artifacts) places.push([`artifact ${name}`, textOfZip(zipBytes)]);
  for (const { key, content } of scene.cache.entries) {
    if (Array.isArray(content)) places.push([`cache entry ${key}`, content.map(({ bytes }) => bytes.toString('latin1')).join('\n')]);
  }
  return places;
}

function outputsOf(steps) {
  return steps.map(({ outputs, steps: inner = [] }) => [outputs, outputsOf(inner)]);
}

function textOfZip(bytes) {
  try {
    return Object.values(unzip(bytes)).map((file) => file.toString('latin1')).join('\n');
  } catch {
    return bytes.toString('latin1');
  }
}
