import { type CheckText, defineCheck, percent } from "./define.ts";
import { hidden, lastingly } from "./looks.ts";

/**
 * Weights that are all alike: units that stay copies of each other, or nothing at all.
 *
 * Symbols  share of a hidden layer's units that give what another gives; fires at `share` in three looks in a row, or where all
 *          hidden weights are 0
 * Source   Lecture, C4: equal weights get equal gradients for ever; with zeros nothing flows back.
 */
export const symmetricUnits = defineCheck({
  code: "symmetricUnits",
  source: "Lecture, C4.",
  thresholds: { share: 0.5 },
  explains: ["notLearning", "deadUnits", "collapsedUnits", "updatesTooSmall", "updatesTooLarge", "underfitting"],
  watch() {
    const { share } = this.thresholds as { share: number };
    return lastingly(
      (probe) => {
        const zero = probe.parameters.filter(({ isWeight, norm }) => isWeight && norm === 0);
        const twins = hidden(probe).filter((layer) => layer.twins >= share);
        // A zero last layer is a choice that some make; zeros before it let nothing pass.
        const isBlocked = zero.length > 0 && hidden(probe).some(({ silent }) => silent === 1);
        return [
          ...twins.map((layer) => ({ key: layer.layer, seen: { layer: layer.layer, share: layer.twins, zero: false } })),
          ...(isBlocked ? [{ key: "zero", seen: { layer: zero[0]!.parameter, share: 1, zero: true } }] : []),
        ];
      },
      (found) => ({
        severity: "error",
        message: found.zero
          ? `all weights of '${found.layer}' are 0, and stay so: nothing flows through it or back`
          : `${percent(found.share)} of the units of '${found.layer}' give what another unit gives`,
        evidence: { share: found.share, threshold: share },
        cause: "weights that are all alike at the start",
        advice: "Begin with random weights: he for relu, xavier for tanh and sigmoid.",
        layer: found.layer,
      }),
    );
  },
});

/** For `osolgil explain`. */
export const explanation: CheckText = {
  name: { en: "Symmetric units", ko: "똑같은 뉴런" },
  explanation: {
    en: "The units of a layer are copies of each other: they began with the same weights, get the same gradients and stay the same, so that the layer is worth one unit. With weights of zero not even that is learned. Begin with random weights: He's for ReLU, Xavier's for tanh and sigmoid.",
    ko: "한 층의 뉴런들이 서로 똑같다. 같은 가중치로 시작해 같은 기울기를 받으니 끝까지 같고, 층 전체가 뉴런 하나 값밖에 못 한다. 가중치가 모두 0이면 그것조차 배우지 못한다. 무작위로 시작한다. ReLU에는 He, tanh와 sigmoid에는 Xavier 초깃값이 알맞다.",
  },
};
