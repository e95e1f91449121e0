import { pow } from "../core/math.ts";
import type { RunDocument } from "../document/run-document.ts";
import { defineExperiment } from "./define.ts";
import type { Lab } from "./lab.ts";
import { deepNet } from "./networks.ts";
import { panelsFigure } from "./plots.ts";

/** Standard deviations of the first weights, from 1 to 1e-4. */
const scales = Array.from({ length: 16 }, (_, i) => pow(10, (-4 * i) / 15));
const epochs = 20;

const document = (seed: number, std: number, hasNorm: boolean): RunDocument => ({
  seed,
  data: { kind: "mnist", first: 1000, validation: 0 },
  model: deepNet(5, { initializer: { kind: "normal", std }, between: hasNorm ? ["batchNorm"] : [] }),
  optimizer: { kind: "sgd", learningRate: 0.01 },
  training: { batchSize: 100, epochs, order: "withReplacement" },
});

/** Accuracy over the training examples before the first epoch and after each. A loss that is no number ends it at guessing. */
function accuracies(lab: Lab, run: RunDocument): number[] {
  const session = lab.open(run);
  const found = [session.evaluate("training")!.accuracy!];
  for (let step = 0; step < session.steps; step++) {
    const { loss } = session.step(step);
    if ((step + 1) % session.stepsPerEpoch !== 0) continue;
    found.push(Number.isFinite(loss) ? session.evaluate("training")!.accuracy! : 0.1);
  }
  return found;
}

export const c08 = defineExperiment({
  id: "C8",
  name: { en: "Batch normalisation and the scale of the weights", ko: "배치 정규화와 가중치 초깃값의 크기" },
  question: {
    en: "Does batch normalisation make learning less dependent on what the weights start with?",
    ko: "배치 정규화를 하면 학습이 가중치 초깃값에 덜 좌우되는가?",
  },
  lesson: {
    en: "With batch normalisation every layer sees numbers of about one size, whatever the weights are: it learns over orders of magnitude of the first weights. Without it the signal dies out or blows up, and only scales near He's learn at all.",
    ko: "배치 정규화를 하면 가중치가 어떻든 모든 층이 비슷한 크기의 값을 본다. 그래서 초깃값의 크기가 몇 자릿수씩 달라도 배운다. 없으면 신호가 사라지거나 폭발해 He 초깃값에 가까운 크기에서만 배운다.",
  },
  needs: ["mnist"],
  run(lab) {
    const seeds = lab.seeds(10);
    const runs = scales.map((std) => {
      lab.tell(`std ${std.toPrecision(2)}`);
      const each = (hasNorm: boolean) => seeds.map((seed) => accuracies(lab, document(seed, std, hasNorm)));
      return { std, withNorm: each(true), without: each(false) };
    });
    // As in the lecture's script, whose last point comes after 19 epochs.
    const at19 = (curves: readonly (readonly number[])[]) => curves.map((curve) => curve[19]!);
    const learned = (pick: (run: (typeof runs)[number]) => readonly (readonly number[])[]) =>
      seeds.map((_, i) => runs.filter((run) => at19(pick(run))[i]! > 0.5).length);
    const [counted, plain] = [learned(({ withNorm }) => withNorm), learned(({ without }) => without)];
    return {
      settings: [document(seeds[0]!, 1, true), document(seeds[0]!, 1, false)],
      numbers: { scalesWithNormAbove50: counted, scalesWithoutAbove50: plain },
      data: { runs },
      claims: [
        {
          text: {
            en: "with batch normalisation at least 11 of the 16 scales pass 50 %",
            ko: "배치 정규화가 있으면 16개 중 11개 이상이 50 %를 넘는다",
          },
          holds: counted.every((count) => count >= 11),
          measured: counted.join(", "),
        },
        {
          text: { en: "without it at most 4 do", ko: "없으면 많아야 4개가 넘는다" },
          holds: plain.every((count) => count <= 4),
          measured: plain.join(", "),
        },
      ],
      figure: (language) =>
        panelsFigure(language, {
          title: this.name,
          caption: {
            en: "The first 1,000 images of MNIST, 784-100x5-10, SGD with rate 0.01, batches of 100; each panel another standard deviation of the first weights.",
            ko: "MNIST 앞 1,000장, 784-100x5-10, SGD 학습률 0.01, 배치 100. 칸마다 초깃값의 표준편차가 다르다.",
          },
          x: { en: "epoch", ko: "에폭" },
          y: { en: "training accuracy", ko: "훈련 정확도" },
          columns: 4,
          yRange: [0, 1],
          panels: runs.map(({ std, withNorm, without }) => ({
            title: `std ${std >= 0.01 ? std.toPrecision(2) : std.toExponential(1)}`,
            series: [
              { name: { en: "with batch norm", ko: "배치 정규화 있음" }, x: withNorm[0]!.map((_, i) => i), y: withNorm[0]! },
              { name: { en: "without", ko: "없음" }, x: without[0]!.map((_, i) => i), y: without[0]! },
            ],
          })),
        }),
    };
  },
});
