import { exp, log } from "../core/math.ts";
import { randomKey, uniformAt } from "../core/random.ts";
import { type Mark, type PlotPanel, sampleGrid } from "../figures/index.ts";
import { StudyPlanner } from "../search/planner.ts";
import { resolveStudy } from "../search/resolve-study.ts";
import type { Assignment } from "../search/space.ts";
import type { StudyDocument } from "../search/study.ts";
import { defineExperiment, type Language, mean } from "./define.ts";

const trials = 9;
const [important, other] = ["optimizer.learningRate", "penalty.strength"] as const;
const studyOf = (seed: number, sampler: StudyDocument["sampler"]): StudyDocument => ({
  run: { data: "mnist", model: [{ kind: "dense", units: 10 }], optimizer: { kind: "sgd" }, penalty: "l2" },
  space: {
    [important]: { type: "float", min: 1e-4, max: 1, scale: "log" },
    [other]: { type: "float", min: 1e-4, max: 1, scale: "log" },
  },
  ...(sampler !== undefined && { sampler }),
  trials,
  seed,
});

/** The points that a sampler tries, each number's place in its range from 0 to 1. */
function pointsOf(seed: number, sampler: StudyDocument["sampler"]): { x: number[]; y: number[] } {
  const planner = new StudyPlanner(resolveStudy(studyOf(seed, sampler)));
  const [x, y]: [number[], number[]] = [[], []];
  const place = (parameters: Assignment, name: string) => 1 + log(parameters[name] as number) / log(1e4);
  for (let next = planner.next([]); typeof next === "object"; next = planner.next([])) {
    const { number, stage, parameters } = next;
    x.push(place(parameters, important));
    y.push(place(parameters, other));
    planner.ended({ number, stage, parameters, reports: [], status: "completed", value: 0, steps: 0, seconds: 0 });
  }
  return { x, y };
}

/** Where the peak of the figure lies. */
const shownPeak = 0.3;

/** How good a place is: much of it by x, in a peak, and little by y. */
const good = (x: number, y: number, peak: number): number => exp(-((x - peak) * (x - peak)) / 0.02) + 0.1 * y * (1 - y);
const distinct = (values: readonly number[]): number => new Set(values.map((one) => one.toFixed(6))).size;
const best = ({ x, y }: { x: readonly number[]; y: readonly number[] }, peak: number): number =>
  Math.max(...x.map((one, i) => good(one, y[i]!, peak)));

export const c18 = defineExperiment({
  id: "C18",
  name: { en: "Random against grid", ko: "무작위 탐색과 격자 탐색" },
  question: {
    en: "Nine trials, two hyperparameters, one of which matters. Grid or random?",
    ko: "시도 아홉 번에 하이퍼파라미터가 둘이고 그중 하나만 중요하다면, 격자인가 무작위인가?",
  },
  lesson: {
    en: "A grid of nine tries only three values of the one that matters, each three times over. Random points try nine. One never knows beforehand which one matters, so the random search is the better bet.",
    ko: "아홉 점 격자는 중요한 쪽의 값을 셋밖에 못 보고, 그마저 세 번씩 되풀이한다. 무작위는 아홉 값을 본다. 어느 쪽이 중요한지는 미리 알 수 없으니 무작위에 거는 것이 낫다.",
  },
  needs: [],
  run(lab) {
    const [seed] = lab.seeds(1);
    const grid = pointsOf(seed!, { kind: "grid", points: 3 });
    // The draw that is shown is neither a lucky nor an unlucky one: the median of 25.
    const draws = Array.from({ length: 25 }, (_, i) => pointsOf(seed! + i, "random"));
    draws.sort((a, b) => best(a, shownPeak) - best(b, shownPeak));
    const random = draws[12]!;
    const rounds = 400;
    const found = { grid: [] as number[], random: [] as number[] };
    for (let round = 0; round < rounds; round++) {
      const peak = uniformAt(randomKey(seed! + 1000), round);
      found.grid.push(best(grid, peak));
      found.random.push(best(pointsOf(seed! + round, "random"), peak));
    }
    const [gridMean, randomMean] = [mean(found.grid), mean(found.random)];
    const wins = found.random.filter((one, i) => one > found.grid[i]!).length / rounds;
    return {
      settings: [studyOf(seed!, { kind: "grid", points: 3 }), studyOf(seed!, "random")],
      numbers: { gridValues: distinct(grid.x), randomValues: distinct(random.x), grid: gridMean, random: randomMean, wins },
      data: { grid, random },
      claims: [
        {
          text: {
            en: "the grid tries three values of the one that matters, the random search nine",
            ko: "중요한 쪽에서 격자는 세 값을, 무작위는 아홉 값을 본다",
          },
          holds: distinct(grid.x) === 3 && distinct(random.x) === 9,
          measured: `${distinct(grid.x)}, ${distinct(random.x)}`,
        },
        {
          text: {
            en: "over 400 places of the peak, the best that random finds is higher in the mean",
            ko: "봉우리의 자리 400가지에서 무작위가 찾은 최고가 평균적으로 높다",
          },
          holds: randomMean > gridMean,
          measured: `${randomMean.toFixed(3)}, ${gridMean.toFixed(3)}; ${(100 * wins).toFixed(0)} %`,
        },
      ],
      figure: (language) => twoLayouts(language, this.name[language], grid, random),
    };
  },
});

function twoLayouts(language: Language, title: string, grid: ReturnType<typeof pointsOf>, random: ReturnType<typeof pointsOf>) {
  const peak = shownPeak;
  const words =
    language === "ko"
      ? {
          grid: "격자",
          random: "무작위",
          x: "중요한 하이퍼파라미터",
          y: "중요하지 않은 것",
          height: "얼마나 좋은가",
          best: "찾은 최고",
        }
      : {
          grid: "Grid",
          random: "Random",
          x: "the one that matters",
          y: "the one that does not",
          height: "how good",
          best: "best found",
        };
  const curve = Array.from({ length: 121 }, (_, i) => i / 120);
  const profile = ({ x, y }: ReturnType<typeof pointsOf>, name: string): PlotPanel => {
    const heights = x.map((one, i) => good(one, y[i]!, peak));
    const highest = heights.indexOf(Math.max(...heights));
    const marks: Mark[] = [
      { kind: "line", colour: "muted", x: curve, y: curve.map((one) => good(one, 0.5, peak)) },
      { kind: "points", colour: 0, x, y: heights },
      { kind: "points", colour: 1, x: [x[highest]!], y: [heights[highest]!] },
    ];
    return { title: name, x: { from: -0.04, to: 1.04 }, y: { label: words.height, from: 0, to: 1.1 }, marks };
  };
  const plane = ({ x, y }: ReturnType<typeof pointsOf>): PlotPanel => ({
    x: { label: words.x, from: -0.04, to: 1.04 },
    y: { label: words.y, from: -0.04, to: 1.04 },
    marks: [
      {
        kind: "contours",
        ...sampleGrid((a, b) => good(a, b, peak), { x: [0, 1], y: [0, 1] }),
        levels: [0.2, 0.4, 0.6, 0.8, 1],
        labels: false,
      },
      { kind: "points", colour: 1, x, y },
    ],
  });
  return {
    title,
    caption:
      language === "ko"
        ? "아홉 번씩. 무작위는 25번 가운데 중앙값인 것. 위는 중요한 쪽을 따라 본 높이와 시도한 점(주황은 찾은 최고), 아래는 두 값의 평면."
        : "Nine trials each; of 25 random draws the median one. Above: how good it is along the one that matters, and what was tried (the best found in orange). Below: the plane of both.",
    panels: [profile(grid, words.grid), profile(random, words.random), plane(grid), plane(random)],
    columns: 2,
    legend: "none" as const,
    language,
  };
}
