/** Convolution, pooling and batch normalisation of images, against PyTorch in float64. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { referenceEngine } from "../../src/engine/reference/reference-engine.ts";
import * as g from "../../src/graph/index.ts";
import { batchNorm } from "../../src/nn/layers/batch-norm.ts";
import { Model } from "../../src/nn/model.ts";
import { boundsOf } from "../../src/testing/bounds.ts";
import { expectClose } from "../../src/testing/close.ts";
import { execute, outputsOf, type Values } from "../../src/testing/programs.ts";
import { floatSetups, setups } from "../support/setups.ts";

type Numbers = readonly number[];
interface Windowed {
  readonly geometry: g.Geometry;
  readonly shape: Numbers;
  readonly outputs: Numbers;
  readonly x: Numbers;
  readonly g: Numbers;
  readonly y: Numbers;
  readonly xGradient: Numbers;
}
interface Convolution extends Windowed {
  readonly groups: number;
  readonly filters: number;
  readonly w: Numbers;
  readonly b: Numbers;
  readonly wGradient: Numbers;
  readonly bGradient: Numbers;
}
interface Pool extends Windowed {
  readonly kind: "max" | "average";
}
type Normalised = Readonly<Record<"x" | "g" | "y" | "xGradient" | "gammaGradient" | "betaGradient", Numbers>>;
interface BatchNorm {
  readonly momentum: number;
  readonly epsilon: number;
  readonly shape: Numbers;
  readonly gamma: Numbers;
  readonly beta: Numbers;
  readonly steps: readonly (Normalised & Readonly<Record<"runningMean" | "runningVariance", Numbers>>)[];
  readonly evaluation: Normalised;
}
interface Goldens {
  readonly tool: string;
  readonly version: string;
  readonly command: string;
  readonly convolutions: readonly Convolution[];
  readonly pools: readonly Pool[];
  readonly batchNorms: readonly BatchNorm[];
}
const goldens = JSON.parse(readFileSync(join(import.meta.dirname, "images.json"), "utf8")) as Goldens;

interface Case {
  readonly program: g.Program;
  readonly values: Values;
  readonly expected: Readonly<Record<string, Numbers>>;
}

/** What a layer gives, and the gradients of the sum of its outputs times those of the golden. */
function caseOf(y: g.Tensor, targets: readonly g.Tensor[], golden: Windowed, values: Values): Case {
  const loss = g.sum(g.mul(y, g.input("g", y.shape)));
  const gradients = g.differentiate(loss, targets);
  const named = targets.map((leaf, i) => [`${leaf.name}Gradient`, gradients[i]!] as const);
  const expected = Object.fromEntries(named.map(([name]) => [name, (golden as unknown as Record<string, Numbers>)[name]!]));
  return {
    program: outputsOf({ y, ...Object.fromEntries(named) }),
    values: { x: golden.x, g: golden.g, ...values },
    expected: { y: golden.y, ...expected },
  };
}

function convolutionCase(golden: Convolution): Case {
  const { geometry, groups, filters, shape } = golden;
  const [x, b] = [g.parameter("x", shape), g.parameter("b", [filters])];
  const w = g.parameter("w", [...geometry.kernel, shape[3]! / groups, filters]);
  const y = g.add(g.conv2d(x, w, geometry, groups), b);
  return caseOf(y, [x, w, b], golden, { w: golden.w, b: golden.b });
}

function poolCase(golden: Pool): Case {
  const x = g.parameter("x", golden.shape);
  const [rows, columns] = golden.geometry.kernel;
  const y = golden.kind === "max" ? g.maxPool(x, golden.geometry) : g.mul(g.sumPool(x, golden.geometry), 1 / (rows * columns));
  return caseOf(y, [x], golden, {});
}

test("the goldens say what made them", () => {
  expect(goldens).toMatchObject({
    tool: expect.stringContaining("float64"),
    version: expect.stringMatching(/^2\./),
    command: expect.stringContaining("make-image-goldens.py"),
  });
});

describe.each([
  ...goldens.convolutions.map((golden) => ({
    name: `convolution ${JSON.stringify(golden.geometry)} in ${golden.groups} groups`,
    golden,
    build: () => convolutionCase(golden),
  })),
  ...goldens.pools.map((golden) => ({
    name: `${golden.kind} pool ${JSON.stringify(golden.geometry)}`,
    golden,
    build: () => poolCase(golden),
  })),
])("$name", ({ golden, build }) => {
  const { program, values, expected } = build();

  test("the reference engine agrees with PyTorch to 1e-12", () => {
    expect(program.outputs.y!.shape).toEqual(golden.outputs);
    const { outputs } = execute(referenceEngine, program, values);
    // Tens of float64 products, in orders of their own.
    for (const [name, numbers] of Object.entries(expected)) expectClose(outputs[name]!, numbers, 1e-12, name);
  });

  test.each(floatSetups)("$name agrees within the bound of float32 for these numbers", ({ engine, options }) => {
    const { outputs } = execute(engine, program, values, options);
    const bounds = boundsOf(program, values);
    for (const [name, numbers] of Object.entries(expected)) {
      const { error } = bounds.get(program.outputs[name]!)!;
      expect(error.every(Number.isFinite), `${name} has a bound`).toBe(true);
      expectClose(
        outputs[name]!,
        numbers,
        error.map((bound) => bound + 1e-12),
        name,
      );
    }
  });
});

describe.each(goldens.batchNorms.map((golden) => [`[${golden.shape}], momentum ${golden.momentum}`, golden] as const))(
  "batch normalisation of %s",
  (_, golden) => {
    // The inputs are exact in float32; there the steps round by some 1e-7 of numbers near 1, and little amplifies it.
    test.each(setups)("$name follows PyTorch through two steps and an evaluation", ({ name, engine, options }) => {
      const tolerance = name === "reference" ? 1e-12 : 5e-6;
      const { momentum, epsilon, shape } = golden;
      const model = new Model([{ definition: batchNorm, name: "norm", options: { momentum, epsilon } }]);
      const build = (mode: "training" | "evaluation"): g.Program => {
        // A parameter, so that it can be written by name and is differentiated by.
        const x = g.parameter("x", shape);
        const assignments: g.Assignment[] = [];
        const y = model.apply(x, mode, { updates: assignments });
        const [gamma, beta] = model.parameters.map(({ tensor }) => tensor);
        const loss = g.sum(g.mul(y, g.input("g", shape)));
        const [xGradient, gammaGradient, betaGradient] = g.differentiate(loss, [x, gamma!, beta!]);
        return {
          outputs: { y, xGradient: xGradient!, gammaGradient: gammaGradient!, betaGradient: betaGradient! },
          assignments,
        };
      };
      for (const mode of ["training", "evaluation"] as const) {
        const program = build(mode);
        const executable = engine.compile({ main: program }, options);
        const leaf = (of: string) => g.collectLeaves([program]).get(of)!;
        executable.writeState(leaf("norm.gamma"), golden.gamma);
        executable.writeState(leaf("norm.beta"), golden.beta);
        const kept = ["runningMean", "runningVariance"] as const;
        const start = { runningMean: 0, runningVariance: 1 };
        for (const state of kept) {
          const before = mode === "training" ? new Array(shape[3]).fill(start[state]) : golden.steps[1]![state];
          executable.writeState(leaf(`norm.${state}`), before);
        }
        for (const step of mode === "training" ? golden.steps : [golden.evaluation]) {
          executable.writeState(leaf("x"), step.x);
          executable.input("main", "g").set(step.g);
          executable.run("main");
          for (const output of ["y", "xGradient", "gammaGradient", "betaGradient"] as const)
            expectClose(executable.output("main", output), step[output], tolerance, `${mode}: ${output}`);
          if (!("runningMean" in step)) continue;
          for (const state of kept)
            expectClose(executable.readState(leaf(`norm.${state}`)), step[state] as Numbers, tolerance, state);
        }
      }
    });
  },
);
