import { expect, test } from "vitest";
import { mul } from "../../src/graph/index.ts";
import { createTensor, type Tensor } from "../../src/graph/tensor.ts";
import { checkGradients } from "../../src/train/gradient-check.ts";
import { blobs, plane, runOf } from "./toy.ts";

test.each(["relu", "sigmoid", "tanh"])("the gradient of a network with %s is right", (activation) => {
  const run = runOf({
    model: [{ kind: "dense", units: 9 }, activation, { kind: "dense", units: 5 }, activation, { kind: "dense", units: 3 }],
  });
  const result = checkGradients(run, blobs({ count: 60, classes: 3, features: 4 }), { rows: 7, entries: 30 });
  expect(result.verdict).toBe("good");
  // Truncation h^2 = 1e-10 and rounding 1e-16/h = 1e-11, both relative to gradients of about their root mean square.
  expect(result.worstError).toBeLessThan(1e-6);
  expect(result.parameters.map(({ name }) => name)).toEqual([
    "dense1.weight",
    "dense1.bias",
    "dense2.weight",
    "dense2.bias",
    "dense3.weight",
    "dense3.bias",
  ]);
  expect(result.parameters.every(({ checked }) => checked > 0)).toBe(true);
});

test("squared errors of a regression are checked as well", () => {
  const run = runOf({ model: [{ kind: "dense", units: 4 }, "tanh", { kind: "dense", units: 1 }] });
  expect(checkGradients(run, plane(20, 3)).verdict).toBe("good");
});

test("an entry at a kink is skipped and counted", () => {
  // Zero weights: every unit sits on the kink of its ReLU, so every step of a first-layer weight crosses it.
  const zeros = { kind: "dense", units: 4, initializer: "zeros" };
  const result = checkGradients(
    runOf({ model: [zeros, "relu", { kind: "dense", units: 3 }] }),
    blobs({ count: 60, classes: 3, features: 4 }),
  );
  expect(result.parameters[0]).toMatchObject({ name: "dense1.weight", checked: 0 });
  expect(result.parameters[0]!.skipped).toBeGreaterThan(0);
});

/** Its input, with the derivative of twice. */
function withWrongDerivative(x: Tensor): Tensor {
  const derivative = (_: Tensor, gradient: Tensor) => [mul(gradient, 2)];
  return createTensor({ name: "identity", kind: "elementwise", derivative }, [x], x.shape);
}

test("a wrong derivative is found", () => {
  const run = runOf();
  const [first, ...rest] = run.layers;
  const { definition } = first!;
  const build = (...list: Parameters<typeof definition.build>) => withWrongDerivative(definition.build(...list));
  const wrong = { ...first!, definition: { ...definition, build } };
  expect(checkGradients({ ...run, layers: [wrong, ...rest] }, blobs({ count: 60, classes: 3, features: 4 })).verdict).toBe(
    "wrong",
  );
});
