import { expect, test } from "vitest";
import { activations } from "../../src/nn/activations/index.ts";
import { initializers } from "../../src/nn/initializers/index.ts";
import { layers } from "../../src/nn/layers/index.ts";
import { losses } from "../../src/nn/losses/index.ts";
import { activationContract, initializerContract, layerContract, lossContract } from "../../src/testing.ts";
import { holds } from "./holds.ts";

for (const one of layers.all) holds(`layer '${one.name}'`, layerContract(one));
for (const one of activations.all) holds(`activation '${one.name}'`, activationContract(one));
for (const one of losses.all) holds(`loss '${one.name}'`, lossContract(one));
for (const one of initializers.all) holds(`initializer '${one.name}'`, initializerContract(one));

// The contract holds the draws to `moments`; these hold `moments` to the formulas of the lecture and the papers.
test.each<[string, Readonly<Record<string, unknown>>, number]>([
  ["he", {}, Math.sqrt(2 / 50)],
  ["xavier", { fan: "in" }, Math.sqrt(1 / 50)],
  ["xavier", { fan: "average" }, Math.sqrt(2 / (50 + 30))],
  ["xavier", { fan: "average", distribution: "uniform" }, Math.sqrt(2 / (50 + 30))],
  ["lecun", {}, Math.sqrt(1 / 50)],
  ["orthogonal", { gain: 2 }, 2 / Math.sqrt(50)],
  ["uniform", { limit: 0.3, mean: 1 }, 0.3 / Math.sqrt(3)],
  // sqrt(1 - 2 b npdf(b) / (2 ncdf(b) - 1)) by mpmath.
  ["truncatedNormal", { std: 1, mean: 0, bound: 2 }, 0.87962566103424],
  ["truncatedNormal", { std: 1, mean: 0, bound: 1 }, 0.539560093754897],
  ["normal", { std: 0.25, mean: 1 }, 0.25],
  ["zeros", {}, 0],
])("initializer '%s' with %j has its standard deviation by formula", (name, options, std) => {
  expect(initializers.get(name).moments({ fanIn: 50, fanOut: 30 }, options).std).toBeCloseTo(std, 15);
});
