import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { referenceEngine } from "../../src/engine/reference/reference-engine.ts";
import * as g from "../../src/graph/index.ts";
import { activations } from "../../src/nn/activations/index.ts";
import { losses } from "../../src/nn/losses/index.ts";
import { boundsOf } from "../../src/testing/bounds.ts";
import { expectClose } from "../../src/testing/close.ts";
import { resolved } from "../../src/testing/options.ts";
import { execute, outputsOf, type Values } from "../../src/testing/programs.ts";
import { floatSetups } from "../support/setups.ts";

interface Network {
  readonly sizes: readonly number[];
  readonly activation: string;
  readonly loss: string;
  readonly batch: number;
  readonly x: readonly number[];
  readonly target: readonly number[];
  readonly weights: readonly (readonly number[])[];
  readonly biases: readonly (readonly number[])[];
  readonly losses: readonly number[];
  readonly meanLoss: number;
  readonly weightGradients: readonly (readonly number[])[];
  readonly biasGradients: readonly (readonly number[])[];
}
interface Goldens {
  readonly tool: string;
  readonly version: string;
  readonly command: string;
  readonly networks: readonly Network[];
}
const goldens = JSON.parse(readFileSync(join(import.meta.dirname, "torch.json"), "utf8")) as Goldens;

/** The network as a program, its numbers, and what PyTorch says of each output. */
function build(network: Network): { program: g.Program; values: Values; expected: Record<string, readonly number[]> } {
  const { sizes, batch } = network;
  const values: Record<string, readonly number[]> = { x: network.x, target: network.target };
  const parameters: g.Tensor[] = [];
  let h = g.input("x", [batch, sizes[0]!]);
  for (let i = 0; i + 1 < sizes.length; i++) {
    const [w, b] = [g.parameter(`w${i}`, [sizes[i]!, sizes[i + 1]!]), g.parameter(`b${i}`, [sizes[i + 1]!])];
    parameters.push(w, b);
    values[`w${i}`] = network.weights[i]!;
    values[`b${i}`] = network.biases[i]!;
    h = g.add(g.matmul(h, w), b);
    if (i + 2 < sizes.length) h = activations.get(network.activation).apply(h, {});
  }
  const loss = losses.get(network.loss);
  const target =
    network.target.length === batch && loss.targets.includes("classes")
      ? g.input("target", [batch], "int32")
      : g.input("target", h.shape);
  const each = loss.build(h, target, resolved(loss, {}));
  const mean = g.mean(each);
  const gradients = g.differentiate(mean, parameters);
  const outputs: Record<string, g.Tensor> = { losses: each, mean };
  const expected: Record<string, readonly number[]> = { losses: network.losses, mean: [network.meanLoss] };
  parameters.forEach((leaf, i) => {
    outputs[leaf.name!] = gradients[i]!;
    expected[leaf.name!] = (i % 2 ? network.biasGradients : network.weightGradients)[Math.floor(i / 2)]!;
  });
  return { program: outputsOf(outputs), values, expected };
}

test("the goldens say what made them", () => {
  expect(goldens).toMatchObject({
    tool: expect.stringContaining("float64"),
    version: expect.stringMatching(/^2\./),
    command: expect.stringContaining("make-torch-goldens.py"),
  });
  expect(goldens.networks.length).toBeGreaterThanOrEqual(6);
});

describe.each(
  goldens.networks.map((network) => [`${network.sizes.join("-")} ${network.activation}, ${network.loss}`, network] as const),
)("%s", (_, network) => {
  const { program, values, expected } = build(network);

  test("the reference engine agrees with PyTorch to 1e-12", () => {
    const { outputs } = execute(referenceEngine, program, values);
    for (const [name, golden] of Object.entries(expected)) {
      // Both sum some tens of float64 products in orders of their own; sums that cancel are small beside their largest element.
      const largest = Math.max(...golden.map(Math.abs));
      expectClose(
        outputs[name]!,
        golden,
        golden.map((value) => 1e-12 * Math.abs(value) + 1e-14 * largest),
        name,
      );
    }
  });

  test.each(floatSetups)("$name agrees within the bound of float32 for these numbers", ({ engine, options }) => {
    const { outputs } = execute(engine, program, values, options);
    const bounds = boundsOf(program, values);
    for (const [name, golden] of Object.entries(expected)) {
      const { error } = bounds.get(program.outputs[name]!)!;
      expect(error.every(Number.isFinite), `${name} has a bound`).toBe(true);
      expectClose(
        outputs[name]!,
        golden,
        error.map((bound) => bound + 1e-12),
        name,
      );
    }
  });
});
