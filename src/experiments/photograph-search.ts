/** Searches for the regularisation and the learning rate of the lecture's network on photographs (C16 and C17). */
import type { Figure, Mark } from "../figures/index.ts";
import { type RankedTrial, rank } from "../search/ranking.ts";
import type { StudyDocument } from "../search/study.ts";
import type { EndedTrial } from "../search/trial.ts";
import type { Language, Text } from "./define.ts";
import { photographs } from "./networks.ts";

export const [rate, strength] = ["optimizer.learningRate", "penalty.strength"] as const;

/** @param rates  ends of the range of learning rates; `strengths` of the regularisation */
export function photographStudy(
  seed: number,
  trials: number,
  ranges: { readonly rates: readonly [number, number]; readonly strengths: readonly [number, number] },
): StudyDocument {
  const range = ([min, max]: readonly [number, number]) => ({ type: "float", min, max, scale: "log" }) as const;
  return {
    run: photographs(
      seed,
      { validation: 1000 },
      {
        optimizer: { kind: "momentum", learningRate: 1e-4 },
        penalty: { kind: "l2", strength: 1e-3 },
        schedule: { kind: "exponential", factor: 0.9 },
        training: { batchSize: 100, epochs: 5 },
      },
    ),
    space: { [strength]: range(ranges.strengths), [rate]: range(ranges.rates) },
    objective: { metric: "accuracy", at: "best" },
    seed,
    trials,
  };
}

export const coarseRanges = { rates: [1e-6, 1e-3], strengths: [1e-5, 1e5] } as const;
export const fineRanges = { rates: [1e-4, 1e-3], strengths: [1e-4, 1] } as const;

/** The five best, best first. */
export const bestFive = (trials: readonly EndedTrial[]): readonly RankedTrial[] => rank("max", trials).slice(0, 5);
export const meanOf = (trials: readonly RankedTrial[]): number =>
  trials.reduce((sum, { value }) => sum + value, 0) / Math.max(1, trials.length);

/** "0.41 (lr 4.1e-4, reg 2.0e-2)" */
export const shown = ({ value, parameters }: RankedTrial): string =>
  `${value.toFixed(3)} (lr ${(parameters[rate] as number).toExponential(1)}, reg ${(parameters[strength] as number).toExponential(1)})`;

/** Trials in the plane of the two, by how good they were. */
export function planeFigure(
  language: Language,
  title: Text,
  caption: Text,
  panels: readonly { readonly title: Text; readonly trials: readonly EndedTrial[] }[],
): Figure {
  const words = {
    en: { best: "five best", middle: "better half", rest: "others", lost: "given up", x: "learning rate", y: "regularisation" },
    ko: { best: "가장 좋은 다섯", middle: "나은 절반", rest: "나머지", lost: "포기한 것", x: "학습률", y: "정칙화" },
  }[language];
  const points = (name: string, trials: readonly EndedTrial[], colour: number | "muted"): Mark[] =>
    trials.length === 0
      ? []
      : [
          {
            kind: "points",
            name,
            colour,
            x: trials.map(({ parameters }) => parameters[rate] as number),
            y: trials.map(({ parameters }) => parameters[strength] as number),
          },
        ];
  return {
    title: title[language],
    caption: caption[language],
    language,
    columns: panels.length,
    panels: panels.map(({ title: name, trials }) => {
      const ranked = rank("max", trials);
      const half = Math.max(5, Math.ceil(ranked.length / 2));
      return {
        title: name[language],
        x: { label: words.x, scale: "log" as const },
        y: { label: words.y, scale: "log" as const },
        marks: [
          ...points(
            words.lost,
            trials.filter(({ status }) => status !== "completed"),
            "muted",
          ),
          ...points(words.rest, ranked.slice(half), 3),
          ...points(words.middle, ranked.slice(5, half), 0),
          ...points(words.best, ranked.slice(0, 5), 1),
        ],
      };
    }),
  };
}
