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
