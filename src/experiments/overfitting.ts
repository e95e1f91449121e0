/** 300 images and a network of six hidden layers, which can learn them by heart (C9 to C11). */
import type { ComponentInput } from "../core/choice.ts";
import type { RunDocument } from "../document/run-document.ts";
import { listed, median, type Outcome, type Text } from "./define.ts";
import type { Lab } from "./lab.ts";
import { deepNet } from "./networks.ts";
import { gapFigure } from "./plots.ts";

export interface Fit {
  /** Accuracy after each epoch, of the first seed. */
  readonly training: readonly number[];
  readonly test: readonly number[];
  /** At the end, for each seed. */
  readonly lastTraining: readonly number[];
  readonly lastTest: readonly number[];
}

export const smallDocument = (
  seed: number,
  epochs: number,
  more: { readonly penalty?: ComponentInput; readonly after?: readonly ComponentInput[] } = {},
): RunDocument => ({
  seed,
  data: { kind: "mnist", first: 300, validation: 0 },
  model: deepNet(6, { ...(more.after && { after: more.after }) }),
  optimizer: { kind: "sgd", learningRate: 0.01 },
  ...(more.penalty && { penalty: more.penalty }),
  training: { batchSize: 100, epochs, order: "withReplacement" },
});

/** Trains over seeds; of the first one each epoch is judged. */
export function fitSmall(lab: Lab, document: (seed: number) => RunDocument, seeds: readonly number[]): Fit {
  const [lastTraining, lastTest]: number[][] = [[], []];
  const [training, test]: number[][] = [[], []];
  for (const [i, seed] of seeds.entries()) {
    lab.tell(`seed ${seed}`);
    const session = lab.open(document(seed));
    for (let step = 0; step < session.steps; step++) {
      session.step(step);
      const isLast = step + 1 === session.steps;
      if ((step + 1) % session.stepsPerEpoch !== 0 || !(i === 0 || isLast)) continue;
      const scores = [session.evaluate("training")!.accuracy!, session.evaluate("test")!.accuracy!] as const;
      if (i === 0) {
        training.push(scores[0]);
        test.push(scores[1]);
      }
      if (!isLast) continue;
      lastTraining.push(scores[0]);
      lastTest.push(scores[1]);
    }
  }
  return { training, test, lastTraining, lastTest };
}

/** The distance between training and test accuracy, in the median of the seeds. */
export const gapOf = ({ lastTraining, lastTest }: Fit): number =>
  median(lastTraining.map((accuracy, i) => accuracy - lastTest[i]!));

/** A run that is held back from learning by heart, against one that is not: what C10 and C11 claim alike. */
export function heldBack(
  lab: Lab,
  name: Text,
  document: (seed: number) => RunDocument,
  book: { readonly training: readonly number[]; readonly test: readonly number[] },
): Outcome {
  const seeds = lab.seeds(10);
  const fit = fitSmall(lab, document, seeds);
  const plain = fitSmall(lab, (seed) => smallDocument(seed, 201), seeds.slice(0, 3));
  return {
    settings: [document(seeds[0]!)],
    numbers: { training: fit.lastTraining, test: fit.lastTest, gap: gapOf(fit), gapWithout: gapOf(plain) },
    data: { fit, plain },
    claims: [
      {
        text: { en: "training accuracy no longer reaches 100 %", ko: "훈련 정확도가 100 %에 이르지 못한다" },
        holds: median(fit.lastTraining) < 0.98,
        measured: listed(fit.lastTraining),
      },
      {
        text: { en: "the gap between training and test shrinks", ko: "훈련과 시험 정확도의 틈이 줄어든다" },
        holds: gapOf(fit) < gapOf(plain),
        measured: `${gapOf(fit).toFixed(3)}, without ${gapOf(plain).toFixed(3)}`,
      },
    ],
    book: {
      rows: [
        { name: "training", ours: fit.lastTraining, book: book.training },
        { name: "test", ours: fit.lastTest, book: book.test },
      ],
    },
    figure: (language) => gapFigure(language, name, fit),
  };
}
