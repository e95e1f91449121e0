import { type CheckText, defineCheck, otherLearningRate, short } from "./define.ts";

/**
 * A loss that has grown far above the first one.
 *
 * Symbols  L_0 first loss; fires where L > `factor` L_0 in `news` news in a row, the last after step `steps`
 * Source   Lecture, G2: a cost above 3 times the first one ends a trial at once.
 * Choice   In 4 of 100 clean runs the loss jumps to as much as 5 times the first in the first ten steps (AdaGrad's steps are longest
 *          there), and comes back: what diverges stays above.
 */
export const explosion = defineCheck({
  code: "explosion",
  source: "Lecture, G2; CS231n.",
  thresholds: { factor: 3, news: 3, steps: 16 },
  explains: ["notLearning", "underfitting", "updatesTooLarge", "deadUnits", "saturatedUnits", "collapsedUnits"],
  watch(run) {
    const { factor, news, steps } = this.thresholds as { factor: number; news: number; steps: number };
    let first: number | undefined;
    let count = 0;
    return (event) => {
      if (event.type === "probe.taken" && event.step === 0) first = event.loss;
      if (event.type !== "train.progress") return undefined;
      const { loss } = event.scores;
      first ??= loss;
      // A first loss of next to nothing is that of weights that were trained before.
      count = loss > factor * first && first >= 1e-3 ? count + 1 : 0;
      if (count < news || event.step < steps) return undefined;
      const change = otherLearningRate(run, 0.1);
      return {
        severity: "error",
        message: `the loss is ${short(loss)}, ${short(loss / first)} times the ${short(first)} that it began with`,
        evidence: { loss, first, factor },
        cause: "the learning rate is too high",
        advice: "Lower the learning rate by three to ten, or warm it up.",
        ...(change && { changes: [change] }),
      };
    };
  },
});

/** For `osolgil explain`. */
export const explanation: CheckText = {
  name: { en: "The loss explodes", ko: "손실이 폭발한다" },
  explanation: {
    en: "The loss is more than three times what it was at the start: the steps are so long that they jump out of the valley instead of going down in it. The learning rate is too high for these weights and inputs. Lower it by a factor of three to ten, or warm it up; if single batches do it, clip gradients.",
    ko: "손실이 처음의 세 배를 넘었다. 걸음이 너무 길어 골짜기를 내려가는 대신 밖으로 튀어나간다. 이 가중치와 입력에는 학습률이 너무 높다. 3분의 1에서 10분의 1로 낮추거나 예열하고, 몇몇 배치만 그렇다면 기울기를 자른다.",
  },
};
