import { type CheckText, defineCheck, percent } from "./define.ts";

/**
 * A training accuracy that is low, no longer rises, and is no better than that of other examples.
 *
 * Symbols  a_e training accuracy of epoch e; fires at the end where a < `accuracy`, the last third of the epochs brought less than
 *          `gain`, and the gap is below `gap`
 * Source   Lecture, F5: no gap asks for more capacity. AUTOTRAINER: a gain below 0.01 at an accuracy below 0.6.
 */
export const underfitting = defineCheck({
  code: "underfitting",
  source: "Lecture, F5; AUTOTRAINER.",
  thresholds: { accuracy: 0.6, gain: 0.01, gap: 0.03, epochs: 6 },
  watch(run) {
    const { accuracy, gain, gap, epochs } = this.thresholds as { accuracy: number; gain: number; gap: number; epochs: number };
    const seen: number[] = [];
    return (event) => {
      if (event.type === "epoch.ended" && event.training.accuracy !== undefined) seen.push(event.training.accuracy);
      if (event.type !== "run.ended" || event.status !== "completed" || seen.length < epochs) return undefined;
      const { validationAccuracy, testAccuracy } = event.metrics;
      const held = validationAccuracy ?? testAccuracy;
      const last = seen[seen.length - 1]!;
      const before = Math.max(...seen.slice(0, Math.ceil((2 * seen.length) / 3)));
      if (held === undefined || last >= accuracy || Math.max(...seen) - before >= gain || last - held >= gap) return undefined;
      const isHeldBack = run.document.penalty !== undefined || run.document.model.some(({ kind }) => kind === "dropout");
      return {
        severity: "note",
        message: `${percent(last)} of the training examples are right, ${percent(held)} of the others, and the last third of the epochs brought ${percent(Math.max(0, Math.max(...seen) - before))}`,
        evidence: { training: last, held, gain: Math.max(...seen) - before, accuracy, threshold: gain },
        cause: isHeldBack
          ? "the model is held back, or has not the capacity for the task"
          : "the model has not the capacity for the task",
        advice: `Use more units or layers${isHeldBack ? ", a weaker penalty or less dropout" : ""}, or a higher learning rate.`,
      };
    };
  },
});

/** For `osolgil explain`. */
export const explanation: CheckText = {
  name: { en: "Underfitting", ko: "과소적합" },
  explanation: {
    en: "The model errs as much on what it has learned from as on everything else, and no longer becomes better. It has not the capacity for the task, or is held back too much: more units or layers, less weight decay or dropout, a higher learning rate, better features.",
    ko: "배운 표본에서도 다른 표본에서만큼 틀리고 더는 나아지지 않는다. 과제에 비해 용량이 모자라거나 지나치게 억제되어 있다. 뉴런이나 층을 늘리고, 가중치 감소나 드롭아웃을 줄이고, 학습률을 높이고, 더 나은 특징을 쓴다.",
  },
};
