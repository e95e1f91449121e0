import { exp, log } from "../core/math.ts";
import { foldIn, foldNumber, randomKey } from "../core/random.ts";
import type { RunDocument } from "../document/run-document.ts";
import { wasmEngine } from "../engine/wasm/wasm-engine.ts";
import { gather, input, mul, reshape, table } from "../graph/index.ts";
import { Model } from "../nn/model.ts";
import { defineExperiment } from "./define.ts";
import type { Lab } from "./lab.ts";
import { linesFigure } from "./plots.ts";

const rate = 0.5;
const rows = 1000;
const counts = [1, 2, 3, 5, 8, 12, 20, 30, 50, 80];
const document = (seed: number): RunDocument => ({
  seed,
  data: { kind: "mnist", first: 5000, validation: 0 },
  model: [{ kind: "dense", units: 100 }, "relu", { kind: "dropout", rate }, { kind: "dense", units: 10 }],
  optimizer: { kind: "adam", learningRate: 0.001 },
  training: { batchSize: 100, epochs: 10 },
});

/** What a neuron of two inputs gives under each of its four masks, and in the mean of them. */
function fourMasks(): { masked: number[]; mean: number; whole: number } {
  const [w1, w2, x, y] = [0.7, -1.1, 2, 3] as const;
  const masked = [w1 * x + w2 * y, w1 * x, w2 * y, 0];
  return { masked, mean: masked.reduce((sum, one) => sum + one, 0) / 4, whole: w1 * x + w2 * y };
}

function softmax(values: ArrayLike<number>, row: number, out: Float64Array): void {
  let [largest, total] = [Number.NEGATIVE_INFINITY, 0];
  for (let i = 0; i < 10; i++) largest = Math.max(largest, values[row * 10 + i]!);
  for (let i = 0; i < 10; i++) total += out[i] = exp(values[row * 10 + i]! - largest);
  for (let i = 0; i < 10; i++) out[i]! /= total;
}

/** Accuracy and mean loss of an ensemble of thinned networks, for growing numbers of them, and of the whole network. */
function ensembles(lab: Lab, seed: number) {
  const session = lab.open(document(seed));
  for (let step = 0; step < session.steps; step++) session.step(step);
  const test = session.dataset.test!;
  const model = new Model(session.run.layers);
  const leaf = table("images", [test.inputs.count, 28, 28], "uint8");
  const examples = reshape(mul(gather(leaf, input("rows", [rows], "int32")), test.inputs.scale), [rows, 784]);
  const randomInputs: string[] = [];
  const thinned = model.apply(examples, "training", { randomInputs });
  const whole = model.apply(examples, "evaluation");
  const executable = wasmEngine.compile({ run: { outputs: { thinned, whole }, assignments: [] } });
  executable.writeTable(leaf, test.inputs.values);
  const weights = new Map(session.readPredicting().map(({ name, values }) => [name, values]));
  for (const { tensor } of model.parameters) executable.writeState(tensor, weights.get(tensor.name!)!);
  (executable.input("run", "rows") as Int32Array).forEach((_, i, all) => {
    all[i] = i;
  });
  const key = foldIn(randomKey(seed), "masks");
  const sums = new Float64Array(rows * 10);
  const one = new Float64Array(10);
  const judge = (probabilities: ArrayLike<number>, scale: number) => {
    let [right, loss] = [0, 0];
    for (let row = 0; row < rows; row++) {
      let best = 0;
      for (let i = 1; i < 10; i++) if (probabilities[row * 10 + i]! > probabilities[row * 10 + best]!) best = i;
      const target = test.targets.values[row]!;
      if (best === target) right++;
      loss -= log(probabilities[row * 10 + target]! * scale) / rows;
    }
    return { accuracy: right / rows, loss };
  };
  const curve: { count: number; accuracy: number; loss: number }[] = [];
  for (let count = 1; count <= counts[counts.length - 1]!; count++) {
    for (const name of randomInputs) foldNumber(key, count, executable.input("run", name) as Int32Array);
    executable.run("run");
    const given = executable.output("run", "thinned");
    for (let row = 0; row < rows; row++) {
      softmax(given, row, one);
      for (let i = 0; i < 10; i++) sums[row * 10 + i]! += one[i]!;
    }
    if (counts.includes(count)) curve.push({ count, ...judge(sums, 1 / count) });
  }
  const all = new Float64Array(rows * 10);
  const given = executable.output("run", "whole");
  for (let row = 0; row < rows; row++) {
    softmax(given, row, one);
    all.set(one, row * 10);
  }
  return { curve, whole: judge(all, 1) };
}

export const d03 = defineExperiment({
  id: "D3",
  name: { en: "Dropout as an expectation and as an ensemble", ko: "기댓값으로 본 드롭아웃, 앙상블로 본 드롭아웃" },
  question: {
    en: "Why can all neurons be switched on at test time, when half of them were missing in training?",
    ko: "훈련 때는 뉴런의 절반이 빠졌는데, 시험 때는 왜 모두 켜도 되는가?",
  },
  lesson: {
    en: "Over its four masks a neuron of two inputs gives half of w₁x + w₂y in the mean; scaling by what is kept makes up for it. And each mask is a network of its own that shares its weights with all others: averaging many of them is better than one, and the whole network, in a single pass, comes near the average of them all.",
    ko: "입력이 둘인 뉴런은 네 가지 마스크에 걸쳐 평균하면 w₁x + w₂y의 절반을 내므로, 남긴 비율로 크기를 맞추면 된다. 또 마스크 하나하나가 가중치를 함께 쓰는 신경망이다. 여럿을 평균하면 하나보다 낫고, 전체 신경망은 한 번의 계산으로 그 평균에 가까워진다.",
  },
  needs: ["mnist"],
  run(lab) {
    const [seed] = lab.seeds(1);
    const { masked, mean, whole } = fourMasks();
    const found = ensembles(lab, seed!);
    const [first] = found.curve;
    const last = found.curve[found.curve.length - 1]!;
    const x = found.curve.map(({ count }) => count);
    return {
      settings: [document(seed!)],
      numbers: {
        masked,
        meanOverMasks: mean,
        wholeNeuron: whole,
        oneThinnedNetwork: first!.loss,
        ensembleOf80: last.loss,
        wholeNetwork: found.whole.loss,
      },
      data: found,
      claims: [
        {
          text: { en: "the mean over the four masks is half of w₁x + w₂y", ko: "네 마스크의 평균은 w₁x + w₂y의 절반이다" },
          holds: Math.abs(mean - whole / 2) < 1e-12,
          measured: `${mean.toFixed(2)}, ${whole.toFixed(2)} / 2`,
        },
        {
          text: { en: "80 thinned networks together err less than one", ko: "솎아 낸 신경망 80개를 합치면 하나보다 덜 틀린다" },
          holds: last.loss < first!.loss && last.accuracy > first!.accuracy,
          measured: `loss ${first!.loss.toFixed(3)} → ${last.loss.toFixed(3)}, accuracy ${first!.accuracy.toFixed(3)} → ${last.accuracy.toFixed(3)}`,
        },
        {
          text: {
            en: "the whole network, in one pass, is about as good as the ensemble: within 0.01 of its accuracy",
            ko: "전체 신경망은 한 번의 계산으로 앙상블만큼 맞힌다(정확도 차 0.01 안)",
          },
          holds: Math.abs(found.whole.accuracy - last.accuracy) <= 0.01,
          measured: `${found.whole.accuracy.toFixed(3)}, ${last.accuracy.toFixed(3)}`,
        },
      ],
      figure: (language) =>
        linesFigure(language, {
          title: this.name,
          caption: {
            en: "784-100-10 with dropout 0.5, trained on 5,000 images; loss on 1,000 test images of the mean of that many thinned networks, and of the whole network.",
            ko: "드롭아웃 0.5인 784-100-10, 5,000장으로 학습. 시험 1,000장에서 솎아 낸 신경망을 그만큼 평균한 손실과 전체 신경망의 손실.",
          },
          x: { en: "networks in the ensemble", ko: "앙상블의 신경망 수" },
          y: { en: "test loss", ko: "시험 손실" },
          series: [
            { name: { en: "ensemble", ko: "앙상블" }, x, y: found.curve.map(({ loss }) => loss) },
            { name: { en: "whole network", ko: "전체 신경망" }, x, y: x.map(() => found.whole.loss) },
          ],
        }),
    };
  },
});
