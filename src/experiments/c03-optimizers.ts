import { type Claim, defineExperiment, listed, mean } from "./define.ts";
import { deepNet, longRun } from "./networks.ts";
import { linesFigure } from "./plots.ts";
import { race } from "./race.ts";

/** Optimizers with the learning rates of the lecture's script; Nesterov beside them. */
const optimizers = [
  { name: "SGD", kind: "sgd", learningRate: 0.01 },
  { name: "Momentum", kind: "momentum", learningRate: 0.01 },
  { name: "Nesterov", kind: "nesterov", learningRate: 0.01 },
  { name: "AdaGrad", kind: "adagrad", learningRate: 0.01 },
  { name: "RMSProp", kind: "rmsprop", learningRate: 0.01, decay: 0.99 },
  { name: "Adam", kind: "adam", learningRate: 0.001 },
] as const;

/** Mean loss of the last 100 of 2,000 steps, for seeds 0, 1 and 2. */
const book: Readonly<Record<string, readonly number[]>> = {
  SGD: [0.196, 0.204, 0.211],
  Momentum: [0.062, 0.065, 0.071],
  RMSProp: [0.071, 0.066, 0.062],
  Adam: [0.04, 0.036, 0.042],
  AdaGrad: [0.034, 0.027, 0.036],
};

export const c03 = defineExperiment({
  id: "C3",
  name: { en: "Optimizers on MNIST", ko: "MNIST에서 옵티마이저 비교" },
  question: {
    en: "Which optimizer takes a network of four hidden layers down fastest?",
    ko: "은닉층 네 개짜리 신경망의 손실을 가장 빨리 낮추는 옵티마이저는 무엇인가?",
  },
  lesson: {
    en: "SGD falls slowest by far: one step size must do for all weights. Momentum gathers speed; AdaGrad, RMSProp and Adam give each weight a step of its own, and are ahead from the first steps on. That holds for this network and these rates; another experiment shows the order change.",
    ko: "SGD가 월등히 느리다. 모든 가중치에 같은 보폭을 쓰기 때문이다. 모멘텀은 속도를 쌓아 가고, AdaGrad·RMSProp·Adam은 가중치마다 보폭을 따로 정해 처음부터 앞선다. 이 순서는 이 신경망과 이 학습률에서의 결과일 뿐이며, 순서가 바뀌는 예는 다른 실험에서 볼 수 있다.",
  },
  needs: ["mnist"],
  run(lab) {
    const racers = optimizers.map(({ name, ...optimizer }) => ({
      name,
      document: (seed: number) => longRun(seed, deepNet(4), optimizer),
    }));
    const results = race(lab, racers, lab.seeds(10));
    const lasts = Object.fromEntries(results.map(({ name, last }) => [name, mean(last)])) as Record<string, number>;
    const others = results.filter(({ name }) => name !== "SGD");
    const slowest = Math.max(...others.map(({ last }) => mean(last)));
    const adaptive = Math.max(lasts.AdaGrad!, lasts.Adam!);
    const claims: Claim[] = [
      {
        text: {
          en: "SGD ends last: its loss is at least 1.1 times that of any other",
          ko: "SGD가 꼴찌다. 손실이 다른 어떤 옵티마이저의 1.1배 이상이다",
        },
        holds: lasts.SGD! > 1.1 * slowest,
        measured: `SGD ${lasts.SGD!.toFixed(3)}, ${others.map(({ name, last }) => `${name} ${mean(last).toFixed(3)}`).join(", ")}`,
      },
      {
        text: { en: "AdaGrad and Adam end below Momentum", ko: "AdaGrad와 Adam이 모멘텀보다 낮게 끝난다" },
        holds: adaptive < lasts.Momentum!,
        measured: `Momentum ${lasts.Momentum!.toFixed(3)}, AdaGrad ${lasts.AdaGrad!.toFixed(3)}, Adam ${lasts.Adam!.toFixed(3)}`,
      },
    ];
    return {
      settings: racers.map(({ document }) => document(lab.seeds(1)[0]!)),
      numbers: Object.fromEntries(results.map(({ name, last }) => [name, last])),
      data: { results },
      claims,
      book: {
        rows: results.flatMap(({ name, last }) => (book[name] ? [{ name, ours: last, book: book[name] }] : [])),
        note: {
          en: "The script takes the loss of a batch after the step on it, we before: what was just learned from a batch lowers its loss, most of all where steps are large, as RMSProp's are.",
          ko: "책의 스크립트는 갱신한 뒤에 그 배치의 손실을 재고, 우리는 갱신하기 전에 잰다. 방금 배운 배치는 손실이 낮아지며, RMSProp처럼 보폭이 클수록 더 그렇다.",
        },
      },
      figure: (language) =>
        linesFigure(language, {
          title: this.name,
          caption: {
            en: `784-100-100-100-100-10, ReLU, He, batches of 128. Mean loss of the last 100 of 2,000 steps: ${results.map(({ name, last }) => `${name} ${listed(last.slice(0, 3))}`).join("; ")}.`,
            ko: `784-100-100-100-100-10, ReLU, He 초깃값, 배치 128. 2,000번 갱신 중 마지막 100번의 평균 손실: ${results.map(({ name, last }) => `${name} ${listed(last.slice(0, 3))}`).join("; ")}.`,
          },
          x: { en: "step", ko: "갱신 횟수" },
          y: { en: "training loss", ko: "훈련 손실" },
          logY: true,
          series: results.map(({ name, curve }) => ({ name, ...curve })),
        }),
    };
  },
});
