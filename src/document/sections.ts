/** The sections of a run document that hold plain options, and what each option is. */
import type { OptionSpecs } from "../core/options.ts";
import { documentFormat } from "./run-document.ts";

export const trainingSpecs = {
  batchSize: { type: "integer", default: 128, min: 1, max: 1_000_000, scale: "log", summary: "Examples in a step." },
  epochs: { type: "integer", optional: true, min: 1, max: 1_000_000, summary: "Passes over the training examples." },
  iterations: { type: "integer", optional: true, min: 1, max: 1_000_000_000, summary: "Steps, in place of epochs." },
  order: {
    type: "string",
    choices: ["epochs", "withReplacement", "sequential"],
    default: "epochs",
    summary: "How batches are drawn.",
  },
  accumulate: { type: "integer", default: 1, min: 1, max: 100_000, summary: "Batches whose gradients make one step." },
  monitor: { type: "string", default: "loss", summary: "By what the best weights are known: loss, accuracy, or a metric." },
} as const satisfies OptionSpecs;

export const earlyStoppingSpecs = {
  patience: {
    type: "integer",
    default: 5,
    min: 1,
    max: 1_000_000,
    summary: "Epochs without an improvement that are waited for.",
  },
  minDelta: { default: 0, min: 0, summary: "What counts as an improvement." },
  restoreBest: { type: "boolean", default: true, summary: "Whether the run ends with its best weights in place of its last." },
} as const satisfies OptionSpecs;

export const clipSpecs = {
  value: { type: "number", optional: true, min: 0, minExclusive: true, summary: "Largest magnitude of a single gradient." },
  norm: { type: "number", optional: true, min: 0, minExclusive: true, summary: "Largest length of all gradients as one vector." },
} as const satisfies OptionSpecs;

export const averageSpecs = {
  decay: { default: 0.999, min: 0, max: 1, maxExclusive: true, summary: "Share of the average that is kept at a step." },
} as const satisfies OptionSpecs;

export const runSpecs = {
  format: { type: "string", choices: [documentFormat], default: documentFormat },
  seed: { type: "integer", default: 1, min: 0, max: Number.MAX_SAFE_INTEGER },
  numerics: { type: "string", choices: ["auto", "fused", "portable"], default: "auto" },
} as const satisfies OptionSpecs;
