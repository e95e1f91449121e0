import { describe, expect, test } from "vitest";
import * as g from "../../src/graph/index.ts";
import type { LossDefinition } from "../../src/nn/losses/index.ts";
import { evaluate } from "../support/programs.ts";
import { integers, uniform } from "../support/values.ts";
import { awayFromKinks, batchSizes, type Case, holdEngines, holdGradients } from "./formulas.ts";
import { optionsContract, resolved } from "./options.ts";

/** What every loss must do. */
export function lossContract(definition: LossDefinition): void {
  const build = (example: Readonly<Record<string, unknown>>, batch: number, outputs: number): Case => {
    const prediction = g.parameter("prediction", [batch, outputs]);
    const isClasses = definition.targets === "classes";
    const target = isClasses ? g.input("target", [batch], "int32") : g.input("target", [batch, outputs]);
    const result = definition.build(prediction, target, resolved(definition, example));
    const numbers = isClasses ? integers(batch, outputs, batch) : uniform(batch * outputs, { seed: batch, low: 5, high: 7 });
    // Targets far from the predictions: losses with a kink where both are equal are not at it.
    return { result, targets: [prediction], values: { prediction: awayFromKinks(batch * outputs), target: numbers } };
  };

  describe(`loss '${definition.name}'`, () => {
    optionsContract("loss", definition, definition.examples);

    describe.each(definition.examples.map((example) => [JSON.stringify(example), example] as const))(
      "with %s",
      (what, example) => {
        test("its gradient agrees with differences", () => {
          holdGradients(build(example, 4, 5), what);
          holdGradients(build(example, 3, 2), what);
        });

        test.each(batchSizes)(
          "a batch of %d gives one number for each example, and every engine agrees with the reference",
          (batch) => {
            for (const outputs of [2, 3, 10]) {
              const one = build(example, batch, outputs);
              expect(one.result.shape).toEqual([batch]);
              holdEngines(one, `${definition.name} ${what} of [${batch}, ${outputs}]`);
            }
          },
        );

        test("the loss of an example does not depend on the others", () => {
          const one = build(example, 7, 3);
          const whole = evaluate(one.result, one.values);
          for (let row = 0; row < 7; row++) {
            const alone = build(example, 1, 3);
            const width = definition.targets === "classes" ? 1 : 3;
            const values = {
              prediction: (one.values.prediction as Float32Array).slice(3 * row, 3 * row + 3),
              target: (one.values.target as Float32Array).slice(width * row, width * row + width),
            };
            expect(evaluate(alone.result, values)[0]).toBe(whole[row]);
          }
        });
      },
    );
  });
}
