import { defineExperiment, mean } from "./define.ts";
import { deepNet, longRun } from "./networks.ts";
import { linesFigure } from "./plots.ts";
import { race } from "./race.ts";

/** As in C3, each with a rate that suits it on a network with batch normalisation. */
const optimizers = [
  { name: "SGD", kind: "sgd", learningRate: 0.5 },
  { name: "Momentum", kind: "momentum", learningRate: 0.1 },
  { name: "AdaGrad", kind: "adagrad", learningRate: 0.01 },
  { name: "RMSProp", kind: "rmsprop", learningRate: 0.01, decay: 0.99 },
  { name: "Adam", kind: "adam", learningRate: 0.01 },
] as const;

export const noBest = defineExperiment({
  id: "NB",
  name: { en: "No optimizer is best everywhere", ko: "어디서나 최고인 옵티마이저는 없다" },
  question: {
    en: "Does the order of C3 hold for another network and other learning rates?",
    ko: "다른 신경망과 다른 학습률에서도 C3의 순서가 그대로인가?",
  },
  lesson: {
    en: "With batch normalisation and rates ten times larger, plain SGD and Momentum are no longer last, and the adaptive optimizers, with their rates raised in the same way, fall behind them. The order belongs to a network, its rates and its length, not to the optimizers.",
    ko: "배치 정규화를 쓰고 학습률을 열 배쯤 키우면 SGD와 모멘텀은 더는 꼴찌가 아니고, 똑같이 학습률을 키운 적응형 옵티마이저가 뒤처진다. 순서는 옵티마이저가 아니라 신경망과 학습률과 길이에 딸린 것이다.",
  },
  needs: ["mnist"],
  run(lab) {
    const racers = optimizers.map(({ name, ...optimizer }) => ({
      name,
      document: (seed: number) => longRun(seed, deepNet(4, { between: ["batchNorm"] }), optimizer),
    }));
    const results = race(lab, racers, lab.seeds(10));
    const lasts = results.map(({ name, last }) => ({ name, loss: mean(last) })).sort((a, b) => a.loss - b.loss);
    const place = (name: string) => lasts.findIndex((one) => one.name === name);
    return {
      settings: racers.map(({ document }) => document(lab.seeds(1)[0]!)),
      numbers: Object.fromEntries(results.map(({ name, last }) => [name, last])),
      data: { results },
      claims: [
        {
          text: { en: "SGD, last in C3, is not last here", ko: "C3에서 꼴찌였던 SGD가 여기서는 꼴찌가 아니다" },
          holds: place("SGD") < lasts.length - 1,
          measured: lasts.map(({ name, loss }) => `${name} ${loss.toFixed(3)}`).join(", "),
        },
        {
          text: {
            en: "an optimizer that was ahead of SGD in C3 is behind it",
            ko: "C3에서 SGD보다 앞섰던 옵티마이저가 뒤에 있다",
          },
          holds: ["AdaGrad", "RMSProp", "Adam"].some((name) => place(name) > place("SGD")),
          measured: lasts.map(({ name }) => name).join(" < "),
        },
      ],
      figure: (language) =>
        linesFigure(language, {
          title: this.name,
          caption: {
            en: "784-100-100-100-100-10 with batch normalisation, batches of 128; rates: SGD 0.5, Momentum 0.1, the others 0.01.",
            ko: "784-100-100-100-100-10에 배치 정규화, 배치 128. 학습률: SGD 0.5, Momentum 0.1, 나머지 0.01.",
          },
          x: { en: "step", ko: "갱신 횟수" },
          y: { en: "training loss", ko: "훈련 손실" },
          logY: true,
          series: results.map(({ name, curve }) => ({ name, ...curve })),
        }),
    };
  },
});
