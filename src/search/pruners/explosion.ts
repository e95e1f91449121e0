import { definePruner, shown } from "./define.ts";

/**
 * Gives a trial up whose training loss has risen far above its first one.
 *
 * Source   Lecture, G2: a cost above 3 times the first one ends a trial at once.
 *
 * Choice   A first loss of 0 or below says nothing of the scale, and nothing is given up.
 */
export const explosion = definePruner({
  name: "explosion",
  summary: "Gives a trial up whose training loss has risen far above its first one.",
  source: "Lecture, G2.",
  options: {
    factor: { default: 3, min: 1, minExclusive: true, scale: "log", summary: "How many times the first loss is too much." },
  },
  judge({ loss, firstLoss }, { factor }) {
    if (loss === undefined || firstLoss === undefined || !(firstLoss > 0) || !(loss > factor * firstLoss)) return undefined;
    return `the loss is ${shown(loss)}, more than ${factor} times the first one, ${shown(firstLoss)}`;
  },
  examples: [{}, { factor: 10 }],
});
