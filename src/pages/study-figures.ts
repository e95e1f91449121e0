/** A study as figures: what was best when, how the best learned, and where in the ranges they lie. */
import { shortValue } from "../core/names.ts";
import type { Axis, Figure, Mark, Panel, ParallelAxis } from "../figures/index.ts";
import type { RankedTrial } from "../search/ranking.ts";
import type { Assignment, Json, Space } from "../search/space.ts";
import type { Objective } from "../search/study.ts";
import type { EndedTrial } from "../search/trial.ts";
import { isNumeric } from "../search/unit.ts";
import type { StudyWords } from "./study-words.ts";

/** What the figures are drawn from. */
export interface StudyData {
  readonly objective: Objective;
  /** The ranges of every stage, in order. */
  readonly spaces: readonly Space[];
  /** By number. */
  readonly trials: readonly EndedTrial[];
  /** Completed trials, best first. */
  readonly ranking: readonly RankedTrial[];
  /** Short names of the dimensions. */
  readonly names: ReadonlyMap<string, string>;
  /** What the figures say. */
  readonly say: StudyWords;
}

const shownCurves = 20;
/** Beyond this ratio of the greatest to the least a loss is shown by its powers of ten. */
const wide = 20;

const hasValue = (trial: EndedTrial): trial is RankedTrial => Number.isFinite(trial.value);

/** The axis of what the study looks for. */
function valueAxis({ metric, goal }: Objective, values: readonly number[]): Axis {
  const finite = values.filter(Number.isFinite);
  const isWide = goal === "min" && finite.every((one) => one > 0) && Math.max(...finite) > wide * Math.min(...finite);
  return { label: metric, ...(isWide && { scale: "log" as const }) };
}

/** A value in the title of a panel. */
export const showScore = ({ metric }: Objective, value: number): string =>
  metric === "accuracy" ? `${(100 * value).toFixed(1)} %` : shortValue(value);

/** Every trial by its number, and the best of those before. */
export function bestSoFar({ objective, trials, say }: StudyData): Figure {
  const shown = trials.filter(hasValue);
  const better = (a: number, b: number) => (objective.goal === "max" ? a > b : a < b);
  const [x, y]: number[][] = [[], []];
  let best: number | undefined;
  for (const { number, status, value } of shown) {
    if (status !== "completed" || (best !== undefined && !better(value, best))) continue;
    // A step: the best before holds up to here.
    if (best !== undefined) [x.push(number), y.push(best)];
    best = value;
    [x.push(number), y.push(best)];
  }
  if (best !== undefined) [x.push(trials.at(-1)!.number), y.push(best)];
  const dots = (status: EndedTrial["status"], looks: { readonly name: string; readonly colour: number | "muted" }): Mark[] => {
    const of = shown.filter((trial) => trial.status === status);
    if (of.length === 0) return [];
    return [{ kind: "points", ...looks, x: of.map(({ number }) => number), y: of.map(({ value }) => value) }];
  };
  const marks: Mark[] = [
    ...dots("pruned", { name: say.givenUp, colour: "muted" }),
    ...dots("completed", { name: say.trial, colour: 0 }),
    { kind: "line", name: say.bestLine, colour: 1, dash: "solid", x, y },
  ];
  const y0 = valueAxis(
    objective,
    shown.map(({ value }) => value),
  );
  return { panels: [{ x: { label: say.trial }, y: y0, marks }], legend: "top" };
}

/** The curves of the best trials, best first. */
export function bestCurves({ objective, ranking, say }: StudyData, columns: number): Figure {
  const best = ranking.slice(0, shownCurves);
  const values = best.flatMap(({ reports }) => reports.flatMap(({ value, trainingValue }) => [value, trainingValue ?? value]));
  const panels = best.map(({ number, value, reports }): Panel => {
    const x = reports.map(({ epoch }) => epoch);
    const training = reports.map(({ trainingValue }) => trainingValue ?? null);
    const marks: Mark[] = [
      ...(training.some((one) => one !== null)
        ? [{ kind: "line", name: say.training, colour: "muted", dash: "dashed", x, y: training } as const]
        : []),
      { kind: "line", name: say.validation, colour: 0, dash: "solid", x, y: reports.map((report) => report.value) },
    ];
    return { title: `#${number} · ${showScore(objective, value)}`, marks };
  });
  return { panels, columns, x: { label: say.epoch }, y: valueAxis(objective, values), legend: "top", aspect: 1.25 };
}

const keysOf = (spaces: readonly Space[]): string[] => [...new Set(spaces.flatMap((space) => Object.keys(space)))];

/** All values that a dimension could have in any stage. */
function choicesOf(key: string, spaces: readonly Space[]): readonly Json[] | undefined {
  const dimensions = spaces.flatMap((space) => space[key] ?? []);
  if (dimensions.some(({ type }) => type === "float" || type === "integer")) return undefined;
  const values = dimensions.flatMap((one) => (one.type === "categorical" ? one.values : [false, true]));
  const texts = values.map((value) => JSON.stringify(value));
  return values.filter((_, i) => texts.indexOf(texts[i]!) === i);
}

interface Coordinate {
  readonly scale: "linear" | "log";
  readonly from: number;
  readonly to: number;
  /** Names of values that are no numbers, at 0, 1, 2, ... */
  readonly choices?: readonly string[];
  /** Where a trial lies; null where the dimension does not count. */
  readonly placeOf: (parameters: Assignment) => number | null;
}

/** How the values of a dimension lie along an axis, over all stages. */
function coordinateOf(key: string, spaces: readonly Space[]): Coordinate {
  const choices = choicesOf(key, spaces);
  if (choices) {
    const texts = choices.map((value) => JSON.stringify(value));
    const placeOf = (parameters: Assignment): number | null => {
      const value = parameters[key];
      return value === undefined ? null : texts.indexOf(JSON.stringify(value));
    };
    return { scale: "linear", from: -0.5, to: choices.length - 0.5, choices: choices.map(shortValue), placeOf };
  }
  const ranges = spaces.flatMap((space) => space[key] ?? []).filter(isNumeric);
  const [from, to] = [Math.min(...ranges.map(({ min }) => min)), Math.max(...ranges.map(({ max }) => max))];
  const half = from < to ? 0 : Math.abs(from) / 2 || 1;
  return {
    scale: ranges[0]!.scale ?? "linear",
    from: from - half,
    to: to + half,
    placeOf: (parameters) => (typeof parameters[key] === "number" ? parameters[key] : null),
  };
}

/** A line for each trial across its values, to what it reached. */
export function parallelTrials({ objective, spaces, trials, names }: StudyData, isWide: boolean): Figure | undefined {
  const shown = trials.filter(hasValue);
  const keys = keysOf(spaces);
  if (shown.length < 2) return undefined;
  const coordinates = keys.map((key) => coordinateOf(key, spaces));
  const reached = shown.map(({ value }) => value);
  const sorted = [...reached].sort((a, b) => a - b);
  const [least, greatest] = [sorted[0]!, sorted.at(-1)!];
  if (least === greatest) return undefined;
  // A few losses that have run away would take the whole axis.
  const most =
    objective.goal === "min"
      ? Math.max(sorted[Math.floor(0.9 * (sorted.length - 1))]!, least + 1e-3 * (greatest - least))
      : greatest;
  const axes: ParallelAxis[] = [
    ...coordinates.map(
      ({ scale, from, to, choices }): ParallelAxis => ({
        scale,
        from,
        to,
        ...(choices && { ticks: choices.map((text, at) => ({ at, text })) }),
      }),
    ),
    // The bar beside it has the same numbers.
    { from: least, to: most, ...(isWide && { ticks: [] }) },
  ];
  const values = shown.flatMap(({ parameters, value }) => [
    ...coordinates.map(({ placeOf }) => placeOf(parameters)),
    Math.min(value, most),
  ]);
  const categories = [...keys.map((key) => names.get(key) ?? key), objective.metric];
  const marks: Mark[] = [
    {
      kind: "parallel",
      axes,
      values,
      worth: reached,
      best: objective.goal === "max" ? "greatest" : "least",
      range: [least, most],
      bar: isWide,
    },
  ];
  return { panels: [{ x: { categories }, y: { ticks: [] }, marks }], legend: "none", aspect: isWide ? 2.1 : 1.1 };
}

/** What each trial reached over each of its values; stages in colours of their own. */
export function scatters({ objective, spaces, trials, names, say }: StudyData, columns: number): Figure {
  const shown = trials.filter(hasValue);
  const stages = [...new Set(shown.map(({ stage }) => stage))];
  const panels = keysOf(spaces).map((key): Panel => {
    const { scale, from, to, choices, placeOf } = coordinateOf(key, spaces);
    const label = names.get(key) ?? key;
    const marks = stages.map((stage): Mark => {
      const of = shown.filter((trial) => trial.stage === stage && placeOf(trial.parameters) !== null);
      // Trials of one choice stand beside each other, in the order in which they came.
      const aside = (i: number) => (choices ? 0.5 * (((i * 0.618034) % 1) - 0.5) : 0);
      return {
        kind: "points",
        ...(stages.length > 1 && { name: say.stage(stage + 1) }),
        colour: stage,
        x: of.map(({ parameters }, i) => placeOf(parameters)! + aside(i)),
        y: of.map(({ value }) => value),
      };
    });
    return { x: choices ? { label, categories: choices, from, to } : { label, scale, from, to }, marks };
  });
  const y = valueAxis(
    objective,
    shown.map(({ value }) => value),
  );
  // Four stand better in two rows of two.
  return {
    panels,
    columns: Math.min(columns, panels.length === 4 ? 2 : panels.length),
    y,
    legend: stages.length > 1 ? "top" : "none",
  };
}

/** How much each dimension mattered. */
export function importanceBars(
  shares: readonly { readonly name: string; readonly share: number }[],
  { names, say }: Pick<StudyData, "names" | "say">,
): Figure {
  const categories = shares.map(({ name }) => names.get(name) ?? name);
  const percents = shares.map(({ share }) => Math.round(100 * share));
  const marks: Mark[] = [{ kind: "bars", values: percents, labels: true }];
  return {
    panels: [{ x: { categories }, y: { label: say.importance, unit: "%", from: 0 }, marks }],
    legend: "none",
    aspect: 2.4,
  };
}
