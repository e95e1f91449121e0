import { defineSchedule } from "./define.ts";

/** Whether there is a best score yet; it; epochs since that were not better; epochs still to rest; the share. */
type Memory = readonly [hasBest: number, best: number, waited: number, resting: number, share: number];

/**
 * Multiplies the learning rate by a factor when the score has not become better for some epochs.
 *
 * Symbols  best the best score so far; an epoch is better where its score lies beyond best by more than threshold |best|.
 *
 * Source   Krizhevsky, Sutskever & Hinton 2012, section 5, where a person did it; the rule as PyTorch's ReduceLROnPlateau.
 *
 * Choice   Counts epochs. PyTorch moves by threshold times best, towards the worse where best is below 0, and leaves out cuts of
 *          less than 1e-8. A score that is no finite number is never better.
 */
export const onPlateau = defineSchedule({
  name: "onPlateau",
  summary: "Multiplies the learning rate by a factor when the score has not become better for some epochs.",
  source: "Krizhevsky, Sutskever & Hinton 2012, section 5.",
  options: {
    factor: { default: 0.1, min: 0, max: 1, maxExclusive: true, summary: "What each cut multiplies by." },
    patience: {
      type: "integer",
      default: 10,
      min: 0,
      summary: "Epochs without a better score that are borne; the next one cuts.",
    },
    threshold: { default: 1e-4, min: 0, scale: "log", summary: "By how much of its magnitude the best score must be beaten." },
    cooldown: { type: "integer", default: 0, min: 0, summary: "Epochs after a cut that are not counted." },
    end: { default: 0, min: 0, max: 1, summary: "Where it stops to fall, as a share of the optimizer's." },
  },
  multiplier: (_, __, [, , , , share]) => share,
  memory: [0, 0, 0, 0, 1] as Memory,
  observe([hasBest, best, waited, resting, share], score, { factor, patience, threshold, cooldown, end }, goal): Memory {
    const gain = goal === "min" ? best - score : score - best;
    const isBetter = Number.isFinite(score) && (hasBest === 0 || gain > threshold * Math.abs(best));
    const top = isBetter ? score : best;
    const has = isBetter ? 1 : hasBest;
    const bad = isBetter || resting > 0 ? 0 : waited + 1;
    if (bad > patience) return [has, top, 0, cooldown, Math.max(end, share * factor)];
    return [has, top, bad, Math.max(0, resting - 1), share];
  },
  examples: [{}, { factor: 0.5, patience: 2, threshold: 0, cooldown: 3 }, { patience: 0, end: 0.01 }],
});
