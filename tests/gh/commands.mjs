// What steps say to the runner: commands in their output lines, and the files named by GITHUB_OUTPUT and the like.
// Not for acting on it: that is steps.mjs.

/** Name, properties and data: the first `::` after the name ends the properties. */
const COMMAND = /^::([^\s:]+)(?: (.*?))?::(.*)$/;

/** Reads a step's output line by line. */
export class CommandReader {
  constructor() {
    this.annotations = [];
    this.masks = [];
    this.stopToken = undefined;
  }

  /** Takes a line; true if it was a command. */
  read(line) {
    const text = line.replace(/\r$/, '').trimStart();
    if (this.stopToken !== undefined) {
      if (text === `::${this.stopToken}::`) this.stopToken = undefined;
      return false;
    }
    const match = text.match(COMMAND);
    if (!match) return false;
    const [, name, rawProperties, data] = match;
    const value = decode(data);
    if (name === 'stop-commands') this.stopToken = value;
    else if (name === 'add-mask') this.masks.push(value);
    else if (['error', 'warning', 'notice'].includes(name)) {
      this.annotations.push({ level: name, message: value, ...properties(rawProperties) });
    } else if (!['group', 'endgroup', 'debug', 'echo', 'add-matcher', 'remove-matcher'].includes(name)) return false;
    return true;
  }
}

function properties(text) {
  if (!text) return {};
  const pairs = text.split(',').map((part) => {
    const [key, ...value] = part.split('=');
    return [key.trim(), decode(value.join('=').replaceAll('%3A', ':').replaceAll('%2C', ','))];
  });
  return Object.fromEntries(pairs);
}

function decode(text) {
  return text.replaceAll('%0D', '\r').replaceAll('%0A', '\n').replaceAll('%25', '%');
}

/** The pairs of a GITHUB_OUTPUT or GITHUB_ENV file; throws where the runner fails the step. */
export function readPairs(text) {
  const pairs = [];
  const lines = text.split('\n');
  while (lines.length > 0) {
    const line = lines.shift();
    if (line === '') continue;
    const equals = line.indexOf('=');
    const heredoc = line.indexOf('<<');
    if (equals < 0 && heredoc < 0) throw new Error(`Invalid format '${line}'`);
    if (heredoc < 0 || (equals >= 0 && equals < heredoc)) {
      pairs.push([nameOf(line.slice(0, equals), line), line.slice(equals + 1)]);
      continue;
    }
    const delimiter = line.slice(heredoc + 2);
    const name = nameOf(line.slice(0, heredoc), line);
    if (delimiter === '') throw new Error(`Invalid format '${line}'. Delimiter must not be empty`);
    const end = lines.indexOf(delimiter);
    if (end < 0) throw new Error(`Invalid value. Matching delimiter not found '${delimiter}'`);
    pairs.push([name, lines.splice(0, end + 1).slice(0, end).join('\n')]);
  }
  return pairs;
}

function nameOf(name, line) {
  if (name === '') throw new Error(`Invalid format '${line}'. Name must not be empty`);
  return name;
}
