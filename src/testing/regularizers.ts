/** The contracts of penalties and constraints. */
import * as g from "../graph/index.ts";
import type { ConstraintDefinition } from "../optim/constraints/define.ts";
import type { PenaltyDefinition } from "../optim/penalties/define.ts";
import { expectWithin } from "./bounds.ts";
import { type Check, hold, holdSame, type Options } from "./check.ts";
import { holdEngines, holdGradients } from "./formulas.ts";
import { forExamples, optionChecks, resolved } from "./options.ts";
import { execute, floatSetups, outputsOf } from "./programs.ts";
import { uniform } from "./values.ts";

/** The numbers among the options as inputs, and their values. */
function numbersOf(definition: PenaltyDefinition, example: Options) {
  const entries = Object.entries(resolved(definition, example));
  return {
    scalars: Object.fromEntries(entries.map(([name]) => [name, g.input(name, [])])),
    numbers: Object.fromEntries(entries.map(([name, value]) => [name, Float32Array.of(value as number)])),
  };
}

/** What every penalty must do: give one number, whose gradient agrees with differences, the same on every engine. */
export function penaltyContract(definition: PenaltyDefinition): Check[] {
  const checks = (example: Options, what: string): Check[] => [
    {
      name: "one number, its gradient agrees with differences, and engines agree",
      run() {
        for (const shape of [[1], [7, 3], [33, 5]]) {
          const weight = g.parameter("weight", shape);
          const { scalars, numbers } = numbersOf(definition, example);
          const result = definition.apply(weight, scalars);
          holdSame(result.shape, [], "shape of the result");
          const one = { result, targets: [weight], values: { weight: uniform(g.sizeOf(shape), { seed: 3 }), ...numbers } };
          holdGradients(one, what);
          holdEngines(one, what);
        }
      },
    },
  ];
  return [...optionChecks("penalty", definition, definition.examples), ...forExamples(definition.examples, checks)];
}

/** What every constraint must do: keep the shape and what it has once allowed, the same on every engine. */
export function constraintContract(definition: ConstraintDefinition): Check[] {
  const holdShape = (example: Options, what: string, shape: g.Shape): void => {
    const weight = g.parameter("weight", shape);
    const { scalars, numbers } = numbersOf(definition, example);
    const result = definition.apply(weight, scalars);
    holdSame(result.shape, shape, "shape of the result");
    const program = outputsOf({ result });
    for (const scale of [0, 0.01, 1, 100]) {
      const values = { ...numbers, weight: uniform(g.sizeOf(shape), { seed: 4, low: -scale, high: scale }) };
      for (const { name, engine, options } of floatSetups()) {
        const once = execute(engine, program, values, options);
        const allowed = once.outputs.result!;
        const share = expectWithin(once, program, values, `${what} on ${name}`);
        // The root of a sum near 0 has no bound; weights of 0 stay 0.
        if (scale > 0) hold(share > 0.9, `${what} on ${name}: nearly all numbers must have a bound, ${share} of them have one`);
        else
          hold(
            allowed.every((value) => value === 0),
            `${what} on ${name}: weights of 0 must stay 0`,
          );
        const twice = execute(engine, program, { ...values, weight: allowed }, options).outputs.result!;
        // A norm that was brought to its limit may be found an ulp or two above it.
        twice.forEach((value, i) => {
          const isKept = Math.abs(value - allowed[i]!) <= 4 * 2 ** -24 * Math.abs(allowed[i]!);
          hold(isKept, () => `${what} on ${name}: ${allowed[i]} was allowed, and became ${value} when asked again`);
        });
      }
    }
  };
  const checks = (example: Options, what: string): Check[] => [
    {
      name: "the shape stays, engines agree, and what is allowed once stays as it is",
      run() {
        for (const shape of [[1], [7, 3], [33, 5], [2, 2, 3, 4]]) holdShape(example, what, shape);
      },
    },
  ];
  return [...optionChecks("constraint", definition, definition.examples), ...forExamples(definition.examples, checks)];
}
