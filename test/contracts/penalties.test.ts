import { describe, expect, test } from "vitest";
import * as g from "../../src/graph/index.ts";
import { penalties } from "../../src/optim/penalties/index.ts";
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
