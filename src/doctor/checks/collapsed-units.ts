import type { LayerProbe } from "../../core/events.ts";
import { type CheckText, defineCheck, short } from "./define.ts";
import { hidden, lastingly } from "./looks.ts";

/**
 * Layers through which the differences between examples are lost.
 *
 * Symbols  s_l spread of layer l: how much its units differ from example to example; fires where s_l < `ratio` s_(l-1) for two
 *          hidden layers one after the other, or s_l < `whole` s_1, in three looks in a row
 * Source   Lecture, C5 and C6: with a small initialisation all layers give nearly the same for everything. SageMaker Debugger's
 *          rule on the variances of layers: a ratio above 10. Layers that lose a little each lose as much together: three times that.
 */
export const collapsedUnits = defineCheck({
  code: "collapsedUnits",
  source: "Lecture, C5 and C6; SageMaker Debugger.",
  thresholds: { ratio: 0.1, whole: 1e-3 },
  explains: ["notLearning", "underfitting", "updatesTooSmall", "updatesTooLarge"],
  watch() {
    const { ratio, whole } = this.thresholds as { ratio: number; whole: number };
    return lastingly(
      (probe) => {
        const layers = hidden(probe);
        return layers.flatMap((layer: LayerProbe, i) => {
          const pairs = [[layers[i - 1], ratio] as const, [layers[0], whole] as const];
          const found = pairs.find(([before, least]) => before && before.spread > 0 && layer.spread < least * before.spread);
          if (!found) return [];
          const [before, threshold] = [found[0]!, found[1]];
          const seen = { layer: layer.layer, before: before.layer, share: layer.spread / before.spread, threshold };
          return [{ key: layer.layer, seen }];
        });
      },
      ({ layer, before, share, threshold }) => ({
        severity: "warning",
        message: `the outputs of '${layer}' differ from example to example by ${short(share)} of what those of '${before}' do`,
        evidence: { ratio: share, threshold },
        cause: "weights that are too small at the start",
        advice: "Begin with He's weights for relu and Xavier's for tanh and sigmoid, or put batchNorm before the activation.",
        layer,
      }),
    );
  },
});

/** For `osolgil explain`. */
export const explanation: CheckText = {
  name: { en: "Collapsed activations", ko: "쪼그라든 활성화값" },
  explanation: {
    en: "From one layer to the next the differences between examples become ten times smaller, or a thousand times over several layers: deeper layers give nearly the same whatever comes in, and the gradients that come back are as small. The weights are too small at the start. Begin with He's weights for ReLU and Xavier's for tanh and sigmoid, or put batch normalisation before the activation.",
    ko: "한 층을 지날 때 표본 사이의 차이가 10분의 1로, 또는 여러 층에 걸쳐 1000분의 1로 줄어든다. 깊은 층은 무엇이 들어오든 거의 같은 값을 내고, 돌아오는 기울기도 그만큼 작다. 처음 가중치가 너무 작다. ReLU에는 He, tanh와 sigmoid에는 Xavier 초깃값으로 시작하거나, 활성화 앞에 배치 정규화를 둔다.",
  },
};
