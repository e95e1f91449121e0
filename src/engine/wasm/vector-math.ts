/**
 * Elementwise functions on four float32 lanes.
 *
 * exp      x = n ln 2 + r, |r| <= ln 2 / 2 (Cody & Waite 1980: ln 2 in two parts); Taylor to r^7, whose remainder is below
 *          r^8 / 8! < 6e-9; 2^n in two factors, so that results reach from the smallest subnormal to infinity.
 * log      x = 2^e m, m in [sqrt 1/2, sqrt 2); 2 atanh s with s = (m - 1)/(m + 1), to s^9; the remainder is below s^11/11 < 4e-10.
 * tanh     below 0.625 the continued fraction x/(1 + x^2/(3 + x^2/(5 + ...))) as a quotient of polynomials, remainder < 4e-9;
 *          above it 1 - 2/(exp 2x + 1).
 * sigmoid  by exp(-|x|), which never overflows.
 * softplus max(x, 0) + ln(1 + t), t = exp(-|x|); ln(1 + t) = 2 atanh s with s = t/(2 + t) <= 1/3, to s^15; the remainder is
 *          below s^17/8 < 3e-9 s.
 * erf      below 1 Taylor to x^21, remainder < 2e-9; above it 1 - exp(-x^2) P(t), t = 1/(1 + |x|/2), where P agrees with
 *          exp(x^2) (1 - erf x) at the six Chebyshev nodes of 1 <= x <= 4, within 9e-9 of erf.
 * Errors   each within 3 units in the last place of float32 (tested over the whole range); NaN passes through.
 * Choice   No fused multiply-add in here: the bits are the same in both numerics profiles.
 */
import type { ElementwiseName } from "../../graph/index.ts";
import type { FunctionBuilder, Local, PlainInstruction } from "./assembler.ts";

/** Where an argument comes from: pushes it as numbers, or as a mask of lanes (all ones where it is not 0). */
export interface Argument {
  push(): void;
  pushMask(): void;
  /** It is the constant +0. */
  readonly isZero: boolean;
}

export const comparisons = new Set<ElementwiseName>(["equal", "less", "greater"]);

const direct: Partial<Record<ElementwiseName, PlainInstruction>> = {
  add: "f32x4.add",
  sub: "f32x4.sub",
  mul: "f32x4.mul",
  div: "f32x4.div",
  neg: "f32x4.neg",
  abs: "f32x4.abs",
  sqrt: "f32x4.sqrt",
  maximum: "f32x4.max",
  minimum: "f32x4.min",
  equal: "f32x4.eq",
  less: "f32x4.lt",
  greater: "f32x4.gt",
};

/** Horner's rule: the highest coefficient first; x is a local. */
function polynomial(f: FunctionBuilder, x: Local, coefficients: readonly number[]): void {
  f.f32x4(coefficients[0]!);
  for (const coefficient of coefficients.slice(1)) f.get(x).op("f32x4.mul").f32x4(coefficient).op("f32x4.add");
}

function emitExp(f: FunctionBuilder): void {
  const [x, n, r, power] = [f.local("v128"), f.local("v128"), f.local("v128"), f.local("v128")];
  // pmax and pmin keep a NaN that stands first.
  f.f32x4(-105).op("f32x4.pmax").f32x4(90).op("f32x4.pmin").tee(x);
  f.f32x4(Math.LOG2E).op("f32x4.mul").op("f32x4.nearest").set(n);
  f.get(x).get(n).f32x4(0.693359375).op("f32x4.mul").op("f32x4.sub");
  f.get(n)
    .f32x4(Math.LN2 - 0.693359375)
    .op("f32x4.mul")
    .op("f32x4.sub")
    .set(r);
  // 1 + (r + r^2 (1/2 + r/6 + ... + r^5/5040))
  f.f32x4(1).get(r);
  polynomial(f, r, [1 / 5040, 1 / 720, 1 / 120, 1 / 24, 1 / 6, 1 / 2]);
  f.get(r).op("f32x4.mul").get(r).op("f32x4.mul").op("f32x4.add").op("f32x4.add");
  f.get(n).op("i32x4.trunc_sat_f32x4_s").tee(power).i32(1).op("i32x4.shr_s").tee(n);
  f.i32x4(127).op("i32x4.add").i32(23).op("i32x4.shl").op("f32x4.mul");
  f.get(power).get(n).op("i32x4.sub").i32x4(127).op("i32x4.add").i32(23).op("i32x4.shl").op("f32x4.mul");
}

function emitLog(f: FunctionBuilder): void {
  const [x, m, e, s, z, mask] = [
    f.local("v128"),
    f.local("v128"),
    f.local("v128"),
    f.local("v128"),
    f.local("v128"),
    f.local("v128"),
  ];
  f.tee(x).f32x4(8388608).op("f32x4.mul").get(x); // subnormals are scaled by 2^23
  f.get(x).f32x4(1.1754943508222875e-38).op("f32x4.lt").tee(mask).op("v128.bitselect").set(m);
  f.get(m).i32(23).op("i32x4.shr_s").i32x4(127).op("i32x4.sub").op("f32x4.convert_i32x4_s");
  f.f32x4(23).get(mask).op("v128.and").op("f32x4.sub").set(e);
  f.get(m).i32x4(0x7fffff).op("v128.and").i32x4(0x3f800000).op("v128.or").tee(m);
  f.f32x4(Math.SQRT2).op("f32x4.gt").set(mask);
  f.get(m).f32x4(0.5).op("f32x4.mul").get(m).get(mask).op("v128.bitselect").set(m);
  f.get(e).f32x4(1).get(mask).op("v128.and").op("f32x4.add").set(e);
  f.get(m).f32x4(1).op("f32x4.sub").get(m).f32x4(1).op("f32x4.add").op("f32x4.div").tee(s).get(s).op("f32x4.mul").set(z);
  f.get(s).get(s).op("f32x4.add").set(s); // 2 s
  // e ln2hi + (2s + (2s z P(z) + e ln2lo))
  f.get(e).f32x4(0.693359375).op("f32x4.mul").get(s).get(s).get(z).op("f32x4.mul");
  polynomial(f, z, [1 / 9, 1 / 7, 1 / 5, 1 / 3]);
  f.op("f32x4.mul")
    .get(e)
    .f32x4(Math.LN2 - 0.693359375)
    .op("f32x4.mul")
    .op("f32x4.add")
    .op("f32x4.add")
    .op("f32x4.add")
    .set(m);
  // infinity, zero, and what is not >= 0
  f.f32x4(Number.POSITIVE_INFINITY).get(m).get(x).f32x4(Number.POSITIVE_INFINITY).op("f32x4.eq").op("v128.bitselect").set(m);
  f.f32x4(Number.NEGATIVE_INFINITY).get(m).get(x).f32x4(0).op("f32x4.eq").op("v128.bitselect").set(m);
  f.get(m).f32x4(Number.NaN).get(x).f32x4(0).op("f32x4.ge").op("v128.bitselect");
}

function emitTanh(f: FunctionBuilder): void {
  const [x, a, z] = [f.local("v128"), f.local("v128"), f.local("v128")];
  f.tee(x).op("f32x4.abs").set(a);
  f.get(x).get(x).op("f32x4.mul").set(z);
  f.get(x);
  polynomial(f, z, [1, 105, 945]);
  f.op("f32x4.mul");
  polynomial(f, z, [15, 420, 945]);
  f.op("f32x4.div");
  f.f32x4(1).f32x4(2).get(a).get(a).op("f32x4.add");
  emitExp(f);
  f.f32x4(1).op("f32x4.add").op("f32x4.div").op("f32x4.sub");
  f.get(x).i32x4(-0x80000000).op("v128.and").op("v128.or");
  f.get(a).f32x4(0.625).op("f32x4.lt").op("v128.bitselect");
}

function emitSoftplus(f: FunctionBuilder): void {
  const [x, t, s, z] = [f.local("v128"), f.local("v128"), f.local("v128"), f.local("v128")];
  f.tee(x).op("f32x4.abs").op("f32x4.neg");
  emitExp(f);
  f.tee(t).get(t).f32x4(2).op("f32x4.add").op("f32x4.div").tee(s).get(s).op("f32x4.mul").set(z);
  f.get(x).f32x4(0).op("f32x4.max");
  // 2 s = t - s t: what s has lost counts little.
  f.get(t).get(s).get(t).get(z).get(z).op("f32x4.add");
  polynomial(f, z, [1 / 15, 1 / 13, 1 / 11, 1 / 9, 1 / 7, 1 / 5, 1 / 3]);
  f.op("f32x4.mul").op("f32x4.sub").op("f32x4.mul").op("f32x4.sub").op("f32x4.add");
}

/** 2/sqrt(pi) (-1)^n / (n! (2n + 1)), the last first. */
const erfNearZero = [
  1.48071928e-8, -1.63658447e-7, 1.64621144e-6, -1.49256504e-5, 0.00012055333, -0.000854832702, 0.00522397763, -0.0268661706,
  0.112837917, -0.376126389, 0.12837917,
];
const erfFarFromZero = [-0.2187957372, 0.6044720742, -0.03017918708, 0.378711441, 0.2644323566, 0.001331862299];

function emitErf(f: FunctionBuilder): void {
  const [x, a, z, t] = [f.local("v128"), f.local("v128"), f.local("v128"), f.local("v128")];
  // Beyond 4 it is 1 to float32; pmin keeps a NaN that stands first.
  f.tee(x).op("f32x4.abs").f32x4(4).op("f32x4.pmin").set(a);
  f.get(x).get(x).op("f32x4.mul").set(z);
  f.get(x).get(x);
  polynomial(f, z, erfNearZero);
  f.op("f32x4.mul").op("f32x4.add");
  f.f32x4(1);
  f.f32x4(1).get(a).f32x4(0.5).op("f32x4.mul").f32x4(1).op("f32x4.add").op("f32x4.div").set(t);
  f.get(a).get(a).op("f32x4.mul").op("f32x4.neg");
  emitExp(f);
  polynomial(f, t, erfFarFromZero);
  f.op("f32x4.mul").op("f32x4.sub");
  f.get(x).i32x4(-0x80000000).op("v128.and").op("v128.or");
  f.get(a).f32x4(1).op("f32x4.lt").op("v128.bitselect");
}

/** Appends the code of an elementwise function; leaves its value (for a comparison: its mask) on the stack. */
export function emitElementwise(f: FunctionBuilder, name: ElementwiseName, list: readonly Argument[]): void {
  const instruction = direct[name];
  if (name === "select") {
    // Where one side is 0, the mask alone does it.
    const zero = list[2]!.isZero ? "v128.and" : list[1]!.isZero ? "v128.andnot" : undefined;
    if (zero) {
      list[zero === "v128.and" ? 1 : 2]!.push();
      list[0]!.pushMask();
      f.op(zero);
      return;
    }
    list[1]!.push();
    list[2]!.push();
    list[0]!.pushMask();
    f.op("v128.bitselect");
    return;
  }
  if (name === "flush") {
    const x = f.local("v128");
    list[0]!.push();
    f.tee(x).get(x).op("f32x4.abs");
    list[1]!.push();
    f.op("f32x4.lt").op("v128.andnot");
    return;
  }
  for (const argument of list) argument.push();
  if (instruction) f.op(instruction);
  else if (name === "relu") f.f32x4(0).op("f32x4.pmax");
  else if (name === "exp") emitExp(f);
  else if (name === "log") emitLog(f);
  else if (name === "tanh") emitTanh(f);
  else if (name === "erf") emitErf(f);
  else if (name === "softplus") emitSoftplus(f);
  else if (name === "sigmoid") {
    // With t = exp(-|x|), which cannot overflow: 1/(1 + t), and t/(1 + t) for negative x.
    const [x, t] = [f.local("v128"), f.local("v128")];
    f.tee(x).op("f32x4.abs").op("f32x4.neg");
    emitExp(f);
    f.tee(t).f32x4(1).get(x).f32x4(0).op("f32x4.lt").op("v128.bitselect");
    f.get(t).f32x4(1).op("f32x4.add").op("f32x4.div");
  } else if (name !== "identity") throw new Error(`no code for ${name}`);
}
