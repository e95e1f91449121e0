import type { RunDocument } from "../document/run-document.ts";
import type { RankedTrial } from "../search/ranking.ts";
import type { StudyDocument } from "../search/study.ts";
import { defineExperiment, type Language, listed, mean } from "./define.ts";
import { deepNet } from "./networks.ts";
import { panelsFigure } from "./plots.ts";

const shown = 20;
const runOf = (seed: number): RunDocument => ({
  seed,
  data: { kind: "mnist", first: 500, validation: 0.2 },
  model: deepNet(6),
  optimizer: { kind: "sgd", learningRate: 0.01 },
  penalty: { kind: "l2", strength: 1e-6 },
  training: { batchSize: 100, epochs: 50, order: "withReplacement" },
});
const studyOf = (seed: number, trials: number): StudyDocument => ({
  run: runOf(seed),
  space: {
    "optimizer.learningRate": { type: "float", min: 1e-6, max: 1e-2, scale: "log" },
    "penalty.strength": { type: "float", min: 1e-8, max: 1e-4, scale: "log" },
  },
  objective: { metric: "accuracy", at: "last" },
  seed,
  stages: [{ trials }, { trials: Math.ceil(trials / 3) }],
});

const rateOf = ({ parameters }: RankedTrial): number => parameters["optimizer.learningRate"] as number;

export const c12 = defineExperiment({
  id: "C12",
  name: { en: "Random search, from coarse to fine", ko: "거친 데서 촘촘한 데로, 무작위 탐색" },
  question: {
    en: "Which learning rate and weight decay does a random search over powers of ten find?",
    ko: "10의 거듭제곱 범위를 무작위로 찾으면 어떤 학습률과 가중치 감소가 나오는가?",
  },
  lesson: {
    en: "Sorted by their validation accuracy, the best trials all have learning rates near the upper end, and weight decays of any size: one of the two hardly matters here. Then the ranges are narrowed around the best, and the second search is better on average than the first.",
    ko: "검증 정확도로 줄을 세우면 좋은 것들은 모두 학습률이 위쪽 끝에 가깝고 가중치 감소는 제각각이다. 둘 중 하나는 여기서 거의 중요하지 않다. 좋은 것들 둘레로 범위를 좁히면 두 번째 탐색은 평균적으로 첫 번째보다 낫다.",
  },
  needs: ["mnist"],
  async run(lab) {
    const [seed] = lab.seeds(1);
    const trials = lab.quick ? 30 : 100;
    const study = studyOf(seed!, trials);
    const { summary, trials: all } = await lab.search(study);
    const coarse = summary.ranking.filter(({ stage }) => stage === 0);
    const fine = summary.ranking.filter(({ stage }) => stage === 1);
    const best = coarse[0]!;
    const share = summary.importance.find(({ name }) => name === "optimizer.learningRate")?.share ?? 0;
    const top = coarse.slice(0, Math.max(5, Math.round(trials / 10)));
    const [coarseMean, fineMean] = [coarse, fine].map((list) => mean(list.map(({ value }) => value))) as [number, number];
    return {
      settings: [study],
      numbers: {
        best: best.value,
        bestRate: rateOf(best),
        importance: share,
        coarseMean,
        fineMean,
        bestFine: fine[0]?.value ?? 0,
      },
      data: { trials: all, ranges: summary.stages, changes: summary.ended.map(({ changes }) => changes) },
      claims: [
        {
          text: { en: "the best of the coarse search is above 0.65", ko: "거친 탐색의 최고는 0.65를 넘는다" },
          holds: best.value > 0.65,
          measured: best.value.toFixed(3),
        },
        {
          text: {
            en: "the best have learning rates above 0.001, of a range that begins at 0.000001",
            ko: "좋은 것들의 학습률은 모두 0.001을 넘는다. 범위는 0.000001부터였다",
          },
          holds: top.every((trial) => rateOf(trial) > 1e-3),
          measured: listed(top.map(rateOf), 4),
        },
        {
          text: { en: "the learning rate accounts for most of the differences", ko: "차이의 대부분은 학습률에서 온다" },
          holds: share > 0.6,
          measured: share.toFixed(2),
        },
        {
          text: { en: "the narrowed search is better on average", ko: "좁힌 탐색이 평균적으로 더 낫다" },
          holds: fineMean > coarseMean,
          measured: `${fineMean.toFixed(3)}, ${coarseMean.toFixed(3)}`,
        },
      ],
      book: {
        rows: [
          {
            name: "best of 30",
            ours: [Math.max(...coarse.filter(({ number }) => number < 30).map(({ value }) => value))],
            book: [0.72, 0.75, 0.78],
          },
        ],
        note: {
          en: "The book's script: the best of 30 trials lay between 0.72 and 0.78 for three seeds. It depends on whether a learning rate close to 0.01, the end of the range, was among the 30.",
          ko: "책의 스크립트에서는 세 시드에서 30번 가운데 최고가 0.72에서 0.78이었다. 범위의 끝인 0.01에 가까운 학습률이 30번 안에 나왔는지에 달렸다.",
        },
      },
      figure: (language) => bestFigure(language, this.name, coarse.slice(0, shown)),
    };
  },
});

/** The lecture's grid: validation and training curves of the best trials, best first. */
function bestFigure(language: Language, title: { en: string; ko: string }, trials: readonly RankedTrial[]) {
  return panelsFigure(language, {
    title,
    caption: {
      en: "The best 20 trials of the coarse search, best first, with their learning rates. 500 images of MNIST, a fifth of them for validation, SGD, 50 epochs.",
      ko: "거친 탐색에서 가장 좋은 20개를 좋은 순서로, 학습률과 함께. MNIST 500장 가운데 5분의 1이 검증용, SGD, 50에폭.",
    },
    x: { en: "epoch", ko: "에폭" },
    y: { en: "accuracy", ko: "정확도" },
    columns: 5,
    yRange: [0, 1],
    panels: trials.map((trial, i) => {
      const x = trial.reports.map(({ epoch }) => epoch);
      return {
        title: `${i + 1}. ${rateOf(trial).toExponential(1)}`,
        series: [
          { name: { en: "validation", ko: "검증" }, x, y: trial.reports.map(({ value }) => value) },
          { name: { en: "training", ko: "훈련" }, x, y: trial.reports.map(({ trainingValue }) => trainingValue ?? Number.NaN) },
        ],
      };
    }),
  });
}
