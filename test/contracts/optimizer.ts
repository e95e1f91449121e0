import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Executable } from "../../src/engine/engine.ts";
import { referenceEngine } from "../../src/engine/reference/reference-engine.ts";
import * as g from "../../src/graph/index.ts";
import { createScalars, createSlots, flushBelow, optimizerScalars, scalarName, updateParameter } from "../../src/optim/apply.ts";
import type { OptimizerDefinition } from "../../src/optim/optimizers/index.ts";
import { expectWithin } from "../support/bounds.ts";
import { expectClose } from "../support/close.ts";
import { floatSetups, readResult, type Setup, setups } from "../support/programs.ts";
import { normal, uniform } from "../support/values.ts";
import { type Options, optionsContract, resolved } from "./options.ts";

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

/** A parameter with its slots, and one step on a loss of it. */
interface Problem {
  readonly parameter: g.Tensor;
  readonly leaves: readonly g.Tensor[];
  readonly program: g.Program;
}

function createProblem(
  definition: OptimizerDefinition,
  options: Options,
  shape: g.Shape,
  lossOf: (parameter: g.Tensor) => g.Tensor,
  isWeight = true,
): Problem {
  const parameter = g.parameter("w", shape);
  const loss = lossOf(parameter);
  const slots = createSlots(definition, parameter);
  const scalars = createScalars(definition, options);
  const assignments = updateParameter(definition, parameter, g.differentiate(loss, [parameter])[0]!, slots, scalars, {
    isWeight,
  });
  return { parameter, leaves: [parameter, ...Object.values(slots)], program: { outputs: { loss }, assignments } };
}

function runStep(
  executable: Executable,
  definition: OptimizerDefinition,
  options: Options,
  step: number,
): Record<string, number> {
  const numbers = Object.fromEntries(
    Object.entries(optimizerScalars(definition, options, step)).map(([name, value]) => [scalarName(name), value]),
  );
  for (const [name, value] of Object.entries(numbers)) executable.setScalar(name, value);
  executable.run("step");
  return numbers;
}

/** Smallest loss within some steps from a start, in float64. */
function best(
  definition: OptimizerDefinition,
  options: Options,
  start: readonly number[],
  steps: number,
  lossOf: (w: g.Tensor) => g.Tensor,
): number {
  const { parameter, program } = createProblem(definition, options, [start.length], lossOf);
  const executable = referenceEngine.compile({ step: program });
  executable.writeState(parameter, start);
  let loss = Number.NaN;
  for (let step = 1; step <= steps; step++) {
    runStep(executable, definition, options, step);
    loss = executable.output("step", "loss")[0]!;
  }
  return loss;
}

/** Sum of i (w_i - 1)^2 / 2, i = 1, 2, ... */
const quadratic = (w: g.Tensor): g.Tensor => {
  const offset = g.sub(w, 1);
  return g.mul(0.5, g.sum(g.mul(g.add(1, g.iota(g.sizeOf(w.shape))), g.mul(offset, offset))));
};
/** (1 - x)^2 + 100 (y - x^2)^2 (Rosenbrock 1960), picked out of w = (x, y) by its places. */
const rosenbrock = (w: g.Tensor): g.Tensor => {
  const at = (place: number) => g.sum(g.select(g.equal(g.iota(2), place), w, 0));
  const [a, b] = [g.sub(1, at(0)), g.sub(at(1), g.mul(at(0), at(0)))];
  return g.add(g.mul(a, a), g.mul(100, g.mul(b, b)));
};

/** The example's options with a learning rate scaled: a default meant for networks need not suit two numbers. */
function scaled(options: Options): Options[] {
  const { learningRate } = options;
  if (typeof learningRate !== "number") return [options];
  return [0.01, 0.1, 1, 10, 100].map((factor) => ({ ...options, learningRate: learningRate * factor }));
}

/** What every optimizer must do. */
export function optimizerContract(definition: OptimizerDefinition): void {
  const { name } = definition;
  const compileNet = ({ engine, options }: Setup, problem: Problem): Executable => {
    const executable = engine.compile({ step: problem.program }, options);
    executable.writeState(problem.parameter, uniform(g.sizeOf(problem.parameter.shape), { seed: 3 }));
    executable.input("step", "x").set(normal(40, 1));
    executable.input("step", "y").set(normal(24, 2));
    return executable;
  };
  const net = (options: Options) =>
    createProblem(definition, options, [5, 3], (w) => {
      const error = g.sub(g.tanh(g.matmul(g.input("x", [8, 5]), w)), g.input("y", [8, 3]));
      return g.mean(g.mul(error, error));
    });

  describe(`optimizer '${name}'`, () => {
    optionsContract("optimizer", definition, definition.examples);

    describe.each(definition.examples.map((example) => [JSON.stringify(example), resolved(definition, example)] as const))(
      "with %s",
      (_, options) => {
        test("finds the bottom of a quadratic, and a way along Rosenbrock's valley", () => {
          // The loss starts at (1 + 2 + 3)/2 = 3 and must fall a thousandfold in 500 steps.
          const bowls = scaled(options).map((one) => best(definition, one, [0, 0, 0], 500, quadratic));
          expect(Math.min(...bowls.filter(Number.isFinite))).toBeLessThan(3e-3);
          // From the classic start the loss is 24.2; any descent reaches the valley floor near 4 at once, and goes on from there.
          const valleys = scaled(options).map((one) => best(definition, one, [-1.2, 1], 500, rosenbrock));
          expect(Math.min(...valleys.filter(Number.isFinite))).toBeLessThan(4.8);
        });

        test.each(setups)(
          "on $name ten steps are five, read, written to another executable, and five more, to the bit",
          (setup) => {
            const problem = net(options);
            const [whole, first, second] = [1, 2, 3].map(() => compileNet(setup, problem)) as [
              Executable,
              Executable,
              Executable,
            ];
            for (let step = 1; step <= 10; step++) runStep(whole, definition, options, step);
            for (let step = 1; step <= 5; step++) runStep(first, definition, options, step);
            for (const leaf of problem.leaves) second.writeState(leaf, first.readState(leaf));
            for (let step = 6; step <= 10; step++) runStep(second, definition, options, step);
            for (const leaf of problem.leaves) expect(second.readState(leaf), leaf.name).toEqual(whole.readState(leaf));
            expect(whole.readState(problem.parameter)).not.toEqual(first.readState(problem.parameter));
          },
        );

        test.each(floatSetups)("on $name every step is within the computed bound", (setup) => {
          const problem = net(options);
          const executable = compileNet(setup, problem);
          for (let step = 1; step <= 10; step++) {
            // Each step is held by itself, from the numbers that the engine had before it.
            const before = Object.fromEntries(problem.leaves.map((leaf) => [leaf.name!, executable.readState(leaf)]));
            const scalars = runStep(executable, definition, options, step);
            const values = { ...before, ...scalars, x: normal(40, 1), y: normal(24, 2) };
            const share = expectWithin(readResult(executable, "step", problem.program), problem.program, values, `step ${step}`);
            expect(share).toBe(1);
          }
        });

        test.each(setups)(
          "on $name a gradient of 0 moves nothing, and one that is NaN is seen",
          ({ engine, options: compile }) => {
            for (const shape of [[6], [3, 2]]) {
              // What decays is not asked here: no weight.
              const problem = createProblem(
                definition,
                options,
                shape,
                (w) => g.sum(g.mul(w, g.input("gradient", shape))),
                false,
              );
              const executable = engine.compile({ step: problem.program }, compile);
              const start = [1, -0.5, 2, 0, 3, -4];
              executable.writeState(problem.parameter, start);
              runStep(executable, definition, options, 1);
              expect([...executable.readState(problem.parameter)]).toEqual(start);
              executable.input("step", "gradient").set([Number.NaN, 0, 0, 0, 0, 0]);
              runStep(executable, definition, options, 2);
              expect(executable.readState(problem.parameter)[0]).toBeNaN();
            }
          },
        );

        test.each(setups)(
          "on $name what a slot remembers becomes 0 below the threshold, and NaN stays",
          ({ engine, options: compile }) => {
            const gradientOnly = createProblem(definition, options, [6], (w) => g.sum(g.mul(w, g.input("gradient", [6]))));
            const executable = engine.compile({ step: gradientOnly.program }, compile);
            const small = flushBelow / 2;
            for (const slot of gradientOnly.leaves.slice(1))
              executable.writeState(slot, [small, -small, 2 ** -149, Number.NaN, 0, 0]);
            executable.input("step", "gradient").set([0, 0, 0, 0, 0, 0.5]);
            runStep(executable, definition, options, 1);
            for (const slot of gradientOnly.leaves.slice(1)) {
              const [first, second, third, fourth] = executable.readState(slot);
              expect([first, second, third], slot.name).toEqual([0, 0, 0]);
              expect(fourth, slot.name).toBeNaN();
            }
          },
        );
      },
    );

    if ("weightDecay" in definition.options) {
      test("weights decay, other parameters do not", () => {
        const stepped = (isWeight: boolean, weightDecay: number): number[] => {
          const options = resolved(definition, { weightDecay });
          const problem = createProblem(definition, options, [3], (w) => g.sum(w), isWeight);
          const executable = referenceEngine.compile({ step: problem.program });
          executable.writeState(problem.parameter, [1, -2, 3]);
          runStep(executable, definition, options, 1);
          return [...executable.readState(problem.parameter)];
        };
        const { learningRate } = resolved(definition, {}) as { learningRate: number };
        expect(stepped(false, 0.5)).toEqual(stepped(true, 0));
        const decayed = stepped(true, 0.5);
        const lost = stepped(true, 0).map((value, i) => value - decayed[i]!);
        expectClose(lost, [0.5 * learningRate, -learningRate, 1.5 * learningRate], 1e-15, "what decayed");
      });
    }

    test("follows a golden trajectory, or there is a reason why it has none", () => {
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
    });
  });
}
