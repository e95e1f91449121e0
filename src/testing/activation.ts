/** The contract of activations. */
import * as g from "../graph/index.ts";
import type { ActivationDefinition } from "../nn/activations/define.ts";
import { type Check, hold, holdSame, type Options } from "./check.ts";
import { awayFromKinks, batchSizes, type Case, holdEngines, holdGradients } from "./formulas.ts";
import { forExamples, optionChecks, resolved } from "./options.ts";
import { execute, floatSetups, outputsOf } from "./programs.ts";
import { specialValues } from "./values.ts";

/**
 * What every activation must do: its gradient agrees with differences, it keeps the shape, every engine agrees with the reference, NaN
 * comes out as NaN, and no gradient is infinite.
 *
 * @example
 * const cube = defineActivation({
 *   name: "cube",
 *   summary: "The third power.",
 *   source: "This example.",
 *   options: {},
 *   apply: (x) => graph.mul(x, graph.mul(graph.minimum(graph.maximum(x, -9), 9), x)),
 *   kinks: [],
 *   examples: [{}],
 * });
 * for (const { name, run } of activationContract(cube)) if (name.includes("differences")) run();
 */
export function activationContract(definition: ActivationDefinition): Check[] {
  const build = (example: Options, shape: g.Shape): Case => {
    const input = g.parameter("input", shape);
    const result = definition.apply(input, resolved(definition, example));
    return { result, targets: [input], values: { input: awayFromKinks(g.sizeOf(shape), definition.kinks) } };
  };
  const checks = (example: Options, what: string): Check[] => [
    {
      name: "its gradient agrees with differences",
      run() {
        holdGradients(build(example, [40]), what);
        holdGradients(build(example, [2, 3, 2]), what);
      },
    },
    ...batchSizes.map((batch) => ({
      name: `a batch of ${batch} keeps its shape, and every engine agrees with the reference`,
      run() {
        for (const shape of [[batch, 5], [batch], [batch, 2, 3]]) {
          const one = build(example, shape);
          holdSame(one.result.shape, shape, "shape");
          holdEngines(one, `${definition.name} ${what} of [${shape}]`);
        }
      },
    })),
    {
      name: "NaN comes out as NaN, and a gradient at any number is no infinity",
      run() {
        const numbers = specialValues.filter((value) => Number.isFinite(value));
        const input = g.parameter("input", [numbers.length + 1]);
        const result = definition.apply(input, resolved(definition, example));
        const program = outputsOf({ result, gradient: g.differentiate(g.sum(result), [input])[0]! });
        for (const { name, engine, options } of floatSetups()) {
          const { outputs } = execute(engine, program, { input: [...numbers, Number.NaN] }, options);
          holdSame(outputs.result!.at(-1), Number.NaN, name);
          numbers.forEach((value, i) => {
            const gradient = outputs.gradient![i]!;
            hold(Number.isFinite(gradient), `${name}: the gradient at ${value} must be finite, received ${gradient}`);
          });
        }
      },
    },
  ];
  return [...optionChecks("activation", definition, definition.examples), ...forExamples(definition.examples, checks)];
}
