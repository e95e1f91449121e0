/** Networks and runs that several experiments share. */
import type { ComponentInput } from "../core/choice.ts";
import type { RunDocument } from "../document/run-document.ts";

/** Hidden layers of 100 units, and 10 outputs: the lecture's networks on MNIST. */
export function deepNet(
  hidden: number,
  options: {
    readonly initializer?: ComponentInput;
    readonly between?: readonly ComponentInput[];
    readonly after?: readonly ComponentInput[];
  } = {},
): ComponentInput[] {
  const { initializer = "he", between = [], after = [] } = options;
  const layers = Array.from({ length: hidden }, (): ComponentInput[] => [
    { kind: "dense", units: 100, initializer },
    ...between,
    "relu",
    ...after,
  ]);
  return [...layers.flat(), { kind: "dense", units: 10, initializer }];
}

/** 2,000 steps on batches of 128 of all of MNIST, drawn with replacement (C3 and C7). */
export const longRun = (seed: number, model: readonly ComponentInput[], optimizer: ComponentInput): RunDocument => ({
  seed,
  data: { kind: "mnist", validation: 0 },
  model,
  optimizer,
  training: { batchSize: 128, iterations: 2000, order: "withReplacement" },
});

/** 3072-50-10 on photographs, pixels from 0 to 255 less their mean, weights of 0.0001 N(0, 1): the lecture's network on CIFAR-10. */
export const photographs = (
  seed: number,
  data: { readonly first?: number; readonly validation?: number },
  rest: Pick<RunDocument, "optimizer" | "penalty" | "schedule" | "training">,
): RunDocument => {
  const initializer = { kind: "normal", std: 0.0001 };
  return {
    seed,
    data: { kind: "cifar10", scale: 1, validation: 0, ...data },
    preprocessing: ["meanImage"],
    model: [{ kind: "dense", units: 50, initializer }, "relu", { kind: "dense", units: 10, initializer }],
    ...rest,
  };
};
