import { defineExperiment, listed, median } from "./define.ts";
import { photographs } from "./networks.ts";
import { barsFigure } from "./plots.ts";

const strengths = [0, 1e3];
const documentOf = (seed: number, strength: number) =>
  photographs(seed, {}, { ...(strength > 0 && { penalty: { kind: "l2", strength } }), training: { batchSize: 100, epochs: 1 } });

export const c13 = defineExperiment({
  id: "C13",
  name: { en: "The first loss", ko: "첫 손실" },
  question: {
    en: "What must the loss be before anything is learned, and what does regularisation add to it?",
    ko: "아무것도 배우기 전의 손실은 얼마여야 하고, 정칙화는 거기에 무엇을 더하는가?",
  },
  lesson: {
    en: "With small weights all ten classes are equally likely: the loss is ln 10 = 2.3026. Turned up to 1e3, L2 adds ½ λ ΣW², about 0.77. Both are known before the first step: where they do not come out, something is wired wrongly.",
    ko: "가중치가 작으면 열 클래스의 확률이 같아 손실은 ln 10 = 2.3026이다. L2를 1e3으로 올리면 ½ λ ΣW², 약 0.77이 더해진다. 둘 다 첫걸음 전에 알 수 있으니, 그렇게 나오지 않으면 어딘가 잘못 이어진 것이다.",
  },
  needs: ["cifar10"],
  run(lab) {
    const seeds = lab.seeds(10, 3);
    const [without, withPenalty] = strengths.map((strength) =>
      seeds.map((seed) => lab.open(documentOf(seed, strength)).probe().first().penalised),
    ) as [number[], number[]];
    return {
      settings: strengths.map((strength) => documentOf(seeds[0]!, strength)),
      numbers: { without, with1e3: withPenalty },
      data: { without, with1e3: withPenalty },
      claims: [
        {
          text: { en: "without regularisation it is ln 10, within 0.0005", ko: "정칙화가 없으면 0.0005 안에서 ln 10이다" },
          holds: without.every((loss) => Math.abs(loss - Math.LN10) < 5e-4),
          measured: listed(without, 5),
        },
        {
          text: { en: "with 1e3 it is near 3.07", ko: "1e3이면 3.07쯤이다" },
          holds: withPenalty.every((loss) => Math.abs(loss - 3.07) < 0.02),
          measured: listed(withPenalty),
        },
      ],
      figure: (language) =>
        barsFigure(language, {
          title: this.name,
          caption: {
            en: "3072-50-10 on photographs, weights of 0.0001 N(0, 1), before the first step; median of the seeds.",
            ko: "사진을 보는 3072-50-10, 초깃값 0.0001 N(0, 1), 첫걸음 전. 시드의 중앙값.",
          },
          y: { en: "loss", ko: "손실" },
          groups: ["λ = 0", "λ = 1e3"],
          labels: true,
          series: [{ name: { en: "first loss", ko: "첫 손실" }, values: [median(without), median(withPenalty)] }],
        }),
    };
  },
});
