/**
 * Gradients by differences, in float64 on the reference engine.
 *
 * Source   the central difference of fourth order, (8 (f(+h) - f(-h)) - (f(+2h) - f(-2h))) / 12h, error h^4 f'''''/30.
 * Choice   h = 1e-3. The functions of the tests are analytic near the points (kinks are 2h away at least) with fifth derivatives
 *          below 1e4, so the formula is within 3e-10; the losses round by 1e-16, which 1/h turns into about 1e-13. 1e-8 holds both
 *          with room, and a wrong factor or a missing term is far above it.
 */
import { referenceEngine } from "../engine/reference/reference-engine.ts";
import { collectLeaves, differentiate, type Tensor } from "../graph/index.ts";
import { fail, holdSame } from "./check.ts";
import { type Values, writeLeaves } from "./programs.ts";

const step = 1e-3;
export const differenceTolerance = 1e-8;

/** Holds the gradients of a scalar against differences of it, for every element of each target (a parameter or state). */
export function expectGradients(loss: Tensor, targets: readonly Tensor[], values: Values, what = "gradient"): void {
  const gradients = differentiate(loss, targets);
  const program = { outputs: { loss, ...Object.fromEntries(gradients.map((one, i) => [`g${i}`, one])) }, assignments: [] };
  const executable = referenceEngine.compile({ main: program });
  writeLeaves(executable, "main", program, values);
  const leaves = collectLeaves([program]);
  const lossAt = (target: Tensor, at: ArrayLike<number>): number => {
    executable.writeState(target, at);
    executable.run("main");
    return executable.output("main", "loss")[0]!;
  };
  executable.run("main");
  const received = targets.map((_, i) => Float64Array.from(executable.output("main", `g${i}`)));
  targets.forEach((target, i) => {
    holdSame(gradients[i]!.shape, target.shape, `${what}: shape of the gradient of '${target.name}'`);
    if (!leaves.has(target.name!)) {
      holdSame(received[i], new Float64Array(received[i]!.length), `${what}: nothing depends on '${target.name}'`);
      return;
    }
    const given = values[target.name!]!;
    const start = Float64Array.from(typeof given === "number" ? [given] : given);
    const moved = start.slice();
    start.forEach((x, at) => {
      const along = (by: number): number => {
        moved[at] = x + by;
        return lossAt(target, moved);
      };
      const expected = (8 * (along(step) - along(-step)) - (along(2 * step) - along(-2 * step))) / (12 * step);
      moved[at] = x;
      const allowed = differenceTolerance * Math.max(1, Math.abs(expected));
      const apart = Math.abs(received[i]![at]! - expected);
      if (!(apart <= allowed)) fail(`${what}: d/d${target.name}[${at}] is ${received[i]![at]}, differences give ${expected}`);
    });
    executable.writeState(target, start);
  });
}
