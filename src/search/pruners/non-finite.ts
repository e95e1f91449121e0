import { definePruner } from "./define.ts";

/**
 * Gives a trial up whose training loss is no number any more, or infinite.
 *
 * Source   Lecture, C15: a cost that is NaN almost always means that the learning rate is too high.
 *
 * Choice   Where no training loss is told, it is the value that counts.
 */
export const nonFinite = definePruner({
  name: "nonFinite",
  summary: "Gives a trial up whose training loss is no number any more, or infinite.",
  source: "Lecture, C15.",
  options: {},
  judge({ trial, epoch, loss }) {
    const value = loss ?? (epoch === undefined ? undefined : trial.reports.at(-1)?.value);
    // JSON holds null for what is no number.
    if (value === undefined || Number.isFinite(value)) return undefined;
    return `the ${loss === undefined ? "value" : "loss"} is ${value ?? "no number"}`;
  },
  examples: [{}],
});
