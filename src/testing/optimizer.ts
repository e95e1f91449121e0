/** The contract of optimizers. */
import type { Executable } from "../engine/engine.ts";
import { referenceEngine } from "../engine/reference/reference-engine.ts";
import * as g from "../graph/index.ts";
import { createScalars, createSlots, flushBelow, optimizerScalars, scalarName, updateParameter } from "../optim/apply.ts";
import type { OptimizerDefinition } from "../optim/optimizers/define.ts";
import { expectWithin } from "./bounds.ts";
import { type Check, hold, holdSame, isSame, type Options } from "./check.ts";
import { expectClose } from "./close.ts";
import { forExamples, optionChecks, resolved } from "./options.ts";
import { engineSetups, floatSetups, readResult, type Setup } from "./programs.ts";
import { normal, uniform } from "./values.ts";

/** A parameter with its slots, and one step on a loss of it. */
export interface OptimizerProblem {
  readonly parameter: g.Tensor;
  readonly leaves: readonly g.Tensor[];
  readonly program: g.Program;
}

/** One step on a loss of a parameter. */
export function createProblem(
  definition: OptimizerDefinition,
  options: Options,
  shape: g.Shape,
  lossOf: (parameter: g.Tensor) => g.Tensor,
  isWeight = true,
): OptimizerProblem {
  const parameter = g.parameter("w", shape);
  const loss = lossOf(parameter);
  const slots = createSlots(definition, parameter);
  const scalars = createScalars(definition, options);
  const assignments = updateParameter(definition, parameter, g.differentiate(loss, [parameter])[0]!, slots, scalars, {
    isWeight,
  });
  return { parameter, leaves: [parameter, ...Object.values(slots)], program: { outputs: { loss }, assignments } };
}

/** Runs step number `step`, from 1; gives the scalars that it ran with. */
export function runStep(
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

/**
 * What every optimizer must do: it finds a minimum, goes on from its slots to the bit, keeps to the computed bound on every engine,
 * moves nothing where the gradient is 0, and shows NaN.
 */
export function optimizerContract(definition: OptimizerDefinition): Check[] {
  const compileNet = ({ engine, options }: Setup, problem: OptimizerProblem): Executable => {
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

  const findsMinimum = (options: Options): void => {
    // The loss starts at (1 + 2 + 3)/2 = 3 and must fall a thousandfold in 500 steps.
    const bowls = scaled(options).map((one) => best(definition, one, [0, 0, 0], 500, quadratic));
    const bowl = Math.min(...bowls.filter(Number.isFinite));
    hold(bowl < 3e-3, `a quadratic's loss must fall from 3 below 0.003 in 500 steps, received ${bowl}`);
    // From the classic start the loss is 24.2; any descent reaches the valley floor near 4 at once, and goes on from there.
    const valleys = scaled(options).map((one) => best(definition, one, [-1.2, 1], 500, rosenbrock));
    const valley = Math.min(...valleys.filter(Number.isFinite));
    hold(valley < 4.8, `Rosenbrock's loss must fall from 24.2 below 4.8 in 500 steps, received ${valley}`);
  };

  const goesOn = (setup: Setup, options: Options): void => {
    const problem = net(options);
    const [whole, first, second] = [1, 2, 3].map(() => compileNet(setup, problem)) as [Executable, Executable, Executable];
    for (let step = 1; step <= 10; step++) runStep(whole, definition, options, step);
    for (let step = 1; step <= 5; step++) runStep(first, definition, options, step);
    for (const leaf of problem.leaves) second.writeState(leaf, first.readState(leaf));
    for (let step = 6; step <= 10; step++) runStep(second, definition, options, step);
    for (const leaf of problem.leaves) holdSame(second.readState(leaf), whole.readState(leaf), `${leaf.name} after 5 + 5 steps`);
    const moved = !isSame(whole.readState(problem.parameter), first.readState(problem.parameter));
    hold(moved, "the parameter must move between the steps 5 and 10");
  };

  const keepsBound = (setup: Setup, options: Options): void => {
    const problem = net(options);
    const executable = compileNet(setup, problem);
    for (let step = 1; step <= 10; step++) {
      // Each step is held by itself, from the numbers that the engine had before it.
      const before = Object.fromEntries(problem.leaves.map((leaf) => [leaf.name!, executable.readState(leaf)]));
      const scalars = runStep(executable, definition, options, step);
      const values = { ...before, ...scalars, x: normal(40, 1), y: normal(24, 2) };
      const share = expectWithin(readResult(executable, "step", problem.program), problem.program, values, `step ${step}`);
      hold(share === 1, `step ${step}: every number must have a bound, ${share} of them have one`);
    }
  };

  const staysAndShows = ({ engine, options: compile }: Setup, options: Options): void => {
    for (const shape of [[6], [3, 2]]) {
      // What decays is not asked here: no weight.
      const lossOf = (w: g.Tensor) => g.sum(g.mul(w, g.input("gradient", shape)));
      const problem = createProblem(definition, options, shape, lossOf, false);
      const executable = engine.compile({ step: problem.program }, compile);
      const start = [1, -0.5, 2, 0, 3, -4];
      executable.writeState(problem.parameter, start);
      runStep(executable, definition, options, 1);
      holdSame(executable.readState(problem.parameter), start, "the parameter after a gradient of 0");
      executable.input("step", "gradient").set([Number.NaN, 0, 0, 0, 0, 0]);
      runStep(executable, definition, options, 2);
      holdSame(executable.readState(problem.parameter)[0], Number.NaN, "the number whose gradient is NaN");
    }
  };

  const flushes = ({ engine, options: compile }: Setup, options: Options): void => {
    const gradientOnly = createProblem(definition, options, [6], (w) => g.sum(g.mul(w, g.input("gradient", [6]))));
    const executable = engine.compile({ step: gradientOnly.program }, compile);
    const small = flushBelow / 2;
    for (const slot of gradientOnly.leaves.slice(1)) executable.writeState(slot, [small, -small, 2 ** -149, Number.NaN, 0, 0]);
    executable.input("step", "gradient").set([0, 0, 0, 0, 0, 0.5]);
    runStep(executable, definition, options, 1);
    for (const slot of gradientOnly.leaves.slice(1)) {
      const [first, second, third, fourth] = executable.readState(slot);
      holdSame([first, second, third], [0, 0, 0], `${slot.name}, small before`);
      holdSame(fourth, Number.NaN, `${slot.name} that was NaN`);
    }
  };

  const checks = (example: Options): Check[] => {
    const options = resolved(definition, example);
    const on = (setups: readonly Setup[], what: string, run: (setup: Setup, options: Options) => void): Check[] =>
      setups.map((setup) => ({ name: `on ${setup.name} ${what}`, run: () => run(setup, options) }));
    return [
      { name: "finds the bottom of a quadratic, and a way along Rosenbrock's valley", run: () => findsMinimum(options) },
      ...on(engineSetups(), "ten steps are five, read, written to another executable, and five more, to the bit", goesOn),
      ...on(floatSetups(), "every step is within the computed bound", keepsBound),
      ...on(engineSetups(), "a gradient of 0 moves nothing, and one that is NaN is seen", staysAndShows),
      ...on(engineSetups(), "what a slot remembers becomes 0 below the threshold, and NaN stays", flushes),
    ];
  };

  const decays: Check = {
    name: "weights decay, other parameters do not",
    run() {
      const stepped = (isWeight: boolean, weightDecay: number): number[] => {
        const options = resolved(definition, { weightDecay });
        const problem = createProblem(definition, options, [3], (w) => g.sum(w), isWeight);
        const executable = referenceEngine.compile({ step: problem.program });
        executable.writeState(problem.parameter, [1, -2, 3]);
        runStep(executable, definition, options, 1);
        return [...executable.readState(problem.parameter)];
      };
      const { learningRate } = resolved(definition, {}) as { learningRate: number };
      holdSame(stepped(false, 0.5), stepped(true, 0), "what is no weight");
      const decayed = stepped(true, 0.5);
      const lost = stepped(true, 0).map((value, i) => value - decayed[i]!);
      expectClose(lost, [0.5 * learningRate, -learningRate, 1.5 * learningRate], 1e-15, "what decayed");
    },
  };
  return [
    ...optionChecks("optimizer", definition, definition.examples),
    ...forExamples(definition.examples, checks),
    ...("weightDecay" in definition.options ? [decays] : []),
  ];
}
