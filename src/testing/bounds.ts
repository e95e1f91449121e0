/**
 * How far a float32 engine may be from the exact value: a bound for each element of each tensor, carried through the graph
 * beside its float64 value (running error analysis, Wilkinson 1963; Higham 2002, chapter 3).
 *
 * Symbols  v value, e bound of its error; a correctly rounded operation adds u |v|, a function of `vector-math` 3 ulp <= 6 u |v|,
 *          a sum of n terms n u / (1 - n u) times the sum of magnitudes, in any order.
 * Choice   Where a condition may fall either way, or a result may overflow, the bound is infinite or spans both cases.
 */

import type { Geometry } from "../graph/index.ts";
import { isLeaf, type Program, printProgram, programOrder, sizeOf, type Tensor } from "../graph/index.ts";
import { computePlainly } from "../graph/meanings.ts";
import { visitWindows } from "../graph/primitives/geometry.ts";
import { fail } from "./check.ts";
import { largest32, productBound, tiny32, unit32 } from "./close.ts";
import type { Result, Values } from "./programs.ts";

export interface Bounded {
  readonly value: Float64Array;
  readonly error: Float64Array;
}

/** a b, where 0 times anything is 0: no error times infinity is no error. */
const times = (a: number, b: number): number => (a === 0 || b === 0 ? 0 : a * b);

type Rule = (v: readonly number[], e: readonly number[], r: number) => number;

const sameAs: Rule = (_, [e]) => e!;
const arithmetic = (carried: Rule): Rule => {
  return (v, e, r) => {
    const from = carried(v, e, r);
    return from + times(unit32, Math.abs(r) + from) + tiny32;
  };
};
const vectorFunction = (carried: Rule): Rule => {
  return (v, e, r) => {
    const from = carried(v, e, r);
    return from + times(6 * unit32, Math.abs(r) + from) + 6 * tiny32;
  };
};
const comparison: Rule = ([a, b], [ea, eb]) => ((ea === 0 && eb === 0) || Math.abs(a! - b!) > ea! + eb! ? 0 : 1);
const larger: Rule = (_, [ea, eb]) => Math.max(ea!, eb!);

const rules: Record<string, Rule> = {
  identity: sameAs,
  neg: sameAs,
  abs: sameAs,
  relu: sameAs,
  add: arithmetic((_, [ea, eb]) => ea! + eb!),
  sub: arithmetic((_, [ea, eb]) => ea! + eb!),
  mul: arithmetic(([a, b], [ea, eb]) => times(Math.abs(a!), eb!) + times(Math.abs(b!), ea!) + times(ea!, eb!)),
  div: arithmetic(([, b], [ea, eb], r) => {
    if (ea === 0 && eb === 0) return 0;
    return eb! < Math.abs(b!) ? (ea! + times(Math.abs(r), eb!)) / (Math.abs(b!) - eb!) : Number.POSITIVE_INFINITY;
  }),
  sqrt: arithmetic(([v], [e]) => (e === 0 ? 0 : v! < e! ? Number.POSITIVE_INFINITY : Math.sqrt(v!) - Math.sqrt(v! - e!))),
  exp: vectorFunction((_, [e], r) => times(r, Math.expm1(e!))),
  log: vectorFunction(([v], [e]) => (e === 0 ? 0 : e! < v! ? -Math.log1p(-e! / v!) : Number.POSITIVE_INFINITY)),
  tanh: vectorFunction(sameAs),
  sigmoid: vectorFunction((_, [e]) => e! / 4),
  softplus: vectorFunction(sameAs),
  erf: vectorFunction((_, [e]) => 1.13 * e!), // 2/sqrt(pi) < 1.13
  flush: ([v, least], [e, el]) => (Math.abs(Math.abs(v!) - least!) > e! + el! ? e! : Math.abs(v!) + e!),
  maximum: larger,
  minimum: larger,
  equal: comparison,
  less: comparison,
  greater: comparison,
  select: ([c, a, b], [ec, ea, eb]) => {
    const known = ec === 0 || Math.abs(c!) > ec!;
    return known ? (c !== 0 ? ea! : eb!) : Math.abs(a! - b!) + Math.max(ea!, eb!);
  },
};

/** Index into an operand of shape `from` for each element of `shape`: broadcasting by division and remainder. */
export function broadcastIndex(from: readonly number[], shape: readonly number[]): Int32Array {
  const index = new Int32Array(sizeOf(shape));
  for (let i = 0; i < index.length; i++) {
    let [rest, stride, offset] = [i, 1, 0];
    for (let axis = 1; axis <= shape.length; axis++) {
      const extent = shape[shape.length - axis]!;
      const own = from[from.length - axis] ?? 1;
      if (own > 1) offset += (rest % extent) * stride;
      stride *= own;
      rest = Math.floor(rest / extent);
    }
    index[i] = offset;
  }
  return index;
}

/** The tensor behind reshapes. */
function baseOf(tensor: Tensor): Tensor {
  return tensor.primitive.kind === "reshape" ? baseOf(tensor.inputs[0]!) : tensor;
}

/**
 * Which elements reach the maximum (or minimum) of their group: where only one can, it does, whatever its error, since the
 * maximum is one of the elements to the bit.
 */
function reachedErrors([a, b]: readonly [Bounded, Bounded], [ia, ib]: readonly [Int32Array, Int32Array]): Float64Array {
  const mayReach = Array.from(ia, (at, i) => Math.abs(a.value[at]! - b.value[ib[i]!]!) <= a.error[at]! + b.error[ib[i]!]!);
  const candidates = new Float64Array(b.value.length);
  mayReach.forEach((may, i) => {
    if (may) candidates[ib[i]!]! += 1;
  });
  return Float64Array.from(mayReach, (may, i) => (may && candidates[ib[i]!]! > 1 ? 1 : 0));
}

function elementwise(node: Tensor, inputs: readonly Bounded[], value: Float64Array): Float64Array {
  const rule = rules[node.primitive.name];
  if (!rule) throw new Error(`src/testing/bounds.ts has no rule for ${node.primitive.name}`);
  const indices = node.inputs.map(({ shape }) => broadcastIndex(shape, node.shape));
  const isExtreme = (one: Tensor) => ["max", "min"].includes(one.primitive.name);
  if (
    node.primitive.name === "equal" &&
    isExtreme(baseOf(node.inputs[1]!)) &&
    baseOf(baseOf(node.inputs[1]!).inputs[0]!) === baseOf(node.inputs[0]!)
  ) {
    return reachedErrors(
      inputs as unknown as readonly [Bounded, Bounded],
      indices as unknown as readonly [Int32Array, Int32Array],
    );
  }
  return value.map((r, i) => {
    const v = inputs.map((one, k) => one.value[indices[k]![i]!]!);
    const e = inputs.map((one, k) => one.error[indices[k]![i]!]!);
    if (e.includes(Number.POSITIVE_INFINITY)) return Number.POSITIVE_INFINITY;
    // From exact operands an infinity or NaN comes out as it is in float64.
    return !Number.isFinite(r) && e.every((one) => one === 0) ? 0 : rule(v, e, r);
  });
}

function reduced(node: Tensor, { value, error }: Bounded): Float64Array {
  const [outer, size, inner] = node.inputs[0]!.shape as readonly [number, number, number];
  const out = new Float64Array(outer * inner);
  for (let i = 0; i < out.length; i++) {
    let [total, errors, largest] = [0, 0, 0];
    for (let s = 0; s < size; s++) {
      const at = (Math.floor(i / inner) * size + s) * inner + (i % inner);
      total += Math.abs(value[at]!) + error[at]!;
      errors += error[at]!;
      largest = Math.max(largest, error[at]!);
    }
    out[i] = node.primitive.name === "sum" ? errors + times(productBound(size), total) : largest;
  }
  return out;
}

function product(node: Tensor, [a, b]: readonly [Bounded, Bounded]): Float64Array {
  const compute = (left: Float64Array, right: Float64Array): Float64Array => {
    const out = new Float64Array(sizeOf(node.shape));
    computePlainly(node, [left, right], out);
    return out;
  };
  const magnitude = (one: Bounded) => one.value.map((v, i) => Math.abs(v) + one.error[i]!);
  const k = node.inputs[0]!.shape[node.attributes.transposeA ? 0 : 1]!;
  const all = compute(magnitude(a), magnitude(b));
  const exact = compute(a.value.map(Math.abs), b.value.map(Math.abs));
  const hasErrors = a.error.some((e) => e > 0) || b.error.some((e) => e > 0);
  // (|A| + eA)(|B| + eB) - |A||B| is what the operands' errors can do; in float64 the difference itself rounds.
  return all.map(
    (total, i) => (hasErrors ? (total - exact[i]!) * 1.001 + total * 1e-12 : 0) + productBound(k) * total + k * tiny32,
  );
}

function leafBounds(leaf: Tensor, values: Values): Bounded {
  const size = sizeOf(leaf.shape);
  if (isLeaf(leaf, "iota")) return { value: Float64Array.from({ length: size }, (_, i) => i), error: new Float64Array(size) };
  const given = isLeaf(leaf, "constant") ? (leaf.attributes.value as number) : (values[leaf.name!] ?? new Float64Array(size));
  const value = typeof given === "number" ? Float64Array.of(given) : Float64Array.from(given);
  const error = value.map((v) => (Math.fround(v) === v || Number.isNaN(v) ? 0 : Math.abs(v - Math.fround(v))));
  return { value, error };
}

/** The meaning of a node, from other numbers than its own. */
function meaningOf(node: Tensor, inputs: readonly ArrayLike<number>[]): Float64Array {
  const out = new Float64Array(sizeOf(node.shape));
  computePlainly(node, inputs, out);
  return out;
}

/** Sums of the numbers under windows, or of the windows over a pixel: at most as many terms as a window has places. */
function windowSums(node: Tensor, { value, error }: Bounded): Float64Array {
  const { kernel } = node.attributes.geometry as Geometry;
  const rounding = productBound(kernel[0] * kernel[1]);
  const errors = meaningOf(node, [error]);
  const all = meaningOf(node, [value.map((v, i) => Math.abs(v) + error[i]!)]);
  return errors.map((carried, i) => carried + times(rounding, all[i]!));
}

/**
 * What a maximum's g does where it may go to more than one place: each of them may get it or not. One place that is above all
 * others, or the first of equals without errors, gets it for certain.
 */
function sentErrors(node: Tensor, [x, y, g]: readonly [Bounded, Bounded, Bounded]): Float64Array {
  const geometry = node.attributes.geometry as Geometry;
  const [images, height, width, channels] = node.shape as readonly [number, number, number, number];
  const windows = y.value.length / images / channels;
  const places = new Map<number, number[]>();
  for (let n = 0; n < images; n++) {
    visitWindows(geometry, [height, width], (window, _, pixel) => {
      for (let c = 0; c < channels && pixel >= 0; c++) {
        const [to, from] = [(n * windows + window) * channels + c, (n * height * width + pixel) * channels + c];
        const mayBe = !(x.value[from]! + x.error[from]! < y.value[to]! - y.error[to]!);
        if (mayBe) places.set(to, [...(places.get(to) ?? []), from]);
      }
    });
  }
  const [errors, sums] = [new Float64Array(x.value.length), new Float64Array(x.value.length)];
  for (const [window, candidates] of places) {
    const isKnown = candidates.length === 1 || candidates.every((at) => x.error[at] === 0);
    for (const at of candidates) {
      errors[at]! += isKnown ? g.error[window]! : Math.abs(g.value[window]!) + g.error[window]!;
      sums[at]! += Math.abs(g.value[window]!) + g.error[window]!;
    }
  }
  const rounding = productBound(geometry.kernel[0] * geometry.kernel[1]);
  return errors.map((carried, i) => carried + times(rounding, sums[i]!));
}

/** Value and bound of every tensor of a program. */
export function boundsOf(program: Program, values: Values): Map<Tensor, Bounded> {
  const known = new Map<Tensor, Bounded>();
  for (const node of programOrder(program)) {
    if (node.primitive.kind === "leaf") {
      known.set(node, leafBounds(node, values));
      continue;
    }
    const inputs = node.inputs.map((one) => known.get(one)!);
    const value = new Float64Array(sizeOf(node.shape));
    computePlainly(
      node,
      inputs.map((one) => one.value),
      value,
    );
    let error: Float64Array;
    if (node.primitive.kind === "elementwise") error = elementwise(node, inputs, value);
    else if (node.primitive.kind === "reduce") error = reduced(node, inputs[0]!);
    else if (node.primitive.kind === "matmul") error = product(node, inputs as unknown as readonly [Bounded, Bounded]);
    else if (["fold", "sumPool", "sumPoolBack"].includes(node.primitive.name)) error = windowSums(node, inputs[0]!);
    else if (node.primitive.name === "maxPoolBack")
      error = sentErrors(node, inputs as unknown as readonly [Bounded, Bounded, Bounded]);
    // Random numbers of 16 bits are float32.
    else if (node.primitive.kind === "random") error = new Float64Array(value.length);
    else {
      // Moves of numbers move their errors along; the maximum of a window is off by no more than the worst of them.
      error = new Float64Array(value.length);
      const moved = node.primitive.kind === "gather" ? [inputs[0]!.error, inputs[1]!.value] : [inputs[0]!.error];
      computePlainly(node, moved, error);
    }
    known.set(node, { value, error: error.map((e, i) => known32(value[i]!, e)) });
  }
  return known;
}

/** Anything that may cross the largest float32 is not known, nor what has lost its bound to a NaN. */
function known32(value: number, error: number): number {
  if (!Number.isFinite(value)) return error === 0 ? 0 : Number.POSITIVE_INFINITY;
  return Math.abs(value) + error <= largest32 ? error : Number.POSITIVE_INFINITY;
}

/** Holds a result in float32 against the bounds of what its program computes; returns the share of elements that have a bound. */
export function expectWithin(result: Result, program: Program, values: Values, what: string): number {
  const bounds = boundsOf(program, values);
  let [bounded, all] = [0, 0];
  const hold = (received: ArrayLike<number>, tensor: Tensor, name: string): void => {
    const { value, error } = bounds.get(tensor)!;
    for (let i = 0; i < value.length; i++) {
      all += 1;
      if (error[i] === Number.POSITIVE_INFINITY) continue;
      bounded += 1;
      const apart = Math.abs(received[i]! - value[i]!);
      if (apart <= error[i]! || Object.is(received[i], value[i]) || received[i] === value[i]) continue;
      fail(
        `${what}: ${name}[${i}] is ${received[i]}, exactly ${value[i]}, bound of the error ${error[i]}\n${printProgram(program)}`,
      );
    }
  };
  for (const [name, tensor] of Object.entries(program.outputs)) hold(result.outputs[name]!, tensor, `output ${name}`);
  for (const { state, value } of program.assignments) hold(result.states[state.name!]!, value, `state ${state.name}`);
  return all === 0 ? 1 : bounded / all;
}
