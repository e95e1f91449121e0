import { bins, layersOf, range } from "./activations.ts";
import { defineExperiment } from "./define.ts";
import { histogramsFigure } from "./plots.ts";

const starts = [
  { name: "std 1", std: 1 },
  { name: "std 0.01", std: 0.01 },
  { name: "Xavier", std: 0.1 },
] as const;

export const c05 = defineExperiment({
  id: "C5",
  name: { en: "Activations of sigmoid layers", ko: "시그모이드 층의 활성화값 분포" },
  question: {
    en: "What do five layers of sigmoid make of normal inputs, before anything is learned?",
    ko: "배우기 전에, 시그모이드 다섯 층은 정규분포 입력을 어떻게 바꾸는가?",
  },
  lesson: {
    en: "Large weights push the activations to 0 and 1, where the sigmoid is flat: gradients vanish. Small ones leave them all at 0.5: a hundred neurons say the same. Xavier's spread them.",
    ko: "큰 가중치는 활성화값을 0과 1로 몰아붙인다. 시그모이드가 평평한 곳이라 기울기가 사라진다. 작은 가중치는 모두 0.5에 몰아 뉴런 백 개가 같은 말을 한다. Xavier 초깃값은 고르게 퍼뜨린다.",
  },
  needs: [],
  run(lab) {
    const [seed] = lab.seeds(1);
    const results = starts.map((start) => ({ ...start, layers: layersOf("sigmoid", start, seed!) }));
    const ends = (shares: readonly number[]) => shares[0]! + shares[bins - 1]!;
    const [one, small, xavier] = results.map(({ layers }) => layers) as [
      (typeof results)[0]["layers"],
      (typeof results)[0]["layers"],
      (typeof results)[0]["layers"],
    ];
    const piled = one.map(({ shares }) => ends(shares));
    return {
      settings: [{ inputs: [1000, 100], layers: 5, units: 100, activation: "sigmoid", std: starts.map(({ std }) => std), seed }],
      numbers: Object.fromEntries(results.map(({ name, layers }) => [name, layers.map(({ std }) => std)])),
      data: { results, range: range.sigmoid },
      claims: [
        {
          text: { en: "std 1: piled up at 0 and 1", ko: "표준편차 1: 0과 1에 몰린다" },
          holds: piled.every((share) => share > 0.4),
          measured: piled.map((share) => share.toFixed(2)).join(", "),
        },
        {
          text: { en: "std 0.01: piled up at 0.5", ko: "표준편차 0.01: 0.5에 몰린다" },
          holds: small.slice(1).every(({ mean, std }) => Math.abs(mean - 0.5) < 0.02 && std < 0.03),
          measured: small.map(({ std }) => std.toFixed(3)).join(", "),
        },
        {
          text: { en: "Xavier: spread, and not at the ends", ko: "Xavier: 퍼져 있고 양 끝에 몰리지 않는다" },
          holds: xavier.every(({ std, shares }, i) => std > (i === 0 ? 0.1 : 0.05) && ends(shares) < 0.05),
          measured: xavier.map(({ std }) => std.toFixed(3)).join(", "),
        },
      ],
      figure: (language) =>
        histogramsFigure(language, {
          title: this.name,
          caption: {
            en: "1,000 inputs of 100 normal numbers, five layers of 100 units. Each panel: the share of activations in 30 bins.",
            ko: "정규분포 숫자 100개짜리 입력 1,000개, 100개 뉴런 다섯 층. 칸마다 활성화값을 30구간으로 센 비율.",
          },
          x: { en: "activation", ko: "활성화값" },
          range: range.sigmoid,
          rows: results,
        }),
    };
  },
});
