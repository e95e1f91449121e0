import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type OptionSpec, requireOptions } from "../../src/core/options.ts";
import type { Definition } from "../../src/core/registry.ts";
import { augmentations } from "../../src/data/augmentations/index.ts";
import { datasets } from "../../src/data/datasets/index.ts";
import { preprocessings } from "../../src/data/preprocessing/index.ts";
import { activations } from "../../src/nn/activations/index.ts";
import { initializers } from "../../src/nn/initializers/index.ts";
import { layers } from "../../src/nn/layers/index.ts";
import { losses } from "../../src/nn/losses/index.ts";
import { metrics } from "../../src/nn/metrics/index.ts";
import { constraints } from "../../src/optim/constraints/index.ts";
import { optimizers } from "../../src/optim/optimizers/index.ts";
import { penalties } from "../../src/optim/penalties/index.ts";
import { schedules } from "../../src/optim/schedules/index.ts";
import { pruners } from "../../src/search/pruners/index.ts";
import { samplers } from "../../src/search/samplers/index.ts";

/** Registries, each with the folder that it must list whole. Data sets are files on a disk and have no examples. */
const registries: readonly { folder: string; definitions: readonly Definition[]; hasExamples: boolean }[] = [
  { folder: "nn/layers", definitions: layers.all, hasExamples: true },
  { folder: "nn/activations", definitions: activations.all, hasExamples: true },
  { folder: "nn/initializers", definitions: initializers.all, hasExamples: true },
  { folder: "nn/losses", definitions: losses.all, hasExamples: true },
  { folder: "nn/metrics", definitions: metrics.all, hasExamples: true },
  { folder: "optim/optimizers", definitions: optimizers.all, hasExamples: true },
  { folder: "optim/constraints", definitions: constraints.all, hasExamples: true },
  { folder: "optim/penalties", definitions: penalties.all, hasExamples: true },
  { folder: "optim/schedules", definitions: schedules.all, hasExamples: true },
  { folder: "search/samplers", definitions: samplers.all, hasExamples: true },
  { folder: "search/pruners", definitions: pruners.all, hasExamples: true },
  { folder: "data/augmentations", definitions: augmentations.all, hasExamples: true },
  { folder: "data/preprocessing", definitions: preprocessings.all, hasExamples: true },
  { folder: "data/datasets", definitions: "all" in datasets ? (datasets.all as Definition[]) : datasets, hasExamples: false },
];

/** "softmaxCrossEntropy" is in softmax-cross-entropy.ts, "maxPool2d" in max-pool-2d.ts, "l2" in l2.ts. */
const fileOf = (name: string): string => `${name.replace(/[A-Z]|\d+(?=[a-z])/g, (part) => `-${part.toLowerCase()}`)}.ts`;

test("fileOf turns camelCase into kebab-case", () => {
  expect(["relu", "softmaxCrossEntropy", "maxPool2d", "l2"].map(fileOf)).toEqual([
    "relu.ts",
    "softmax-cross-entropy.ts",
    "max-pool-2d.ts",
    "l2.ts",
  ]);
});

describe.each(registries)("src/$folder", ({ folder, definitions, hasExamples }) => {
  test("its files and its registry are the same set", () => {
    const files = readdirSync(join(import.meta.dirname, "../../src", folder)).filter(
      (name) => !["index.ts", "define.ts", "definitions.ts", "apply.ts"].includes(name),
    );
    expect(files.sort()).toEqual(definitions.map(({ name }) => fileOf(name)).sort());
  });

  test.each(definitions.map((one) => [one.name, one] as const))("%s says what it is", (name, definition) => {
    expect(name).toMatch(/^[a-z][a-zA-Z0-9]*$/);
    expect(definition.summary).toMatch(/^\S.{10,}[.]$/s);
    expect(definition.source.trim().length).toBeGreaterThan(3);
    const { examples = [] } = definition as { examples?: readonly unknown[] };
    if (hasExamples) expect(examples.length).toBeGreaterThan(0);
  });

  test.each(
    definitions.flatMap((one) =>
      Object.entries(one.options).map(([option, spec]) => [`${one.name}.${option}`, option, spec] as const),
    ),
  )("%s has a summary, and a default that it accepts itself, or is required of a kind", (_, option, spec: OptionSpec) => {
    expect(spec.summary ?? "").toMatch(/^[A-Z].+[.]$/s);
    if (spec.default !== undefined) {
      expect(requireOptions({ [option]: spec }, {}, "test")).toEqual({ [option]: spec.default });
      expect(spec.optional, "what has a default is never undefined").toBeUndefined();
    } else expect(spec.type, "an option without a default names its kind").toBeDefined();
    if ("min" in spec && "max" in spec) expect(spec.min).toBeLessThan(spec.max!);
    // A logarithmic walk from 0 does not start: it needs a bound above 0, or one that is left out.
    if ("scale" in spec && spec.scale === "log") expect(spec.min ?? 1).toBeGreaterThanOrEqual(0);
  });
});
