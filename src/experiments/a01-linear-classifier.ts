import type { RunDocument } from "../document/run-document.ts";
import type { ImageTile } from "../figures/index.ts";
import { defineExperiment, median } from "./define.ts";

const documentOf = (seed: number): RunDocument => ({
  seed,
  data: { kind: "cifar10", validation: 0, first: 5000 },
  preprocessing: ["meanImage"],
  model: [{ kind: "dense", units: 10, initializer: { kind: "normal", std: 0.0001 } }],
  optimizer: { kind: "sgd", learningRate: 0.005 },
  penalty: { kind: "l2", strength: 0.1 },
  training: { batchSize: 100, epochs: 30 },
});

export const a01 = defineExperiment({
  id: "A1",
  name: { en: "A linear classifier of photographs", ko: "사진을 가르는 선형 분류기" },
  question: {
    en: "What can f(x, W) = Wx + b learn of a 32 × 32 × 3 photograph?",
    ko: "f(x, W) = Wx + b는 32 × 32 × 3 사진에서 무엇을 배울 수 있는가?",
  },
  lesson: {
    en: "One template for each class: a row of W is a picture, and the score is how much the photograph looks like it. A template is a mean of all that the class looks like, so that a horse has two heads. It is far better than chance, and far from good.",
    ko: "클래스마다 본보기 하나다. W의 한 행은 그림이고, 점수는 사진이 그 그림과 얼마나 닮았는가이다. 본보기는 그 클래스의 모든 모습을 평균 낸 것이어서 말의 머리가 둘이 된다. 우연보다는 훨씬 낫지만 좋다고 하기에는 멀다.",
  },
  needs: ["cifar10"],
  run(lab) {
    const seeds = lab.seeds(3);
    const runs = seeds.map((seed) => {
      const session = lab.open(documentOf(seed));
      for (let step = 0; step < session.steps; step++) session.step(step);
      return { session, test: session.evaluate("test")!.accuracy!, training: session.evaluate("training")!.accuracy! };
    });
    const { session } = runs[0]!;
    const states = new Map(session.readPredicting().map(({ name, values }) => [name, values]));
    const [weights, bias] = [states.get("dense1.weight")!, states.get("dense1.bias")!];
    const parameters = weights.length + bias.length;
    const { inputs } = session.dataset.test!;
    const found = session.evaluation.predictions("test")!;
    let apart = 0;
    for (let unit = 0; unit < 10; unit++) {
      let score = bias[unit]!;
      for (let i = 0; i < 3072; i++) score += inputs.values[i]! * inputs.scale * weights[i * 10 + unit]!;
      apart = Math.max(apart, Math.abs(score - found.values[unit]!));
    }
    const { task } = session.dataset;
    const labels = (task.kind === "classification" && task.labels) || [];
    const templates = Array.from({ length: 10 }, (_, unit): ImageTile => {
      const values = Array.from({ length: 3072 }, (__, i) => weights[i * 10 + unit]!);
      return { width: 32, height: 32, channels: 3, values: stretched(values), label: labels[unit] ?? String(unit) };
    });
    const test = runs.map((run) => run.test);
    return {
      settings: [documentOf(seeds[0]!)],
      numbers: { test, training: runs.map((run) => run.training), parameters },
      data: { templates: templates.map(({ values }) => Array.from(values)), labels },
      claims: [
        {
          text: { en: "it has 10 × 3,072 weights and 10 biases", ko: "가중치는 10 × 3,072개, 편향은 10개다" },
          holds: parameters === 30_730,
          measured: String(parameters),
        },
        {
          text: { en: "a score is Wx + b, and nothing else", ko: "점수는 Wx + b일 뿐이다" },
          holds: apart < 1e-3,
          measured: apart.toExponential(1),
        },
        {
          text: { en: "it is right more than twice as often as chance", ko: "우연의 두 배 넘게 맞힌다" },
          holds: median(test) > 0.2,
          measured: test.map((one) => one.toFixed(3)).join(", "),
        },
      ],
      figure: (language) => ({
        title: this.name[language],
        caption:
          language === "ko"
            ? "클래스마다 가중치 3,072개를 그림으로. 훈련 사진 5,000장, L2 0.1."
            : "The 3,072 weights of each class as a picture. 5,000 photographs to learn from, L2 0.1.",
        panels: [{ images: templates, columns: 5 }],
        language,
      }),
    };
  },
});

/** Weights as brightness, 0 in the middle: the largest in size is at an end, but for a few. */
function stretched(values: readonly number[]): number[] {
  const sizes = values.map(Math.abs).sort((a, b) => a - b);
  const most = sizes[Math.floor(0.99 * sizes.length)] || 1;
  return values.map((one) => Math.max(-1, Math.min(1, one / most)));
}
