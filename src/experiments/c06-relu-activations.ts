import { type Activation, layersOf, range } from "./activations.ts";
import { defineExperiment } from "./define.ts";
import { histogramsFigure } from "./plots.ts";

const starts: Readonly<Record<"relu" | "tanh", readonly { readonly name: string; readonly std: number }[]>> = {
  relu: [
    { name: "ReLU, std 0.01", std: 0.01 },
    { name: "ReLU, Xavier", std: 0.1 },
    { name: "ReLU, He", std: Math.sqrt(2 / 100) },
  ],
  tanh: [
    { name: "tanh, std 0.01", std: 0.01 },
    { name: "tanh, Xavier", std: 0.1 },
    { name: "tanh, He", std: Math.sqrt(2 / 100) },
  ],
};

export const c06 = defineExperiment({
  id: "C6",
  name: { en: "Activations of ReLU and tanh layers", ko: "ReLU와 tanh 층의 활성화값 분포" },
  question: {
    en: "Which first weights keep the activations of ReLU layers alive through the depth?",
    ko: "어떤 초깃값이 깊은 층까지 ReLU의 활성화값을 살려 두는가?",
  },
  lesson: {
    en: "With std 0.01 the activations vanish within two layers. Xavier's shrink by about √2 in each ReLU layer, since half of the signal is cut off. He's, √(2/n), make up for that: all layers look alike. For tanh Xavier's are right.",
    ko: "표준편차 0.01이면 두 층 만에 활성화값이 사라진다. Xavier는 ReLU가 신호의 절반을 자르므로 층마다 약 √2배씩 줄어든다. He의 √(2/n)은 이를 메워 모든 층이 비슷하다. tanh에는 Xavier가 알맞다.",
  },
  needs: [],
  run(lab) {
    const [seed] = lab.seeds(1);
    const results = (["relu", "tanh"] as const).flatMap((activation: Activation & keyof typeof starts) =>
      starts[activation].map((start) => ({ ...start, activation, layers: layersOf(activation, start, seed!) })),
    );
    const [small, xavier, he, , tanhXavier] = results.map(({ layers }) => layers.map(({ std }) => std)) as [
      number[],
      number[],
      number[],
      number[],
      number[],
    ];
    const listed = (values: readonly number[]) => values.map((one) => one.toPrecision(2)).join(", ");
    return {
      settings: [{ inputs: [1000, 100], layers: 5, units: 100, starts, seed }],
      numbers: Object.fromEntries(results.map(({ name, layers }) => [name, layers.map(({ std }) => std)])),
      data: { results },
      claims: [
        {
          text: { en: "std 0.01: near 0 from the second layer on", ko: "표준편차 0.01: 둘째 층부터 0에 가깝다" },
          holds: small.slice(1).every((std) => std < 0.01),
          measured: listed(small),
        },
        {
          text: { en: "Xavier: drifts to 0 with depth", ko: "Xavier: 깊어질수록 0으로 쏠린다" },
          holds: xavier.every((std, i) => i === 0 || std < xavier[i - 1]!) && xavier[4]! < 0.5 * xavier[0]!,
          measured: listed(xavier),
        },
        {
          text: { en: "He: even, within a factor of 1.5 over five layers", ko: "He: 다섯 층에 걸쳐 1.5배 안에서 고르다" },
          holds: Math.max(...he) / Math.min(...he) < 1.5,
          measured: listed(he),
        },
        {
          text: { en: "tanh with Xavier stays spread", ko: "tanh는 Xavier로 퍼짐을 지킨다" },
          holds: tanhXavier.every((std) => std > 0.25),
          measured: listed(tanhXavier),
        },
      ],
      figure: (language) =>
        histogramsFigure(language, {
          title: this.name,
          caption: {
            en: "1,000 inputs of 100 normal numbers, five layers of 100 units. ReLU beyond 1 counts in the last bin.",
            ko: "정규분포 숫자 100개짜리 입력 1,000개, 100개 뉴런 다섯 층. 1을 넘는 ReLU 값은 마지막 구간에 센다.",
          },
          x: { en: "activation", ko: "활성화값" },
          range: range.relu,
          rows: results.map((row) => ({ ...row, range: range[row.activation] })),
        }),
    };
  },
});
