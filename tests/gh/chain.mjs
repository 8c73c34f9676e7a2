// GitHub's API on loopback: client -> door -> Prism -> forwarder -> emulate. Prism checks each request against GitHub's
// OpenAPI description; its log is the verdict, read with `violations`. Who does what stands atop each file.
import { fileURLToPath } from 'node:url';
import { createEmulator } from 'emulate';
import { startDoor } from './door.mjs';
import { startForwarder } from './forwarder.mjs';
import { freePort, sleep, startProgram, waitForPort } from './net.mjs';
import { SEED, World } from './world.mjs';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

/** Starts everything; `close` must be called in `finally`. */
export async function startChain() {
  const closers = [];
  const close = async () => {
    for (const one of closers.reverse()) await one();
  };
  try {
    const emulator = await createEmulator({ service: 'github', port: 0, seed: SEED });
    closers.push(() => emulator.close());
    const world = new World(emulator, `http://127.0.0.1:${new URL(emulator.url).port}`);
    await world.reset();
    const door = await startDoor(world);
    closers.push(door.close);
    const forwarder = await startForwarder(world, door.url);
    closers.push(forwarder.close);
    const log = new PrismLog();
    const port = await freePort();
    const prism = startPrism(port, forwarder.url, (text) => log.add(text));
    closers.push(prism.stop);
    await waitForPort(port);
    door.lead.to = `http://127.0.0.1:${port}`;
    return { api: door.url, world, log, close };
  } catch (error) {
    await close();
    throw error;
  }
}

function startPrism(port, upstream, onText) {
  const prism = here('node_modules/.bin/prism');
  const args = ['proxy', '-h', '127.0.0.1', '-p', String(port), here('gh-trim.json'), upstream];
  return startProgram(process.execPath, [prism, ...args], onText);
}

/** What Prism said since the last `clear`. */
export class PrismLog {
  constructor() {
    this.text = '';
  }

  add(text) {
    this.text += text;
  }

  clear() {
    this.text = '';
  }

  /** Prism writes after it answered: waits until it has been silent for a moment. */
  async settle() {
    for (let before = -1; before !== this.text.length; await sleep(60)) before = this.text.length;
  }

  /** Lines about requests (faults of the tested program) or responses (faults of these tests). */
  violations(side) {
    const plain = this.text.replace(/\x1b\[[0-9;]*m/g, '');
    return plain.split('\n').filter((line) => line.includes(`Violation: ${side}`));
  }
}
