import { type CheckText, defineCheck, otherLearningRate, short } from "./define.ts";
import { lastingly } from "./looks.ts";

/**
 * Steps that are long for the weights that they change.
 *
 * Symbols  r = |update| / |W|, of each weight; fires where r > `ratio` in three looks in a row, the last after step `steps`, at a
 *          loss above `loss` of the first one
 * Source   Lecture, F6, and CS231n: about 1e-3. A factor of 30 is what TheDeepChecker's 1e-4 to 1e-1 and SageMaker's rule leave on
 *          average.
 * Choice   Of 100 clean runs 20 have such steps for a while, and learn: AdaGrad and RMSProp begin with them, small last layers
 *          have them for long. What is too large shows in the loss, too.
 */
export const updatesTooLarge = defineCheck({
  code: "updatesTooLarge",
  source: "Lecture, F6; CS231n; TheDeepChecker.",
  thresholds: { ratio: 0.03, usual: 1e-3, loss: 0.7, steps: 50 },
  explains: ["notLearning", "underfitting"],
  watch(run) {
    const { ratio, usual, loss, steps } = this.thresholds as { ratio: number; usual: number; loss: number; steps: number };
    let first: number | undefined;
    return lastingly(
      (probe) => {
        first ??= probe.loss;
        if (probe.loss <= loss * first) return [];
        return probe.parameters.flatMap(({ parameter, isWeight, updateNorm = 0, norm }) => {
          const size = updateNorm / norm;
          return isWeight && norm > 0 && size > ratio ? [{ key: parameter, seen: { parameter, size } }] : [];
        });
      },
      ({ parameter, size }) => {
        const change = otherLearningRate(run, Math.max(0.01, (10 * usual) / size));
        return {
          severity: "warning",
          message: `a step changes '${parameter}' by ${short(size)} of its length, where about ${short(usual)} is usual`,
          evidence: { ratio: size, threshold: ratio, usual },
          cause: "the learning rate is too high for these weights",
          advice: "Lower the learning rate by what the ratio is too large.",
          layer: parameter,
          ...(change && { changes: [change] }),
        };
      },
      steps,
    );
  },
});

/** For `osolgil explain`. */
export const explanation: CheckText = {
  name: { en: "Updates too large", ko: "지나치게 큰 갱신" },
  explanation: {
    en: "A step changes weights by more than three hundredths of their length, where about a thousandth is usual, and the loss is still high: the network forgets as fast as it learns, and the loss swings or stays where it is. Lower the learning rate by what the ratio is too large.",
    ko: "한 걸음이 가중치 크기의 100분의 3을 넘게 바꾼다. 보통은 1000분의 1쯤이다. 그리고 손실은 아직 높다. 배우는 만큼 잊어버려 출렁이거나 내려가지 않는 것이다. 비율이 큰 만큼 학습률을 낮춘다.",
  },
};
