/** Random small programs: expressions over mixed shapes, with reductions, products, views, gathered rows and states. */
import fc from "fast-check";
import * as g from "../../src/graph/index.ts";
import type { Values } from "../../src/testing/programs.ts";
import { fillLeaves } from "../../src/testing/programs.ts";
import { integers } from "../../src/testing/values.ts";

type Tensor = g.Tensor;

/** Numbers that choose what is built; everything else follows from them, so that fast-check can shrink them. */
export interface Recipe {
  readonly rows: number;
  readonly columns: number;
  readonly steps: readonly (readonly [number, number, number, number])[];
  readonly outputs: readonly number[];
  readonly assigned: readonly number[];
  readonly hasGradient: boolean;
}

/** Beyond 64 rows and 256 columns reductions join blocks. */
const extents = [1, 2, 3, 4, 5, 7, 8, 9, 16, 17, 33, 65, 130, 257, 300];

export const recipes: fc.Arbitrary<Recipe> = fc.record({
  rows: fc.constantFrom(...extents),
  columns: fc.constantFrom(...extents),
  steps: fc.array(fc.tuple(fc.nat(1000), fc.nat(1000), fc.nat(1000), fc.nat(1000)), { minLength: 1, maxLength: 14 }),
  outputs: fc.array(fc.nat(1000), { minLength: 1, maxLength: 4 }),
  assigned: fc.array(fc.nat(1000), { maxLength: 4 }),
  hasGradient: fc.boolean(),
});

const unary: readonly ((x: Tensor) => Tensor)[] = [
  g.tanh,
  g.sigmoid,
  g.relu,
  g.neg,
  g.abs,
  (x) => g.exp(g.neg(g.abs(x))),
  (x) => g.log(g.add(g.abs(x), 0.5)),
  (x) => g.sqrt(g.abs(x)),
  (x) => g.mul(x, -0.75),
  (x) => g.add(x, 0.25),
  (x) => g.exp(x),
  (x) => g.sub(1, x),
  g.softplus,
  g.erf,
];

const binary: readonly ((a: Tensor, b: Tensor) => Tensor)[] = [
  g.add,
  g.sub,
  g.mul,
  (a, b) => g.div(a, g.add(g.abs(b), 1)),
  g.maximum,
  g.minimum,
  g.less,
  g.greater,
  (a, b) => g.select(g.less(a, b), a, g.neg(b)),
  (a, b) => g.select(g.greater(b, 0), b, a),
];

/** The largest tensor that a random program makes; products of broadcast shapes would grow without it. */
const largestSize = 100_000;

function grow(pool: Tensor[], weights: readonly Tensor[], [what, first, second, third]: Recipe["steps"][number]): void {
  const x = pool[first % pool.length]!;
  const fitting = pool.filter((one) => {
    const shape = g.broadcastShapes(one.shape, x.shape);
    return shape && g.sizeOf(shape) <= largestSize;
  });
  // A tensor beyond the limit goes with itself.
  if (fitting.length === 0) fitting.push(x);
  const y = fitting[second % fitting.length]!;
  switch (what % 10) {
    case 0:
    case 1:
    case 2:
      pool.push(unary[third % unary.length]!(x));
      return;
    case 3:
    case 4:
    case 5:
      pool.push(binary[third % binary.length]!(x, y));
      return;
    case 6: {
      const axes = x.shape.length === 0 || second % 3 === 0 ? undefined : second % x.shape.length;
      const reduce = [g.sum, g.mean, g.max, g.min][third % 4]!;
      pool.push(reduce(x, axes, { keepDims: second % 2 === 0 }));
      return;
    }
    case 7: {
      const matrices = pool.filter(({ shape }) => shape.length === 2);
      const left = matrices[first % Math.max(1, matrices.length)];
      const right = [...weights, ...matrices].flatMap((one) => [
        { one, transposeB: false, k: one.shape[0] },
        { one, transposeB: true, k: one.shape[1] },
      ]);
      const options = left
        ? right.filter(({ one, k }) => one.shape.length === 2 && (k === left.shape[1] || k === left.shape[0]))
        : [];
      const chosen = options[second % Math.max(1, options.length)];
      if (left && chosen)
        pool.push(g.matmul(left, chosen.one, { transposeA: chosen.k !== left.shape[1], transposeB: chosen.transposeB }));
      return;
    }
    case 8:
      pool.push(
        g.transpose(x, second % 2 === 0 ? undefined : [...x.shape.keys()].sort((a, b) => ((a + third) % 3) - ((b + third) % 3))),
      );
      return;
    default: {
      const size = g.sizeOf(x.shape);
      const [rows = 1] = x.shape;
      pool.push(g.reshape(x, [[size], [rows, size / rows], [1, size], [size, 1], [rows, 1, size / rows]][second % 5]!));
    }
  }
}

/** The program of a recipe, with numbers for its leaves. */
export function buildProgram({ rows, columns, steps, outputs, assigned, hasGradient }: Recipe): {
  program: g.Program;
  values: Values;
} {
  const table = g.table("table", [6, columns], columns % 2 === 0 ? "uint8" : "float32");
  const numbers = g.input("numbers", [rows], "int32");
  const states = [
    g.state("s0", [rows, columns]),
    g.state("s1", [rows, columns]),
    g.parameter("p0", [columns]),
    g.state("s2", [rows]),
    g.state("s3", []),
  ];
  const weights = [g.parameter("w0", [columns, 5]), g.parameter("w1", [3, columns])];
  const pool: Tensor[] = [
    g.input("x", [rows, columns]),
    ...states,
    g.input("c", [rows, 1]),
    g.gather(table, numbers),
    g.scalar("k"),
    g.iota(columns),
    g.constant(0.3),
  ];
  const known = pool.length;
  for (const step of steps) grow(pool, weights, step);
  const pick = (list: readonly Tensor[], choice: number) => list[choice % list.length]!;
  const made = pool.length > known ? pool.slice(known) : pool;
  const results: Record<string, Tensor> = {};
  outputs.forEach((choice, i) => {
    results[`y${i}`] = i === 0 ? made.at(-1)! : pick(pool, choice);
  });
  if (hasGradient) {
    // Comparisons of sums in float32 may fall either way; the mean of squares keeps the numbers small.
    const last = made.at(-1)!;
    g.differentiate(g.mean(g.mul(last, last)), [states[0]!, weights[0]!]).forEach((gradient, i) => {
      results[`gradient${i}`] = gradient;
    });
  }
  const assignments = assigned.slice(0, states.length).flatMap((choice, i) => {
    const target = states[i]!;
    const candidates = pool.filter(({ shape }) => g.sameShape(shape, target.shape));
    return [g.assign(target, pick(candidates, choice))];
  });
  const program = { outputs: results, assignments };
  const given = { numbers: integers(rows, 6, rows + columns), table: integers(6 * columns, 4, columns), k: 0.625 };
  return { program, values: fillLeaves(program, given, rows * 100 + columns) };
}
