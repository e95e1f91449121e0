import { describe, expect, test } from "vitest";
import * as g from "../../src/graph/index.ts";
import { constraints } from "../../src/optim/constraints/index.ts";
import { penalties } from "../../src/optim/penalties/index.ts";
import { expectWithin } from "../support/bounds.ts";
import { execute, floatSetups, outputsOf } from "../support/programs.ts";
import { uniform } from "../support/values.ts";
import { holdEngines, holdGradients } from "./formulas.ts";
import { optionsContract, resolved } from "./options.ts";

describe.each(penalties.all.map((definition) => [definition.name, definition] as const))("penalty '%s'", (_, definition) => {
  optionsContract("penalty", definition, definition.examples);

  test.each(definition.examples.map((example) => [JSON.stringify(example), example] as const))(
    "with %s: one number, its gradient agrees with differences, and engines agree",
    (what, example) => {
      for (const shape of [[1], [7, 3], [33, 5]]) {
        const weight = g.parameter("weight", shape);
        const options = resolved(definition, example);
        const scalars = Object.fromEntries(Object.keys(options).map((name) => [name, g.input(name, [])]));
        const result = definition.apply(weight, scalars);
        expect(result.shape).toEqual([]);
        const numbers = Object.fromEntries(
          Object.entries(options).map(([name, value]) => [name, Float32Array.of(value as number)]),
        );
        const one = { result, targets: [weight], values: { weight: uniform(g.sizeOf(shape), { seed: 3 }), ...numbers } };
        holdGradients(one, what);
        holdEngines(one, what);
      }
    },
  );
});

describe.each(constraints.all.map((definition) => [definition.name, definition] as const))("constraint '%s'", (_, definition) => {
  optionsContract("constraint", definition, definition.examples);

  test.each(definition.examples.map((example) => [JSON.stringify(example), example] as const))(
    "with %s: the shape stays, engines agree, and what is allowed once stays as it is",
    (what, example) => {
      for (const shape of [[1], [7, 3], [33, 5], [2, 2, 3, 4]]) {
        const weight = g.parameter("weight", shape);
        const numbers = Object.fromEntries(
          Object.entries(resolved(definition, example)).map(([name, value]) => [name, Float32Array.of(value as number)]),
        );
        const scalars = Object.fromEntries(Object.keys(numbers).map((name) => [name, g.input(name, [])]));
        const result = definition.apply(weight, scalars);
        expect(result.shape).toEqual(shape);
        const program = outputsOf({ result });
        for (const scale of [0, 0.01, 1, 100]) {
          const values = { ...numbers, weight: uniform(g.sizeOf(shape), { seed: 4, low: -scale, high: scale }) };
          for (const { name, engine, options } of floatSetups) {
            const once = execute(engine, program, values, options);
            const share = expectWithin(once, program, values, `${what} on ${name}`);
            // The root of a sum near 0 has no bound; weights of 0 stay 0.
            if (scale > 0) expect(share).toBeGreaterThan(0.9);
            else expect(once.outputs.result!.every((value) => value === 0)).toBe(true);
            const twice = execute(engine, program, { ...values, weight: once.outputs.result! }, options).outputs.result!;
            // A norm that was brought to its limit may be found an ulp or two above it.
            twice.forEach((value, i) => {
              const first = once.outputs.result![i]!;
              expect(Math.abs(value - first)).toBeLessThanOrEqual(4 * 2 ** -24 * Math.abs(first));
            });
          }
        }
      }
    },
  );
});
