/** What layers, activations and losses share: gradients against differences, shapes, and engines that agree. */
import * as g from "../graph/index.ts";
import { expectWithin } from "./bounds.ts";
import { hold, holdSame } from "./check.ts";
import { expectGradients } from "./differences.ts";
import { execute, floatSetups, outputsOf, type Values } from "./programs.ts";

export const batchSizes = [1, 7, 33] as const;

/** A formula under test: its result, the leaves to differentiate by, and numbers for all leaves. */
export interface Case {
  readonly result: g.Tensor;
  readonly targets: readonly g.Tensor[];
  readonly values: Values;
}

/** A scalar that weighs every element of the result differently, so that no error cancels in it. */
function weighed({ result, values }: Case): { loss: g.Tensor; values: Values } {
  const size = g.sizeOf(result.shape);
  const weights = Float32Array.from({ length: size }, (_, i) => ((i * 7 + 3) % 11) / 8 - 0.5);
  return {
    loss: g.sum(g.mul(result, g.input("weights of the loss", result.shape))),
    values: { ...values, "weights of the loss": weights },
  };
}

export function holdGradients(one: Case, what: string): void {
  const { loss, values } = weighed(one);
  expectGradients(loss, one.targets, values, what);
}

/** Result and all gradients, on every float32 engine and profile, against bounds computed for these numbers. */
export function holdEngines(one: Case, what: string): void {
  const { loss, values } = weighed(one);
  const gradients = g
    .differentiate(loss, one.targets)
    .map((gradient, i) => [`gradient of ${one.targets[i]!.name}`, gradient] as const);
  const program = outputsOf({ result: one.result, loss, ...Object.fromEntries(gradients) });
  for (const { name, engine, options } of floatSetups()) {
    const received = execute(engine, program, values, options);
    holdSame(received.outputs.result!.length, g.sizeOf(one.result.shape), `${what}: numbers of ${g.showShape(one.result.shape)}`);
    const share = expectWithin(received, program, values, `${what} on ${name}`);
    // Elements near a tie or a jump have no bound; nearly all must have one, or this test could not fail.
    hold(share > 0.9, () => `${what} on ${name}: a bound for nearly all elements is expected, ${share} of them have one`);
  }
}

/** Numbers in (-2, 2) at least 0.02 away from each kink, and from each other by a step that no vector width divides. */
export function awayFromKinks(size: number, kinks: readonly number[] = []): Float32Array {
  return Float32Array.from({ length: size }, (_, i) => {
    let value = ((i * 37) % 101) / 26 - 1.93;
    for (const kink of kinks) if (Math.abs(value - kink) < 0.02) value = kink + 0.031;
    return value;
  });
}
