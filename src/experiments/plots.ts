/** The kinds of figures that experiments draw, in both languages. */
import { type ArrowsMark, type Figure, type Mark, type PlotPanel, sampleGrid } from "../figures/index.ts";
import { bins } from "./activations.ts";
import type { Language, Text } from "./define.ts";
import type { Walk } from "./valley.ts";

type Name = string | Text;
const inLanguage = (name: Name, language: Language): string => (typeof name === "string" ? name : name[language]);

export interface Series {
  readonly name: Name;
  readonly x: readonly number[];
  readonly y: readonly number[];
}

interface Titled {
  readonly title: Text;
  readonly caption: Text;
}

const lineOf = (language: Language, { name, x, y }: Series): Mark => ({ kind: "line", name: inLanguage(name, language), x, y });

/** Curves over steps or epochs. */
export function linesFigure(
  language: Language,
  figure: Titled & {
    readonly x: Text;
    readonly y: Text;
    readonly logY?: boolean;
    readonly yRange?: readonly [number, number];
    readonly series: readonly Series[];
  },
): Figure {
  const { title, caption, x, y, logY, yRange, series } = figure;
  return {
    title: title[language],
    caption: caption[language],
    language,
    panels: [
      {
        x: { label: x[language] },
        y: { label: y[language], ...(logY && { scale: "log" }), ...(yRange && { from: yRange[0], to: yRange[1] }) },
        marks: series.map((one) => lineOf(language, one)),
      },
    ],
  };
}

/** Small multiples with shared axes. */
export function panelsFigure(
  language: Language,
  figure: Titled & {
    readonly x: Text;
    readonly y: Text;
    readonly columns: number;
    readonly yRange?: readonly [number, number];
    readonly panels: readonly { readonly title: string; readonly series: readonly Series[] }[];
  },
): Figure {
  const { title, caption, x, y, columns, yRange, panels } = figure;
  return {
    title: title[language],
    caption: caption[language],
    language,
    columns,
    x: { label: x[language] },
    y: { label: y[language], ...(yRange && { from: yRange[0], to: yRange[1] }) },
    panels: panels.map((panel): PlotPanel => ({ title: panel.title, marks: panel.series.map((one) => lineOf(language, one)) })),
  };
}

/** Panels side by side, each with a vertical axis of its own. */
export function panelsOfOwn(
  language: Language,
  figure: Titled & {
    readonly x: Text;
    readonly panels: readonly {
      readonly title?: Text;
      readonly y: Text;
      readonly logY?: boolean;
      readonly series: readonly Series[];
    }[];
  },
): Figure {
  const { title, caption, x, panels } = figure;
  return {
    title: title[language],
    caption: caption[language],
    language,
    columns: panels.length,
    panels: panels.map(
      (panel): PlotPanel => ({
        ...(panel.title && { title: panel.title[language] }),
        x: { label: x[language] },
        y: { label: panel.y[language], ...(panel.logY && { scale: "log" }) },
        marks: panel.series.map((one) =>
          one.name === "" ? { kind: "line", colour: 0, x: one.x, y: one.y } : lineOf(language, one),
        ),
      }),
    ),
  };
}

/** Training and test accuracy with the gap between them. */
export function gapFigure(
  language: Language,
  title: Text,
  { training, test }: { readonly training: readonly number[]; readonly test: readonly number[] },
): Figure {
  const epochs = training.map((_, i) => i + 1);
  const words = {
    en: { training: "training", test: "test", gap: "gap", epoch: "epoch", accuracy: "accuracy" },
    ko: { training: "훈련", test: "시험", gap: "틈", epoch: "에폭", accuracy: "정확도" },
  }[language];
  return {
    title: title[language],
    caption: {
      en: "The first 300 images of MNIST, 784-100x6-10, ReLU, He, SGD with rate 0.01, batches of 100; test: 10,000 images.",
      ko: "MNIST 앞 300장, 784-100x6-10, ReLU, He 초깃값, SGD 학습률 0.01, 배치 100. 시험: 10,000장.",
    }[language],
    language,
    panels: [
      {
        x: { label: words.epoch },
        y: { label: words.accuracy, from: 0, to: 1 },
        marks: [
          { kind: "area", name: words.gap, colour: "muted", x: epochs, low: test, high: training },
          { kind: "line", name: words.training, x: epochs, y: training },
          { kind: "line", name: words.test, x: epochs, y: test },
        ],
      },
    ],
  };
}

/** Histograms: a row for each start, a column for each layer. */
export function histogramsFigure(
  language: Language,
  figure: Titled & {
    readonly x: Text;
    readonly range: readonly [number, number];
    readonly rows: readonly {
      readonly name: string;
      readonly range?: readonly [number, number];
      readonly layers: readonly { readonly shares: readonly number[] }[];
    }[];
  },
): Figure {
  const { title, caption, x, range, rows } = figure;
  const layer = { en: "layer", ko: "층" }[language];
  const ranges = new Set(rows.map((row) => (row.range ?? range).join()));
  const axisOf = (own: readonly [number, number]) => ({ from: own[0], to: own[1] });
  return {
    title: title[language],
    caption: caption[language],
    language,
    columns: rows[0]!.layers.length,
    columnTitles: rows[0]!.layers.map((_, i) => (language === "en" ? `${layer} ${i + 1}` : `${i + 1}${layer}`)),
    rowTitles: rows.map(({ name }) => name),
    ...(ranges.size === 1 && { x: { label: x[language], ...axisOf(range) } }),
    // Piles would flatten all others: what is higher goes out of the panel.
    y: { label: { en: "share", ko: "비율" }[language], from: 0, to: 0.3 },
    panels: rows.flatMap((row) => {
      const [low, high] = row.range ?? range;
      const edges = Array.from({ length: bins + 1 }, (_, i) => low + ((high - low) * i) / bins);
      return row.layers.map(
        ({ shares }): PlotPanel => ({
          ...(ranges.size > 1 && { x: axisOf([low, high]) }),
          marks: [{ kind: "histogram", edges, counts: shares.map((share) => Math.min(share, 0.3)), colour: 0 }],
        }),
      );
    }),
  };
}

/** Contour lines of a function of two variables, with arrows or walks over them. */
export function fieldFigure(
  language: Language,
  figure: Titled & {
    readonly x: readonly [number, number];
    readonly y: readonly [number, number];
    height(x: number, y: number): number;
    readonly arrows: readonly { readonly x: number; readonly y: number; readonly dx: number; readonly dy: number }[];
    readonly walks: readonly Walk[];
  },
): Figure {
  const { title, caption, x, y, height, arrows, walks } = figure;
  const contours: Mark = {
    kind: "contours",
    ...sampleGrid(height, { x, y }),
    levels: [0.1, 0.5, 1, 2, 4, 7, 11, 16, 22],
    labels: walks.length <= 1,
  };
  const field: ArrowsMark = {
    kind: "arrows",
    colour: "ink",
    x: arrows.map((one) => one.x),
    y: arrows.map((one) => one.y),
    dx: arrows.map((one) => one.dx),
    dy: arrows.map((one) => one.dy),
  };
  const axes = { x: { label: "x", from: x[0], to: x[1] }, y: { label: "y", from: y[0], to: y[1] } };
  const common = { title: title[language], caption: caption[language], language, legend: "none" as const };
  if (walks.length === 0) return { ...common, panels: [{ ...axes, marks: [contours, ...(arrows.length > 0 ? [field] : [])] }] };
  return {
    ...common,
    columns: Math.min(4, walks.length),
    ...axes,
    panels: walks.map(
      (walk, i): PlotPanel => ({
        title: walk.name,
        marks: [contours, { kind: "trajectory", name: walk.name, colour: i % 4, x: walk.x, y: walk.y }],
      }),
    ),
  };
}

/** Bars side by side. */
export function barsFigure(
  language: Language,
  figure: Titled & {
    readonly y: Text;
    readonly groups: readonly string[];
    /** Writes the number on each bar. */
    readonly labels?: boolean;
    readonly series: readonly { readonly name: Text; readonly values: readonly number[] }[];
  },
): Figure {
  const { title, caption, y, groups, series, labels = false } = figure;
  return {
    title: title[language],
    caption: caption[language],
    language,
    panels: [
      {
        x: { categories: groups },
        y: { label: y[language] },
        marks: series.map(
          ({ name, values }): Mark => ({ kind: "bars", name: name[language], values, ...(labels && { labels }) }),
        ),
      },
    ],
  };
}
