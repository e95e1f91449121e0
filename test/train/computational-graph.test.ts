import { expect, test } from "vitest";
import { expectClose } from "../../src/testing/close.ts";
import { graphOfRun, type SeenNode } from "../../src/train/computational-graph.ts";
import { blobs, runOf } from "./toy.ts";

const data = blobs({ count: 12, classes: 3, features: 4 });
const run = runOf({
  model: [{ kind: "dense", units: 5 }, "batchNorm", "tanh", { kind: "dense", units: 3 }],
  penalty: { kind: "l2", strength: 0.1 },
});
const named = (nodes: readonly SeenNode[], label: string): SeenNode => nodes.find((node) => node.label === label)!;
/** a [n, k] times b [k, m], either of them turned. */
function product(a: readonly number[], b: readonly number[], n: number, k: number, m: number, turned: "a" | "b"): number[] {
  return Array.from({ length: n * m }, (_, at) => {
    const [i, j] = [Math.floor(at / m), at % m];
    let sum = 0;
    for (let l = 0; l < k; l++)
      sum += (turned === "a" ? a[l * n + i]! : a[i * k + l]!) * (turned === "b" ? b[j * k + l]! : b[l * m + j]!);
    return sum;
  });
}

test("a model is a node for each layer, its parameters and what it learns from", () => {
  const nodes = graphOfRun(run, data);
  expect(nodes.map(({ label }) => label)).toEqual(
    expect.arrayContaining([
      "x",
      "dense1",
      "batchNorm1",
      "tanh1",
      "dense2",
      "targets",
      "loss",
      "loss + penalty",
      "dense1.weight",
    ]),
  );
  const [loss, whole] = [named(nodes, "loss"), named(nodes, "loss + penalty")];
  expect(loss.gradient).toEqual([1]);
  expect(whole.value[0]).toBeGreaterThan(loss.value[0]!);
  expect(named(nodes, "targets")).not.toHaveProperty("gradient");
  expect(named(nodes, "dense2").from.map((id) => nodes.find((node) => node.id === id)!.label)).toEqual([
    "tanh1",
    "dense2.weight",
    "dense2.bias",
  ]);
  // Batch normalisation needs a batch: two examples.
  expect(named(nodes, "x").shape).toEqual([2, 4]);
});

test("gradients of a dense layer are dX = dY W^T, dW = X^T dY and the column sums of dY", () => {
  const nodes = graphOfRun(run, data, { layer: "dense2", example: 3 });
  const [x, w, b, y] = ["tanh1", "dense2.weight", "dense2.bias", "dense2"].map((label) => named(nodes, label)) as [
    SeenNode,
    SeenNode,
    SeenNode,
    SeenNode,
  ];
  // float64; the penalty adds 0.1 W to dW.
  expectClose(x.gradient!, product(y.gradient!, w.value, 2, 3, 5, "b"), 1e-12, "dX");
  const dw = product(x.value, y.gradient!, 5, 2, 3, "a").map((one, i) => one + 0.1 * w.value[i]!);
  expectClose(w.gradient!, dw, 1e-12, "dW");
  expectClose(
    b.gradient!,
    [0, 1, 2].map((j) => y.gradient![j]! + y.gradient![3 + j]!),
    1e-12,
    "db",
  );
});

test("a layer is taken apart into its operations, constants in their labels", () => {
  const labels = graphOfRun(run, data, { layer: "batchNorm1" }).map(({ label }) => label);
  expect(labels).toEqual(expect.arrayContaining(["dense1", "x²", "√", "× 0.5", "+ 0.00001", "batchNorm1.gamma", "batchNorm1"]));
  expect(labels).not.toContain("reshape");
});

test("what is not there is named", () => {
  expect(() => graphOfRun(run, data, { layer: "dens2" })).toThrow(/no layer 'dens2'/);
  expect(() => graphOfRun(run, data, { example: 11 })).toThrow(/example 11 is beyond/);
});
