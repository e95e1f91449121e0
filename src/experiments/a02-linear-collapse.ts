import type { ComponentInput } from "../core/choice.ts";
import type { RunDocument } from "../document/run-document.ts";
import { defineExperiment } from "./define.ts";
import type { Lab } from "./lab.ts";
import { linesFigure } from "./plots.ts";

const epochs = 20;
const documentOf = (seed: number, model: readonly ComponentInput[]): RunDocument => ({
  seed,
  data: { kind: "mnist", first: 10_000, validation: 0 },
  model,
  optimizer: { kind: "sgd", learningRate: 0.1 },
  training: { batchSize: 100, epochs },
});
const hidden: ComponentInput = { kind: "dense", units: 100, initializer: "xavier" };
const outputs: ComponentInput = { kind: "dense", units: 10, initializer: "xavier" };

function trained(lab: Lab, document: RunDocument) {
  const session = lab.open(document);
  const accuracy: number[] = [];
  for (let step = 0; step < session.steps; step++) {
    session.step(step);
    if ((step + 1) % session.stepsPerEpoch === 0) accuracy.push(session.evaluate("test")!.accuracy!);
  }
  return { session, accuracy };
}

/** How far two linear layers are from the one layer that their product is, as a share of the outputs' size. */
function distance(session: ReturnType<Lab["open"]>): number {
  const weights = new Map(session.readPredicting().map(({ name, values }) => [name, values]));
  const [w1, b1, w2, b2] = ["dense1.weight", "dense1.bias", "dense2.weight", "dense2.bias"].map((name) => weights.get(name)!);
  const product = new Float64Array(784 * 10);
  const bias = Float64Array.from(b2!);
  for (let k = 0; k < 100; k++) {
    for (let j = 0; j < 10; j++) {
      bias[j]! += b1![k]! * w2![k * 10 + j]!;
      for (let i = 0; i < 784; i++) product[i * 10 + j]! += w1![i * 100 + k]! * w2![k * 10 + j]!;
    }
  }
  const found = session.evaluation.predictions("test")!;
  const { inputs } = session.dataset.test!;
  let [apart, size] = [0, 0];
  for (let row = 0; row < 200; row++) {
    for (let j = 0; j < 10; j++) {
      let sum = bias[j]!;
      for (let i = 0; i < 784; i++) sum += inputs.values[row * 784 + i]! * inputs.scale * product[i * 10 + j]!;
      apart = Math.max(apart, Math.abs(sum - found.values[row * 10 + j]!));
      size = Math.max(size, Math.abs(sum));
    }
  }
  return apart / size;
}

export const a02 = defineExperiment({
  id: "A2",
  name: { en: "Two linear layers are one", ko: "선형 층 두 개는 하나와 같다" },
  question: {
    en: "What does a second layer bring, if nothing that is not linear stands between the two?",
    ko: "사이에 비선형이 없으면 층을 하나 더 쌓아 무엇을 얻는가?",
  },
  lesson: {
    en: "Nothing: W₂(W₁x + b₁) + b₂ is a single layer with the weights W₂W₁, and learns what a linear classifier learns. With max(0, ·) between them the same weights learn more.",
    ko: "아무것도 얻지 못한다. W₂(W₁x + b₁) + b₂는 가중치가 W₂W₁인 층 하나이고, 선형 분류기만큼만 배운다. 사이에 max(0, ·)를 넣으면 같은 가중치로 더 배운다.",
  },
  needs: ["mnist"],
  run(lab) {
    const [seed] = lab.seeds(1);
    const documents = {
      one: documentOf(seed!, [outputs]),
      two: documentOf(seed!, [hidden, outputs]),
      relu: documentOf(seed!, [hidden, "relu", outputs]),
    };
    const one = trained(lab, documents.one);
    const two = trained(lab, documents.two);
    const relu = trained(lab, documents.relu);
    const apart = distance(two.session);
    const last = (curve: readonly number[]) => curve[curve.length - 1]!;
    const x = one.accuracy.map((_, i) => i + 1);
    return {
      settings: Object.values(documents),
      numbers: { one: last(one.accuracy), two: last(two.accuracy), relu: last(relu.accuracy), distance: apart },
      data: { one: one.accuracy, two: two.accuracy, relu: relu.accuracy },
      claims: [
        {
          text: {
            en: "the outputs of two linear layers are those of the single layer W₂W₁, but for rounding",
            ko: "선형 층 두 개의 출력은 반올림을 빼면 층 하나 W₂W₁의 출력과 같다",
          },
          holds: apart < 1e-5,
          measured: apart.toExponential(1),
        },
        {
          text: { en: "two linear layers end within 2 points of one", ko: "선형 층 두 개의 정확도는 하나와 2 %p 안에서 같다" },
          holds: Math.abs(last(two.accuracy) - last(one.accuracy)) < 0.02,
          measured: `${last(two.accuracy).toFixed(3)}, ${last(one.accuracy).toFixed(3)}`,
        },
        {
          text: { en: "with ReLU between them they end higher", ko: "사이에 ReLU를 넣으면 더 높다" },
          holds: last(relu.accuracy) > Math.max(last(one.accuracy), last(two.accuracy)) + 0.01,
          measured: last(relu.accuracy).toFixed(3),
        },
      ],
      figure: (language) =>
        linesFigure(language, {
          title: this.name,
          caption: {
            en: "The first 10,000 images of MNIST; 784-10, 784-100-10 without and with ReLU; SGD with rate 0.1, batches of 100.",
            ko: "MNIST 앞 10,000장. 784-10, ReLU 없는 784-100-10과 있는 것. SGD 학습률 0.1, 배치 100.",
          },
          x: { en: "epoch", ko: "에폭" },
          y: { en: "test accuracy", ko: "시험 정확도" },
          series: [
            { name: { en: "one layer", ko: "층 하나" }, x, y: one.accuracy },
            { name: { en: "two linear layers", ko: "선형 층 둘" }, x, y: two.accuracy },
            { name: { en: "with ReLU", ko: "ReLU 포함" }, x, y: relu.accuracy },
          ],
        }),
    };
  },
});
