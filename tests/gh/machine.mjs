// The machine that a test's jobs run on: what a self-hosted runner started in this process's place would pass on.
// Not the runner's rules: those are job.mjs and steps.mjs.

/** Nothing is listening there: whatever tries to leave the machine over HTTPS fails at once. */
const NO_WAY_OUT = 'http://127.0.0.1:9';

/** `path` is put before the system's. LD_LIBRARY_PATH is where a development build finds its library. */
export function machineOf({ path = [], variables = {} } = {}) {
  const passed = process.env.LD_LIBRARY_PATH ? { LD_LIBRARY_PATH: process.env.LD_LIBRARY_PATH } : {};
  return {
    os: 'Linux', arch: process.arch === 'arm64' ? 'ARM64' : 'X64',
    path: [...path, process.env.PATH].join(':'),
    variables: { https_proxy: NO_WAY_OUT, HTTPS_PROXY: NO_WAY_OUT, ...passed, ...variables },
  };
}
