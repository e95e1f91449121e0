/**
 * Elementwise primitives: a scalar function each, applied with broadcasting. An engine adds how it computes the function on its vectors.
 *
 * Comparisons give 1 or 0 and pass no gradient. At a kink the derivative is that of the side named in the comment.
 */
import { ShapeError } from "../../core/errors.ts";
import * as math from "../../core/math.ts";
import { broadcastShapes, broadcastStrides, type Shape, sameShape, showShape } from "../shape.ts";
import {
  asTensor,
  createTensor,
  describeTensor,
  isLeaf,
  type Meaning,
  type Operand,
  type Primitive,
  type Tensor,
} from "../tensor.ts";

/** Gradient for each input, given inputs, output and the output's gradient; undefined where nothing flows. */
type Derivative = ((g: Tensor, inputs: readonly Tensor[], out: Tensor) => readonly (Tensor | null)[]) | undefined;

const derivatives = {
  identity: (g) => [g],
  add: (g) => [g, g],
  sub: (g) => [g, neg(g)],
  mul: (g, [a, b]) => [mul(g, b!), mul(g, a!)],
  div: (g, [, b], out) => [div(g, b!), neg(div(mul(g, out), b!))],
  neg: (g) => [neg(g)],
  abs: (g, [x]) => [mul(g, sub(greater(x!, 0), less(x!, 0)))], // 0 at 0
  sqrt: (g, _, out) => [div(mul(g, 0.5), out)],
  exp: (g, _, out) => [mul(g, out)],
  log: (g, [x]) => [div(g, x!)],
  tanh: (g, _, out) => [mul(g, sub(1, mul(out, out)))],
  sigmoid: (g, _, out) => [mul(g, mul(out, sub(1, out)))],
  softplus: (g, [x]) => [mul(g, sigmoid(x!))],
  erf: (g, [x]) => [mul(g, mul(2 / Math.sqrt(Math.PI), exp(neg(mul(x!, x!)))))],
  relu: (g, _, out) => [select(greater(out, 0), g, 0)], // 0 at 0; in terms of the output, so that the input need not be kept
  flush: (g, [x, least]) => [select(less(abs(x!), least!), 0, g), null],
  maximum: (g, [a, b]) => [select(less(a!, b!), 0, g), select(less(a!, b!), g, 0)], // a where equal
  minimum: (g, [a, b]) => [select(greater(a!, b!), 0, g), select(greater(a!, b!), g, 0)], // a where equal
  equal: undefined,
  less: undefined,
  greater: undefined,
  select: (g, [c]) => [null, select(c!, g, 0), select(c!, 0, g)],
} as const satisfies Record<string, Derivative>;

/** What each of them is for single numbers. */
const functions: Readonly<Record<ElementwiseName, (...arguments_: number[]) => number>> = {
  identity: (x) => x!,
  add: (a, b) => a! + b!,
  sub: (a, b) => a! - b!,
  mul: (a, b) => a! * b!,
  div: (a, b) => a! / b!,
  neg: (x) => -x!,
  abs: Math.abs,
  sqrt: Math.sqrt,
  exp: math.exp,
  log: math.log,
  tanh: math.tanh,
  sigmoid: math.sigmoid,
  softplus: math.softplus,
  erf: math.erf,
  relu: (x) => (x! < 0 ? 0 : x!), // max(0, x), with NaN and -0 passed on
  flush: (x, least) => (Math.abs(x!) < least! ? 0 : x!), // NaN is not below anything, and stays
  maximum: Math.max,
  minimum: Math.min,
  equal: (a, b) => (a === b ? 1 : 0),
  less: (a, b) => (a! < b! ? 1 : 0),
  greater: (a, b) => (a! > b! ? 1 : 0),
  select: (c, a, b) => (c !== 0 ? a : b)!, // anything but 0 counts as true
};

/** The names of the elementwise primitives. */
export type ElementwiseName = keyof typeof derivatives;
/** All elementwise primitives by name. */
export const elementwiseNames = Object.keys(derivatives) as ElementwiseName[];

function definePrimitive(name: ElementwiseName): Primitive {
  const derivative: Derivative = derivatives[name];
  return { name, kind: "elementwise", ...(derivative && { derivative: (node, g) => derivative(g, node.inputs, node) }) };
}

/** The plain meaning of an elementwise primitive. */
export const elementwiseMeaning: Meaning = (node, inputs, out) => {
  const value = functions[node.primitive.name as ElementwiseName];
  const strides = node.inputs.map(({ shape }) => broadcastStrides(shape, node.shape));
  const index = new Array<number>(node.shape.length).fill(0);
  const offsets = strides.map(() => 0);
  for (let i = 0; i < out.length; i++) {
    out[i] = value(...offsets.map((offset, k) => inputs[k]![offset]!));
    for (let axis = index.length - 1; axis >= 0; axis--) {
      index[axis]!++;
      strides.forEach((stride, k) => {
        offsets[k]! += stride[axis]!;
      });
      if (index[axis]! < node.shape[axis]!) break;
      strides.forEach((stride, k) => {
        offsets[k]! -= stride[axis]! * node.shape[axis]!;
      });
      index[axis] = 0;
    }
  }
};

const primitives = Object.fromEntries(elementwiseNames.map((name) => [name, definePrimitive(name)])) as Record<
  ElementwiseName,
  Primitive
>;

function apply(name: ElementwiseName, ...operands: Operand[]): Tensor {
  const inputs = operands.map(asTensor);
  let shape: Shape = [];
  for (const operand of inputs) {
    const joined = broadcastShapes(shape, operand.shape);
    if (!joined) {
      throw new ShapeError("E_SHAPE_BROADCAST", {
        message: `${name}: the shapes of ${inputs.map(describeTensor).join(" and ")} do not broadcast`,
        hint: "Aligned at the end, each pair of extents must be equal, or one of them 1. Reshape one of the two.",
      });
    }
    shape = joined;
  }
  return createTensor(primitives[name], inputs, shape);
}

const isConstant = (operand: Operand, value: number): boolean =>
  typeof operand === "number"
    ? operand === value
    : isLeaf(operand, "constant") && operand.attributes.value === value && operand.shape.length === 0;

/** a + b, with broadcasting. */
export const add = (a: Operand, b: Operand): Tensor => (isConstant(b, 0) && typeof a !== "number" ? a : apply("add", a, b));
/** a - b, with broadcasting. */
export const sub = (a: Operand, b: Operand): Tensor => (isConstant(b, 0) && typeof a !== "number" ? a : apply("sub", a, b));
/** a b, number by number, with broadcasting. For the product of matrices: `matmul`. */
export const mul = (a: Operand, b: Operand): Tensor => {
  if (isConstant(b, 1) && typeof a !== "number") return a;
  if (isConstant(a, 1) && typeof b !== "number") return b;
  return apply("mul", a, b);
};
/** a / b, with broadcasting. */
export const div = (a: Operand, b: Operand): Tensor => (isConstant(b, 1) && typeof a !== "number" ? a : apply("div", a, b));
/** -x. */
export const neg = (x: Operand): Tensor => apply("neg", x);
/** |x|; its derivative at 0 is 0. */
export const abs = (x: Operand): Tensor => apply("abs", x);
/** The square root of x; NaN below 0. */
export const sqrt = (x: Operand): Tensor => apply("sqrt", x);
/** e^x, the same bits on every host. */
export const exp = (x: Operand): Tensor => apply("exp", x);
/** Natural logarithm. */
export const log = (x: Operand): Tensor => apply("log", x);
/** The hyperbolic tangent of x. */
export const tanh = (x: Operand): Tensor => apply("tanh", x);
/** 1 / (1 + e^-x). */
export const sigmoid = (x: Operand): Tensor => apply("sigmoid", x);
/** ln(1 + e^x). */
export const softplus = (x: Operand): Tensor => apply("softplus", x);
/** The error function, 2/sqrt(pi) times the integral of e^(-t^2) from 0 to x. */
export const erf = (x: Operand): Tensor => apply("erf", x);
/** max(0, x), with NaN and -0 passed on; its derivative at 0 is 0. */
export const relu = (x: Operand): Tensor => apply("relu", x);
/** x, or 0 where |x| < least. */
export const flush = (x: Operand, least: Operand): Tensor => apply("flush", x, least);
/** The larger of a and b, NaN where one is; the gradient flows to a where they are equal. */
export const maximum = (a: Operand, b: Operand): Tensor => apply("maximum", a, b);
/** The smaller of a and b, NaN where one is; the gradient flows to a where they are equal. */
export const minimum = (a: Operand, b: Operand): Tensor => apply("minimum", a, b);
/** 1 where a = b, else 0; no gradient flows. */
export const equal = (a: Operand, b: Operand): Tensor => apply("equal", a, b);
/** 1 where a < b, else 0; no gradient flows. */
export const less = (a: Operand, b: Operand): Tensor => apply("less", a, b);
/** 1 where a > b, else 0; no gradient flows. */
export const greater = (a: Operand, b: Operand): Tensor => apply("greater", a, b);
/** `then` where the condition is not 0, else `otherwise`; no gradient flows to the condition. */
export const select = (condition: Operand, then: Operand, otherwise: Operand): Tensor =>
  apply("select", condition, then, otherwise);

/** The tensor stretched to a larger shape, as broadcasting would. */
export function expand(x: Tensor, shape: Shape): Tensor {
  if (sameShape(x.shape, shape)) return x;
  const joined = broadcastShapes(x.shape, shape);
  if (!joined || !sameShape(joined, shape)) {
    throw new ShapeError("E_SHAPE_BROADCAST", {
      message: `expand: ${describeTensor(x)} does not broadcast to ${showShape(shape)}`,
    });
  }
  return createTensor(primitives.identity, [x], shape);
}

const stopped: Primitive = { name: "identity", kind: "elementwise" };
/** The same numbers, through which no gradient flows. */
export const stopGradient = (x: Tensor): Tensor => createTensor(stopped, [x], x.shape);
