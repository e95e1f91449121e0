/** What was seen inside the model while it trained: how much steps change the weights, and what the units of its layers give. */
import type { LayerProbe, ProbeTaken } from "../core/events.ts";
import type { Language, Text } from "../core/language.ts";
import type { HistogramMark, Mark, PlotPanel } from "../figures/index.ts";
import type { Section } from "./section.ts";

/** Where the length of an update should lie, as a share of the length of the weights: about 1e-3 (CS231n). */
const [bandLow, bandHigh] = [3e-4, 3e-3];
/** Bars are cut here, as a share of all outputs: relu has half of its outputs in one bin. */
const tallest = 0.25;
const [mostTimes, mostLayers, mostLines] = [5, 6, 8];

/** About so many of a list, evenly, with its first and its last. */
function some<T>(list: readonly T[], most: number): T[] {
  if (list.length <= most) return [...list];
  return Array.from({ length: most }, (_, i) => list[Math.round((i * (list.length - 1)) / (most - 1))]!);
}

const updates = {
  title: { en: "Updates against weights", ko: "가중치에 견준 갱신" },
  text: {
    en: "How long a step is, as a share of the length of the weights that it changes. About 1e-3, the shaded band, is usual: far above it the learning rate is too high, far below too low.",
    ko: "한 걸음의 크기를 그것이 바꾸는 가중치의 크기로 나눈 것. 보통은 칠한 띠처럼 1e-3쯤이다. 훨씬 위라면 학습률이 너무 높고, 훨씬 아래라면 너무 낮다.",
  },
  x: { en: "step", ko: "걸음" },
  y: { en: "update / weights", ko: "갱신 / 가중치" },
} as const satisfies Record<string, Text>;

const activations = {
  title: { en: "Activations", ko: "활성화값" },
  text: {
    en: "What the units of each layer give for the same training examples, as training goes on. Spread is good; all in one bar, or all at the ends, is not. Bars above a quarter of all outputs are cut.",
    ko: "학습이 진행되는 동안 같은 훈련 표본에 대해 각 층의 뉴런이 내는 값. 고루 퍼진 것이 좋다. 한 막대에 몰리거나 양 끝에 쌓이면 좋지 않다. 전체의 4분의 1이 넘는 막대는 잘랐다.",
  },
  start: { en: "start", ko: "처음" },
  step: { en: "step", ko: "걸음" },
} as const satisfies Record<string, Text>;

function updatesOf(probes: readonly ProbeTaken[], language: Language): Section[] {
  const withUpdates = probes.filter(({ parameters }) => parameters.some(({ updateNorm }) => updateNorm !== undefined));
  if (withUpdates.length < 2) return [];
  const x = withUpdates.map(({ step }) => step);
  const weights = withUpdates[0]!.parameters.filter(({ isWeight }) => isWeight).map(({ parameter }) => parameter);
  const ratio = (probe: ProbeTaken, name: string) => {
    const found = probe.parameters.find(({ parameter }) => parameter === name);
    const value = found?.updateNorm === undefined ? 0 : found.updateNorm / found.norm;
    return value > 0 && Number.isFinite(value) ? value : null;
  };
  const ends = [x[0]!, x[x.length - 1]!];
  const band: Mark = { kind: "area", colour: "muted", x: ends, low: [bandLow, bandLow], high: [bandHigh, bandHigh] };
  const lines = some(weights, mostLines).map(
    (name): Mark => ({ kind: "line", name, x, y: withUpdates.map((probe) => ratio(probe, name)) }),
  );
  return [
    {
      title: updates.title[language],
      text: updates.text[language],
      figure: {
        panels: [
          {
            x: { label: updates.x[language], scale: "log" },
            y: { label: updates.y[language], scale: "log" },
            marks: [band, ...lines],
          },
        ],
      },
    },
  ];
}

function histogramOf({ histogram: { from, to, counts } }: LayerProbe): HistogramMark {
  const total = counts.reduce((sum, count) => sum + count, 0);
  const width = to > from ? (to - from) / counts.length : 1 / counts.length;
  return {
    kind: "histogram",
    colour: 0,
    edges: Array.from({ length: counts.length + 1 }, (_, i) => from + i * width),
    counts: counts.map((count) => Math.min(tallest, count / Math.max(1, total))),
  };
}

function activationsOf(probes: readonly ProbeTaken[], language: Language): Section[] {
  if (probes.length === 0) return [];
  const times = some(probes, mostTimes);
  const layers = some(
    times[0]!.layers.map(({ layer }) => layer),
    mostLayers,
  );
  const panels = layers.flatMap((name) => {
    const found = times.map(({ layers: seen }) => seen.find(({ layer }) => layer === name)!);
    const from = Math.min(...found.map(({ histogram }) => histogram.from));
    const to = Math.max(...found.map(({ histogram }) => histogram.to));
    return found.map(
      (layer): PlotPanel => ({
        x: { from, to: to > from ? to : from + 1 },
        y: { from: 0, to: tallest },
        marks: [histogramOf(layer)],
      }),
    );
  });
  return [
    {
      title: activations.title[language],
      text: activations.text[language],
      figure: {
        panels,
        columns: times.length,
        columnTitles: times.map(({ step }) =>
          step === 0 ? activations.start[language] : `${activations.step[language]} ${step}`,
        ),
        rowTitles: layers,
        aspect: 1.6,
        legend: "none",
      },
    },
  ];
}

/** Sections of a report for what was seen; none where nobody looked. */
export function probeSections(probes: readonly ProbeTaken[], language: Language): Section[] {
  return [...updatesOf(probes, language), ...activationsOf(probes, language)];
}
