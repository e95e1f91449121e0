import { defineExperiment, listed, mean } from "./define.ts";
import { deepNet, longRun } from "./networks.ts";
import { linesFigure } from "./plots.ts";
import { race } from "./race.ts";

const starts = [
  { name: "std 0.01", initializer: { kind: "normal", std: 0.01 } },
  { name: "Xavier", initializer: "xavier" },
  { name: "He", initializer: "he" },
] as const;

export const c07 = defineExperiment({
  id: "C7",
  name: { en: "Initialisation on MNIST", ko: "MNIST에서 가중치 초깃값 비교" },
  question: {
    en: "How much does it matter what the weights of a ReLU network start with?",
    ko: "ReLU 신경망에서 가중치의 초깃값은 얼마나 중요한가?",
  },
  lesson: {
    en: "With weights of standard deviation 0.01 the signal shrinks in every layer, and so do the gradients: nothing is learned. Xavier's keep the size for linear layers, He's for ReLU, which lets half of the signal through; He learns a little faster.",
    ko: "표준편차 0.01이면 층을 지날 때마다 신호가 줄고 기울기도 함께 줄어 아무것도 배우지 못한다. Xavier 초깃값은 선형 층에서, He 초깃값은 신호의 절반을 버리는 ReLU에서 크기를 지켜 준다. He가 조금 더 빠르다.",
  },
  needs: ["mnist"],
  run(lab) {
    const racers = starts.map(({ name, initializer }) => ({
      name,
      document: (seed: number) => longRun(seed, deepNet(4, { initializer }), { kind: "sgd", learningRate: 0.01 }),
    }));
    const results = race(lab, racers, lab.seeds(10));
    const [small, xavier, he] = results.map(({ last }) => last) as [number[], number[], number[]];
    return {
      settings: racers.map(({ document }) => document(lab.seeds(1)[0]!)),
      numbers: Object.fromEntries(results.map(({ name, last }) => [name, last])),
      data: { results },
      claims: [
        {
          text: {
            en: "std 0.01 does not learn: the loss stays within 0.02 of ln 10",
            ko: "표준편차 0.01은 배우지 못한다. 손실이 ln 10에서 0.02 안에 머문다",
          },
          holds: small.every((loss) => Math.abs(loss - Math.LN10) < 0.02),
          measured: listed(small),
        },
        {
          text: { en: "Xavier and He learn: they end below 0.5", ko: "Xavier와 He는 배운다. 손실이 0.5 아래로 끝난다" },
          holds: [...xavier, ...he].every((loss) => loss < 0.5),
          measured: `Xavier ${listed(xavier)}; He ${listed(he)}`,
        },
        {
          text: {
            en: "He ends at or below Xavier, in the mean of the seeds",
            ko: "시드 평균에서 He가 Xavier와 같거나 낮게 끝난다",
          },
          holds: mean(he) <= mean(xavier),
          measured: `He ${mean(he).toFixed(3)}, Xavier ${mean(xavier).toFixed(3)}`,
        },
      ],
      book: {
        rows: [
          { name: "std 0.01", ours: small, book: [2.301] },
          { name: "Xavier", ours: xavier, book: [0.288, 0.293, 0.302] },
          { name: "He", ours: he, book: [0.198, 0.217, 0.216] },
        ],
      },
      figure: (language) =>
        linesFigure(language, {
          title: this.name,
          caption: {
            en: "784-100-100-100-100-10, ReLU, SGD with rate 0.01, batches of 128.",
            ko: "784-100-100-100-100-10, ReLU, SGD 학습률 0.01, 배치 128.",
          },
          x: { en: "step", ko: "갱신 횟수" },
          y: { en: "training loss", ko: "훈련 손실" },
          series: results.map(({ name, curve }) => ({ name, ...curve })),
        }),
    };
  },
});
