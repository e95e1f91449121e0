import type { ComponentInput } from "../core/choice.ts";
import { defineExperiment, mean } from "./define.ts";
import { thinned } from "./lab.ts";
import { deepNet, longRun } from "./networks.ts";
import { linesFigure } from "./plots.ts";

const steps = 800;
const runs: readonly { name: { en: string; ko: string }; initializer: ComponentInput; learningRate: number }[] = [
  { name: { en: "rate too low", ko: "학습률이 너무 낮음" }, initializer: "he", learningRate: 0.0005 },
  { name: { en: "rate good", ko: "알맞은 학습률" }, initializer: "he", learningRate: 0.1 },
  { name: { en: "rate too high", ko: "학습률이 너무 높음" }, initializer: "he", learningRate: 1 },
  { name: { en: "bad first weights", ko: "나쁜 초깃값" }, initializer: { kind: "normal", std: 0.045 }, learningRate: 0.1 },
];

export const c19 = defineExperiment({
  id: "C19",
  name: { en: "Loss curves, good and bad", ko: "좋은 손실 곡선과 나쁜 손실 곡선" },
  question: {
    en: "What can be read from the shape of a loss curve?",
    ko: "손실 곡선의 모양에서 무엇을 읽을 수 있는가?",
  },
  lesson: {
    en: "A rate that is too low goes down like a straight line; one that is too high falls at first and then stays high, or jumps. A curve that is flat at the start and falls suddenly later had bad first weights.",
    ko: "학습률이 너무 낮으면 곧은 선처럼 천천히 내려가고, 너무 높으면 처음에만 떨어지다 높은 곳에 머물거나 튄다. 처음에 평평하다가 나중에 갑자기 떨어지는 곡선은 초깃값이 나빴다는 뜻이다.",
  },
  needs: ["mnist"],
  run(lab) {
    const [seed] = lab.seeds(1);
    const results = runs.map(({ name, initializer, learningRate }) => {
      lab.tell(name.en);
      const document = longRun(seed!, deepNet(4, { initializer }), { kind: "sgd", learningRate });
      const run = { ...document, training: { ...document.training, iterations: steps } };
      return { name, document: run, losses: lab.losses(run) };
    });
    const last = (i: number) => mean([...results[i]!.losses.subarray(-50)]);
    const early = mean([...results[3]!.losses.subarray(20, 60)]);
    const [low, good, high, bad] = [last(0), last(1), last(2), last(3)];
    return {
      settings: results.map(({ document }) => document),
      numbers: { tooLow: low, good, tooHigh: Number.isFinite(high) ? high : -1, badStart: bad, badStartEarly: early },
      data: { curves: results.map(({ name, losses }) => ({ name, ...thinned(losses, 160) })) },
      claims: [
        {
          text: {
            en: "too low: it still goes down, far above the good one",
            ko: "너무 낮음: 아직 내려가는 중이고 알맞은 것보다 훨씬 높다",
          },
          holds: low > 3 * good && low < results[0]!.losses[0]!,
          measured: `${low.toFixed(2)}, ${good.toFixed(2)}`,
        },
        {
          text: {
            en: "too high: it ends far above the good one, or is no number",
            ko: "너무 높음: 알맞은 것보다 훨씬 높게 끝나거나 숫자가 아니게 된다",
          },
          holds: !(high < 3 * good),
          measured: Number.isFinite(high) ? high.toFixed(2) : "NaN",
        },
        {
          text: {
            en: "bad first weights: flat at ln 10 at first, lower later",
            ko: "나쁜 초깃값: 처음에는 ln 10에서 평평하다가 나중에 낮아진다",
          },
          holds: Math.abs(early - Math.LN10) < 0.02 && bad < 0.8 * early,
          measured: `${early.toFixed(3)}, ${bad.toFixed(2)}`,
        },
      ],
      figure: (language) =>
        linesFigure(language, {
          title: this.name,
          caption: {
            en: "784-100-100-100-100-10 on MNIST, SGD, batches of 128; rates 0.0005, 0.1 and 1, and weights of std 0.045.",
            ko: "MNIST, 784-100-100-100-100-10, SGD, 배치 128. 학습률 0.0005, 0.1, 1과 표준편차 0.045 초깃값.",
          },
          x: { en: "step", ko: "갱신 횟수" },
          y: { en: "training loss", ko: "훈련 손실" },
          yRange: [0, 3],
          series: results.map(({ name, losses }) => ({ name, ...thinned(losses, 160) })),
        }),
    };
  },
});
