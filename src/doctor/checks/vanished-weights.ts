import { type CheckText, defineCheck, percent } from "./define.ts";
import { lastingly } from "./looks.ts";

/**
 * Weights that become nothing: what pulls them to 0 is stronger than what is learned.
 *
 * Symbols  |W_0| length of a weight at the first look; fires where |W| < `share` |W_0| for all weights in three looks in a row
 * Source   TheDeepChecker: weights below 1e-5 have died, and a penalty must not outweigh the data.
 * Choice   In 200 clean runs there was at every look a weight with 0.98 of its first length or more.
 */
export const vanishedWeights = defineCheck({
  code: "vanishedWeights",
  source: "TheDeepChecker.",
  thresholds: { share: 0.5 },
  explains: ["deadUnits", "collapsedUnits", "notLearning", "underfitting", "updatesTooLarge", "updatesTooSmall"],
  watch(run) {
    const { share } = this.thresholds as { share: number };
    const first = new Map<string, number>();
    return lastingly(
      (probe) => {
        const shares = probe.parameters.flatMap(({ parameter, isWeight, norm }) => {
          if (!isWeight) return [];
          if (!first.has(parameter)) first.set(parameter, norm);
          return [norm / first.get(parameter)!];
        });
        // What began with zeros has no part left of it.
        const largest = Math.max(...shares);
        return shares.length > 0 && largest < share ? [{ key: "all", seen: { largest } }] : [];
      },
      (found) => {
        const { penalty } = run.document;
        const strength = penalty?.strength;
        return {
          severity: "warning",
          message: `no weight is longer than ${percent(found.largest)} of what it began with`,
          evidence: { share: found.largest, threshold: share },
          cause: penalty ? "the penalty is far too strong" : "a decay or a constraint that is far too strong",
          advice: "Make it ten to a hundred times weaker.",
          ...(typeof strength === "number" && {
            changes: [{ path: "penalty.strength", value: Number((strength / 100).toPrecision(2)) }],
          }),
        };
      },
    );
  },
});

/** For `osolgil explain`. */
export const explanation: CheckText = {
  name: { en: "Vanished weights", ko: "사라진 가중치" },
  explanation: {
    en: "All weights have shrunk to a small part of what they began with: the penalty, or a decay in the optimizer, pulls them to zero faster than the data can pull them elsewhere. Soon nothing is left that passes the layers. Make the penalty ten to a hundred times weaker: strengths from 1e-5 to 1e-2 are usual.",
    ko: "모든 가중치가 처음의 작은 일부로 줄었다. 벌점이나 최적화기의 감쇠가 데이터보다 세게 0으로 끌어당기는 것이다. 곧 층을 지나는 것이 남지 않는다. 벌점을 10분의 1에서 100분의 1로 낮춘다. 흔히 쓰는 세기는 1e-5에서 1e-2이다.",
  },
};
