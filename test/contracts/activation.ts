import { describe, expect, test } from "vitest";
import * as g from "../../src/graph/index.ts";
import type { ActivationDefinition } from "../../src/nn/activations/index.ts";
import { execute, floatSetups, outputsOf } from "../support/programs.ts";
import { specialValues } from "../support/values.ts";
import { awayFromKinks, batchSizes, type Case, holdEngines, holdGradients } from "./formulas.ts";
import { optionsContract, resolved } from "./options.ts";

/** What every activation must do. */
export function activationContract(definition: ActivationDefinition): void {
  const build = (example: Readonly<Record<string, unknown>>, shape: g.Shape): Case => {
    const input = g.parameter("input", shape);
    const result = definition.apply(input, resolved(definition, example));
    return { result, targets: [input], values: { input: awayFromKinks(g.sizeOf(shape), definition.kinks) } };
  };

  describe(`activation '${definition.name}'`, () => {
    optionsContract("activation", definition, definition.examples);

    describe.each(definition.examples.map((example) => [JSON.stringify(example), example] as const))(
      "with %s",
      (what, example) => {
        test("its gradient agrees with differences", () => {
          holdGradients(build(example, [40]), what);
          holdGradients(build(example, [2, 3, 2]), what);
        });

        test.each(batchSizes)("a batch of %d keeps its shape, and every engine agrees with the reference", (batch) => {
          for (const shape of [[batch, 5], [batch], [batch, 2, 3]]) {
            const one = build(example, shape);
            expect(one.result.shape).toEqual(shape);
            holdEngines(one, `${definition.name} ${what} of [${shape}]`);
          }
        });

        test("NaN comes out as NaN, and a gradient at any number is no infinity", () => {
          const numbers = specialValues.filter((value) => Number.isFinite(value));
          const input = g.parameter("input", [numbers.length + 1]);
          const result = definition.apply(input, resolved(definition, example));
          const program = outputsOf({ result, gradient: g.differentiate(g.sum(result), [input])[0]! });
          for (const { name, engine, options } of floatSetups) {
            const { outputs } = execute(engine, program, { input: [...numbers, Number.NaN] }, options);
            expect(outputs.result!.at(-1), name).toBeNaN();
            numbers.forEach((value, i) => {
              expect(Number.isFinite(outputs.gradient![i]), `${name}: gradient at ${value} is ${outputs.gradient![i]}`).toBe(
                true,
              );
            });
          }
        });
      },
    );
  });
}
