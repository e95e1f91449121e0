/** The contract of losses. */
import * as g from "../graph/index.ts";
import type { LossDefinition, TargetKind } from "../nn/losses/define.ts";
import { type Check, holdSame, type Options } from "./check.ts";
import { expectClose } from "./close.ts";
import { awayFromKinks, batchSizes, type Case, holdEngines, holdGradients } from "./formulas.ts";
import { forExamples, optionChecks, resolved } from "./options.ts";
import { evaluate } from "./programs.ts";
import { integers, uniform } from "./values.ts";

/** A list among the options has a number for each output. */
const sizesFor = (example: Options, sizes: readonly number[]): readonly number[] => {
  const list = Object.values(example).find((value) => Array.isArray(value)) as readonly unknown[] | undefined;
  return list ? [list.length] : sizes;
};

/**
 * What every loss must do: one number for each example, which no other example changes; a gradient that agrees with differences;
 * engines that agree with the reference.
 */
export function lossContract(definition: LossDefinition): Check[] {
  const build = (kind: TargetKind, example: Options, batch: number, outputs: number): Case => {
    const prediction = g.parameter("prediction", [batch, outputs]);
    const isClasses = kind === "classes";
    const target = isClasses ? g.input("target", [batch], "int32") : g.input("target", [batch, outputs]);
    const result = definition.build(prediction, target, resolved(definition, example));
    const numbers = isClasses ? integers(batch, outputs, batch) : uniform(batch * outputs, { seed: batch, low: 5, high: 7 });
    // Targets far from the predictions: losses with a kink where both are equal are not at it.
    return { result, targets: [prediction], values: { prediction: awayFromKinks(batch * outputs), target: numbers } };
  };
  const checksOf = (kind: TargetKind, example: Options, what: string): Check[] => [
    {
      name: "its gradient agrees with differences",
      run() {
        for (const outputs of sizesFor(example, [5, 2])) holdGradients(build(kind, example, 4, outputs), what);
      },
    },
    ...batchSizes.map((batch) => ({
      name: `a batch of ${batch} gives one number for each example, and every engine agrees with the reference`,
      run() {
        for (const outputs of sizesFor(example, [2, 3, 10])) {
          const one = build(kind, example, batch, outputs);
          holdSame(one.result.shape, [batch], "shape");
          holdEngines(one, `${definition.name} ${what} of ${kind} [${batch}, ${outputs}]`);
        }
      },
    })),
    {
      name: "the loss of an example does not depend on the others",
      run() {
        const outputs = sizesFor(example, [3])[0]!;
        const one = build(kind, example, 7, outputs);
        const whole = evaluate(one.result, one.values);
        for (let row = 0; row < 7; row++) {
          const alone = build(kind, example, 1, outputs);
          const width = kind === "classes" ? 1 : outputs;
          const values = {
            prediction: (one.values.prediction as Float32Array).slice(outputs * row, outputs * (row + 1)),
            target: (one.values.target as Float32Array).slice(width * row, width * row + width),
          };
          holdSame(evaluate(alone.result, values)[0], whole[row], `loss of example ${row}, alone and among seven`);
        }
      },
    },
  ];
  /** Of a loss that says how probable its outputs are: minus the log of the right one's is the loss, with its usual options. */
  const probable: Check = {
    name: "its probabilities are those whose logarithm it is",
    run() {
      const isClasses = definition.targets.includes("classes");
      const outputs = isClasses ? 4 : 1;
      const numbers = isClasses ? Int32Array.of(2, 0, 3) : Float32Array.of(1, 0, 1);
      const one = build(isClasses ? "classes" : "values", {}, 3, outputs);
      const prediction = one.values.prediction as Float32Array;
      const losses = evaluate(one.result, { prediction, target: numbers });
      const found = definition.probabilities!(prediction, outputs);
      for (let row = 0; row < 3; row++) {
        const right = isClasses ? found[row * outputs + numbers[row]!]! : numbers[row] === 1 ? found[row]! : 1 - found[row]!;
        // Both in float64, of a few operations; 1 - p cancels by as much as p is near 1.
        expectClose([-Math.log(right)], [losses[row]!], 1e-12, `loss of example ${row} by its probability`);
      }
    },
  };
  const checks = (example: Options, what: string): Check[] =>
    definition.targets.flatMap((kind) =>
      checksOf(kind, example, what).map((check) => ({ ...check, name: `${kind}: ${check.name}` })),
    );
  const ofProbabilities = definition.probabilities ? [probable] : [];
  return [
    ...optionChecks("loss", definition, definition.examples),
    ...ofProbabilities,
    ...forExamples(definition.examples, checks),
  ];
}
