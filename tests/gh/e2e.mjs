// Runs the scenarios: node e2e.mjs [WORD...] runs those whose sentence has each word. BENCHGATE_BINARY names the binary.
// A file of scenarios/ exports an object from sentence to async function, which is given `open`, see below.
// Prints `ok - sentence` or `not ok - sentence` for each, and `N passed, N failed` last.
import { readdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startChain } from './chain.mjs';
import { problemsOf } from './checks.mjs';
import { openScene } from './scene.mjs';

const SECONDS = Number(process.env.SCENARIO_SECONDS ?? 120);
const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const ROOT = resolve(here('../..'));

async function loadScenarios(words) {
  const names = await readdir(here('scenarios')).catch(() => []);
  const files = names.filter((name) => name.endsWith('.mjs')).sort();
  const scenarios = [];
  for (const file of files) {
    const module = await import(`./scenarios/${file}`);
    scenarios.push(...Object.entries(module.default));
  }
  return scenarios.filter(([sentence]) => words.every((word) => sentence.includes(word)));
}

/** Runs one scenario and everything that holds for all of them; gives the error, if any. */
async function runScenario(chain, scenario) {
  const scenes = [];
  const check = async (scene) => {
    const problems = await problemsOf(scene);
    if (problems.length > 0) throw new Error(problems.join('\n'));
  };
  // Opens a scene with the action of this repository and the binary under test; options as in openScene.
  // A scene is checked before the next one starts afresh.
  const open = async (options = {}) => {
    if (scenes.length > 0) await check(scenes.at(-1));
    const { inputs, repository, ...rest } = options;
    const binary = process.env.BENCHGATE_BINARY;
    const scene = await openScene({
      chain, action: ROOT, base: ROOT, inputs: { 'binary-path': binary ? resolve(binary) : '', ...inputs },
      repository: typeof repository === 'string' ? here(`fixtures/${repository}`) : repository, ...rest,
    });
    scenes.push(scene);
    return scene;
  };
  try {
    await withinSeconds(scenario({ open }), SECONDS);
    if (scenes.length > 0) await check(scenes.at(-1));
    return undefined;
  } catch (error) {
    error.scenes = scenes.flatMap(({ jobs }) => jobs.map((job) => job.maskedLog));
    return error;
  } finally {
    for (const scene of scenes) await scene.close();
  }
}

function withinSeconds(promise, seconds) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not done after ${seconds} s`)), seconds * 1000);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

const scenarios = await loadScenarios(process.argv.slice(2));
if (scenarios.length === 0 && process.argv.length > 2) {
  console.error(`error: no scenario has the words: ${process.argv.slice(2).join(' ')}`);
  process.exit(1);
}
const chain = await startChain();
let failed = 0;
try {
  for (const [sentence, scenario] of scenarios) {
    const begun = Date.now();
    const error = await runScenario(chain, scenario);
    console.log(`${error ? 'not ok' : 'ok'} - ${sentence} (${((Date.now() - begun) / 1000).toFixed(1)} s)`);
    if (!error) continue;
    failed += 1;
    console.log(indented(error.stack));
    for (const log of error.scenes) console.log(indented(`--- log of a job\n${log}`));
  }
} finally {
  await chain.close();
}
console.log(`${scenarios.length - failed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;

function indented(text) {
  return text.split('\n').map((line) => `    ${line}`).join('\n');
}
