import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { referenceEngine } from "../../src/engine/reference/reference-engine.ts";
import * as g from "../../src/graph/index.ts";
import { optimizers } from "../../src/optim/optimizers/index.ts";
import type { Options } from "../../src/testing/check.ts";
import { expectClose } from "../../src/testing/close.ts";
import { createProblem, runStep } from "../../src/testing/optimizer.ts";
import { resolved } from "../../src/testing/options.ts";
import { optimizerContract } from "../../src/testing.ts";
import { holds } from "./holds.ts";

for (const one of optimizers.all) holds(`optimizer '${one.name}'`, optimizerContract(one));

interface Golden {
  readonly options: Options;
  /** That of the parameter; a row of numbers where absent. */
  readonly shape?: readonly number[];
  readonly start: readonly number[];
  readonly curvature: readonly number[];
  /** The parameter after each step. */
  readonly trajectory: readonly (readonly number[])[];
}
const goldens = JSON.parse(readFileSync(join(import.meta.dirname, "../goldens/torch.json"), "utf8")) as {
  optimizers: Record<string, Golden[]>;
};

/** Optimizers that no other framework has in a form that can be matched, each with its reason. */
const withoutGolden: Readonly<Record<string, string>> = {};

test.each(optimizers.all.map((definition) => [definition.name, definition] as const))(
  "optimizer '%s' follows a golden trajectory, or there is a reason why it has none",
  (name, definition) => {
    const list = goldens.optimizers[name] ?? [];
    expect(list.length > 0 || withoutGolden[name] !== undefined, `test/goldens/torch.json has no trajectory of '${name}'`).toBe(
      true,
    );
    for (const { options: given, shape, start, curvature, trajectory } of list) {
      const options = resolved(definition, given);
      // sum of c w^2 / 2 + w^4 / 4, whose gradient is c w + w^3.
      const problem = createProblem(definition, options, shape ?? [start.length], (w) => {
        const square = g.mul(w, w);
        return g.sum(g.add(g.mul(0.5, g.mul(g.input("curvature", w.shape), square)), g.mul(0.25, g.mul(square, square))));
      });
      const executable = referenceEngine.compile({ step: problem.program });
      executable.writeState(problem.parameter, start);
      executable.input("step", "curvature").set(curvature);
      trajectory.forEach((expected, i) => {
        runStep(executable, definition, options, i + 1);
        // Some ten roundings of float64 a step, over numbers near 1 and up to 20 steps. Those of matrices are orthogonalised by
        // an iteration that multiplies what is small by 3.4445^5 = 485, its rounding with it.
        expectClose(
          executable.readState(problem.parameter),
          expected,
          shape ? 485e-13 : 1e-13,
          `${name} ${JSON.stringify(given)}, step ${i + 1}`,
        );
      });
    }
  },
);
