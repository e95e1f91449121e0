import { type CheckText, defineCheck, percent } from "./define.ts";
import { hidden, lastingly } from "./looks.ts";

/**
 * Units of a squashing activation that are at the ends of their range for most examples.
 *
 * Symbols  share of a hidden layer's outputs beyond 95 % of their range; fires at `share` in three looks in a row
 * Source   SageMaker Debugger's Tanh/SigmoidSaturation and TheDeepChecker: more than half. Lecture, C5.
 */
export const saturatedUnits = defineCheck({
  code: "saturatedUnits",
  source: "SageMaker Debugger; TheDeepChecker; lecture, C5.",
  thresholds: { share: 0.5 },
  explains: ["notLearning", "underfitting", "updatesTooSmall", "collapsedUnits", "deadUnits"],
  watch() {
    const { share } = this.thresholds as { share: number };
    return lastingly(
      (probe) =>
        hidden(probe)
          .filter(({ saturated = 0 }) => saturated > share)
          .map(({ layer, kind, saturated = 0 }) => ({ key: layer, seen: { layer, kind, saturated } })),
      ({ layer, kind, saturated }) => ({
        severity: "warning",
        message: `${percent(saturated)} of the outputs of '${layer}' lie at the ends of the range of ${kind}`,
        evidence: { saturated, threshold: share },
        cause: "weights that are too large at the start, or inputs that are not scaled",
        advice: "Begin with Xavier's weights, standardise the inputs, put batchNorm before the activation, or use relu.",
        layer,
      }),
    );
  },
});

/** For `osolgil explain`. */
export const explanation: CheckText = {
  name: { en: "Saturated units", ko: "포화된 뉴런" },
  explanation: {
    en: "Most outputs of a layer lie at the ends of what its activation can give, where its slope is next to nothing: gradients vanish on their way back, and the layers before it do not learn. The weights are too large at the start, the inputs are not scaled, or steps were too long. Begin with Xavier's weights, standardise the inputs, put batch normalisation before the activation, or use ReLU.",
    ko: "한 층의 출력 대부분이 활성화 함수의 끝에 몰려 있다. 그곳은 기울기가 거의 0이라 되돌아가는 기울기가 사라지고 앞의 층들은 배우지 못한다. 처음 가중치가 너무 크거나, 입력의 척도를 맞추지 않았거나, 걸음이 너무 길었다. Xavier 초깃값으로 시작하고, 입력을 표준화하고, 활성화 앞에 배치 정규화를 두거나, ReLU를 쓴다.",
  },
};
