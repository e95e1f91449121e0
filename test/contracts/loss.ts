import { describe, expect, test } from "vitest";
import * as g from "../../src/graph/index.ts";
import type { LossDefinition, TargetKind } from "../../src/nn/losses/index.ts";
import { evaluate } from "../support/programs.ts";
import { integers, uniform } from "../support/values.ts";
import { awayFromKinks, batchSizes, type Case, holdEngines, holdGradients } from "./formulas.ts";
import { optionsContract, resolved } from "./options.ts";

/** What every loss must do. */
export function lossContract(definition: LossDefinition): void {
  const build = (kind: TargetKind, example: Readonly<Record<string, unknown>>, batch: number, outputs: number): Case => {
    const prediction = g.parameter("prediction", [batch, outputs]);
    const isClasses = kind === "classes";
    const target = isClasses ? g.input("target", [batch], "int32") : g.input("target", [batch, outputs]);
    const result = definition.build(prediction, target, resolved(definition, example));
    const numbers = isClasses ? integers(batch, outputs, batch) : uniform(batch * outputs, { seed: batch, low: 5, high: 7 });
    // Targets far from the predictions: losses with a kink where both are equal are not at it.
    return { result, targets: [prediction], values: { prediction: awayFromKinks(batch * outputs), target: numbers } };
  };

  describe(`loss '${definition.name}'`, () => {
    optionsContract("loss", definition, definition.examples);

    // A list among the options has a number for each output.
    const sizesFor = (example: Readonly<Record<string, unknown>>, sizes: readonly number[]): readonly number[] => {
      const list = Object.values(example).find((value) => Array.isArray(value)) as readonly unknown[] | undefined;
      return list ? [list.length] : sizes;
    };
    describe.each(
      definition.targets.flatMap((kind) => definition.examples.map((one) => [kind, JSON.stringify(one), one] as const)),
    )("of %s with %s", (kind, what, example) => {
      test("its gradient agrees with differences", () => {
        for (const outputs of sizesFor(example, [5, 2])) holdGradients(build(kind, example, 4, outputs), what);
      });

      test.each(batchSizes)(
        "a batch of %d gives one number for each example, and every engine agrees with the reference",
        (batch) => {
          for (const outputs of sizesFor(example, [2, 3, 10])) {
            const one = build(kind, example, batch, outputs);
            expect(one.result.shape).toEqual([batch]);
            holdEngines(one, `${definition.name} ${what} of ${kind} [${batch}, ${outputs}]`);
          }
        },
      );

      test("the loss of an example does not depend on the others", () => {
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
          expect(evaluate(alone.result, values)[0]).toBe(whole[row]);
        }
      });
    });
  });
}
