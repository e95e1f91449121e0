import { type CheckText, defineCheck, otherLearningRate, short } from "./define.ts";
import { lastingly } from "./looks.ts";

/**
 * Steps that hardly change any weights, while there is still much to learn.
 *
 * Symbols  r = |update| / |W|; fires where r < `ratio` for all weights in three looks in a row, at a loss above `loss` of the first one
 * Source   Lecture, F6, and CS231n: about 1e-3, and a factor of 30. Near the end of a run gradients are small because little is wrong:
 *          hence the loss.
 */
export const updatesTooSmall = defineCheck({
  code: "updatesTooSmall",
  source: "Lecture, F6; CS231n.",
  thresholds: { ratio: 1e-3 / 30, usual: 1e-3, loss: 0.7 },
  explains: ["notLearning", "underfitting"],
  watch(run) {
    const { ratio, usual, loss } = this.thresholds as { ratio: number; usual: number; loss: number };
    let first: number | undefined;
    return lastingly(
      (probe) => {
        first ??= probe.loss;
        const sizes = probe.parameters.flatMap(({ isWeight, updateNorm, norm }) =>
          isWeight && norm > 0 && updateNorm !== undefined ? [updateNorm / norm] : [],
        );
        const largest = Math.max(...sizes);
        return sizes.length > 0 && largest < ratio && probe.loss > loss * first ? [{ key: "all", seen: { largest } }] : [];
      },
      ({ largest }) => {
        const change = largest > 0 ? otherLearningRate(run, Math.min(100, usual / largest)) : undefined;
        return {
          severity: "warning",
          message: `a step changes no weights by more than ${short(largest)} of their length, where about ${short(usual)} is usual`,
          evidence: { ratio: largest, threshold: ratio, usual },
          cause: "the learning rate is too low, or gradients vanish on their way back",
          advice: "Raise the learning rate by what the ratio is too small; if that does not help, look at the initialisation.",
          ...(change && { changes: [change] }),
        };
      },
    );
  },
});

/** For `osolgil explain`. */
export const explanation: CheckText = {
  name: { en: "Updates too small", ko: "지나치게 작은 갱신" },
  explanation: {
    en: "A step changes weights by less than a thirty-thousandth of their length, where about a thousandth is usual, and the loss is still high: training will take forever. The learning rate is too low, or gradients vanish on their way back. Raise the learning rate by what the ratio is too small.",
    ko: "한 걸음이 가중치 크기의 3만분의 1도 바꾸지 않는다. 보통은 1000분의 1쯤이다. 손실은 아직 높으니 이대로면 끝이 없다. 학습률이 너무 낮거나 기울기가 되돌아오는 길에 사라진다. 비율이 작은 만큼 학습률을 높인다.",
  },
};
