import { type CheckText, defineCheck, otherLearningRate, percent } from "./define.ts";
import { lastingly } from "./looks.ts";

/**
 * Units that give the same for every example.
 *
 * Symbols  share of a hidden layer's units that are silent over the examples of a look; fires at `share` in three looks in a row, of
 *          the last layer where all are
 * Source   CS231n: up to 40 % of a layer can die at high learning rates. SageMaker Debugger's DeadRelu and AUTOTRAINER ask for more.
 */
export const deadUnits = defineCheck({
  code: "deadUnits",
  source: "CS231n; SageMaker Debugger's DeadRelu; AUTOTRAINER.",
  thresholds: { share: 0.4 },
  explains: ["notLearning", "underfitting", "collapsedUnits", "updatesTooSmall", "updatesTooLarge"],
  watch(run) {
    const { share } = this.thresholds as { share: number };
    return lastingly(
      (probe) =>
        probe.layers
          .filter(({ silent }, i) => silent >= (i === probe.layers.length - 1 ? 1 : share))
          .map(({ layer, kind, silent, units }) => ({ key: layer, seen: { layer, kind, silent, units } })),
      ({ layer, kind, silent, units }) => {
        const change = otherLearningRate(run, 0.1);
        return {
          severity: "warning",
          message: `${percent(silent)} of the ${units} units of '${layer}' give the same for every example`,
          evidence: { silent, units, threshold: share },
          cause:
            kind === "relu"
              ? "steps that were too long, or an initialisation that leaves units at the wrong side of 0"
              : "saturation, or an initialisation that is too small",
          advice:
            kind === "relu"
              ? "Lower the learning rate, begin with He's weights, or use leakyRelu."
              : "Lower the learning rate; choose an initialisation that fits the activation.",
          layer,
          ...(change && { changes: [change] }),
        };
      },
    );
  },
});

/** For `osolgil explain`. */
export const explanation: CheckText = {
  name: { en: "Dead units", ko: "죽은 뉴런" },
  explanation: {
    en: "A large part of a layer's units give the same number whatever comes in: they pass nothing on and get no gradient, so they will not come back. Mostly a step that was too long has pushed their biases so far down that ReLU cuts everything off. Lower the learning rate, begin with He's weights, or use a leaky ReLU.",
    ko: "한 층의 뉴런 가운데 많은 수가 무엇이 들어오든 같은 값을 낸다. 아무것도 전하지 않고 기울기도 받지 않으니 되살아나지 않는다. 대개 지나치게 긴 걸음이 편향을 너무 낮추어 ReLU가 모두 잘라 버린 것이다. 학습률을 낮추거나, He 초깃값으로 시작하거나, leaky ReLU를 쓴다.",
  },
};
