// Values of workflow and action files: plain text, `${{ }}` and conditions, evaluated by GitHub's own evaluator.
// A scope is `{contexts, status}`: the contexts by name, and what success() and failure() go by.
// Not for running anything.
import { convertToIfCondition, data, Evaluator, isMapping, isSequence, Lexer, Parser } from './official.bundle.mjs';

/** The value of a token of the parsed file as JavaScript has it; undefined for no token. */
export function valueOf(token, scope) {
  if (token === undefined) return undefined;
  if (token.expression !== undefined) return fromData(evaluate(token.expression, scope));
  if (isMapping(token)) return Object.fromEntries([...token].map(({ key, value }) => [key.value, valueOf(value, scope)]));
  if (isSequence(token)) return [...token].map((item) => valueOf(item, scope));
  return token.value ?? null;
}

/** The value of a token as text, converted as the runner does it. */
export function textOf(token, scope) {
  if (token === undefined) return '';
  if (token.expression !== undefined) return evaluate(token.expression, scope).coerceString();
  return toData(token.value ?? null).coerceString();
}

/** The texts of a mapping such as `env` or `with`. */
export function textsOf(token, scope) {
  if (token === undefined) return {};
  if (!isMapping(token)) throw new Error('a mapping made by an expression is not supported here');
  return Object.fromEntries([...token].map(({ key, value }) => [key.value, textOf(value, scope)]));
}

/** Whether a condition holds; none is success(). Throws where it cannot be evaluated. */
export function holds(token, scope, fileContext) {
  if (token === undefined) return isTrue(evaluate('success()', scope));
  const condition = convertToIfCondition(fileContext, token);
  if (!condition) throw new Error(`invalid condition: ${token.source ?? token.value}`);
  return isTrue(evaluate(condition.expression, scope));
}

/** A field of a mapping token. */
export function field(mapping, name) {
  return mapping?.find(name);
}

function evaluate(expression, { contexts, status }) {
  const functions = statusFunctions(status);
  const lexed = new Lexer(expression).lex().tokens;
  const parsed = new Parser(lexed, Object.keys(contexts), [...functions.values()]).parse();
  return new Evaluator(parsed, toData(contexts), functions).evaluate();
}

function statusFunctions(status) {
  const is = (name, test) => [name, { name, minArgs: 0, maxArgs: 0, call: () => new data.BooleanData(test()) }];
  return new Map([
    is('always', () => true),
    is('success', () => status() === 'success'),
    is('failure', () => status() === 'failure'),
    is('cancelled', () => status() === 'cancelled'),
  ]);
}

function isTrue(value) {
  const plain = fromData(value);
  return !(plain === false || plain === null || plain === '' || plain === 0 || Number.isNaN(plain));
}

function toData(value) {
  if (value === null || value === undefined) return new data.Null();
  if (typeof value === 'string') return new data.StringData(value);
  if (typeof value === 'number') return new data.NumberData(value);
  if (typeof value === 'boolean') return new data.BooleanData(value);
  if (Array.isArray(value)) return new data.Array(...value.map(toData));
  return new data.Dictionary(...Object.entries(value).map(([key, item]) => ({ key, value: toData(item) })));
}

function fromData(value) {
  switch (value.kind) {
    case data.Kind.Null: return null;
    case data.Kind.Array: return value.values().map(fromData);
    case data.Kind.Dictionary: return Object.fromEntries(value.pairs().map(({ key, value: item }) => [key, fromData(item)]));
    case data.Kind.String: return value.coerceString();
    default: return value.value;
  }
}
