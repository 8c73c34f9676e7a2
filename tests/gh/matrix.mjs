// The legs of a matrix, by GitHub's rules for include and exclude. Not for running them.

/** The combinations that `strategy.matrix` means; one empty leg (null) where there is none. */
export function legsOf(matrix) {
  if (!matrix) return [null];
  const { include = [], exclude = [], ...axes } = matrix;
  const fixed = combinations(axes).filter((leg) => !exclude.some((pattern) => fits(leg, pattern)));
  const legs = fixed.map((leg) => ({ ...leg }));
  for (const extra of include) {
    const isAddition = (leg) => Object.entries(extra).every(([key, value]) => !(key in axes) || same(leg[key], value));
    const targets = legs.slice(0, fixed.length).filter((leg, index) => isAddition(fixed[index]));
    if (targets.length > 0) targets.forEach((leg) => Object.assign(leg, extra));
    else legs.push({ ...extra });
  }
  return legs;
}

function combinations(axes) {
  const names = Object.keys(axes);
  if (names.length === 0) return [];
  return names.reduce((legs, name) => legs.flatMap((leg) => axes[name].map((value) => ({ ...leg, [name]: value }))), [{}]);
}

function fits(leg, pattern) {
  return Object.entries(pattern).every(([key, value]) => same(leg[key], value));
}

function same(one, other) {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** The name that GitHub shows for a leg, such as `bench (cpu, 3.12)`. */
export function legName(name, leg) {
  if (!leg) return name;
  return `${name} (${Object.values(leg).map((value) => (typeof value === 'object' ? JSON.stringify(value) : value)).join(', ')})`;
}
