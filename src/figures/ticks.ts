/** The numbers and names at an axis: as many as find room, none over another. */
import type { Axis } from "./figure.ts";
import { brief } from "./numbers.ts";
import { type Scale, type Tick, ticksOf } from "./scale.ts";
import { lineHeight, measureText, wrapText } from "./text.ts";

/** A tick with its place on the axis, 0 to 1, and its text in lines. */
export interface PlacedTick {
  readonly share: number;
  readonly lines: readonly string[];
}

/** Pixels between the texts of neighbours, at least. */
const gap = 10;

const placed = (scale: Scale, ticks: readonly Tick[]): PlacedTick[] =>
  ticks.map(({ at, text }) => ({ share: scale.place(at), lines: text === "" ? [] : [text] }));

/** What the axis itself says, where it does: names, or places of its own. */
function given(axis: Axis, scale: Scale): Tick[] | undefined {
  const own = axis.categories
    ? axis.categories.map((text, at) => ({ at, text }))
    : axis.ticks?.map((tick) => (typeof tick === "number" ? { at: tick, text: brief(tick) } : tick));
  return own?.filter(({ at }) => scale.place(at) >= -1e-9 && scale.place(at) <= 1 + 1e-9);
}

/** Every nth text, so that no two are nearer than they may be; small lines stay. */
function everyNth(ticks: readonly PlacedTick[], apart: (a: PlacedTick, b: PlacedTick) => boolean): PlacedTick[] {
  const withText = ticks.filter(({ lines }) => lines.length > 0);
  for (let n = 1; ; n++) {
    const kept = withText.filter((_, i) => i % n === 0);
    if (n < withText.length && kept.some((tick, i) => i > 0 && !apart(kept[i - 1]!, tick))) continue;
    const texts = new Set(kept);
    return ticks.map((tick) => (texts.has(tick) || tick.lines.length === 0 ? tick : { ...tick, lines: [] }));
  }
}

export function ticksBelow(axis: Axis, scale: Scale, width: number, size: number): PlacedTick[] {
  const half = ({ lines }: PlacedTick): number => Math.max(0, ...lines.map((line) => measureText(line, size))) / 2;
  const apart = (a: PlacedTick, b: PlacedTick): boolean => (b.share - a.share) * width >= half(a) + half(b) + gap;
  const own = given(axis, scale);
  if (axis.categories && own) {
    // Every name is shown, in as many lines as it needs.
    const room = width / Math.max(1, Math.abs(scale.to - scale.from)) - 4;
    const ticks = own.map(({ at, text }) => ({ share: scale.place(at), lines: wrapText(text, room, size) }));
    return room >= size
      ? ticks
      : everyNth(
          own.map(({ at, text }) => ({ share: scale.place(at), lines: [text] })),
          apart,
        );
  }
  if (own)
    return everyNth(
      placed(scale, own).sort((a, b) => a.share - b.share),
      apart,
    );
  return (
    finest(scale, (a, b) => apart(a, b) && (b.share - a.share) * width >= 46) ?? everyNth(placed(scale, ticksOf(scale, 1)), apart)
  );
}

/** The finest round numbers whose texts stand comfortably apart. */
function finest(scale: Scale, isApart: (a: PlacedTick, b: PlacedTick) => boolean): PlacedTick[] | undefined {
  for (let count = 10; count > 1; count--) {
    const ticks = placed(scale, ticksOf(scale, count));
    const texts = ticks.filter(({ lines }) => lines.length > 0);
    if (texts.every((tick, i) => i === 0 || isApart(texts[i - 1]!, tick))) return ticks;
  }
  return undefined;
}

export function ticksBeside(axis: Axis, scale: Scale, height: number, size: number, maxWidth: number): PlacedTick[] {
  const apart = (a: PlacedTick, b: PlacedTick): boolean =>
    Math.abs(b.share - a.share) * height >= ((a.lines.length + b.lines.length) / 2) * lineHeight(size);
  const own = given(axis, scale);
  if (own) {
    const ticks = own.map(({ at, text }) => ({ share: scale.place(at), lines: wrapText(text, maxWidth, size) }));
    return everyNth(
      ticks.sort((a, b) => a.share - b.share),
      apart,
    );
  }
  // 1, 2 and 5 are a third of a power of ten apart.
  const apartBy = scale.isLog ? 26 : Math.max(26, Math.min(46, height / 7));
  return finest(scale, (a, b) => (b.share - a.share) * height >= apartBy) ?? everyNth(placed(scale, ticksOf(scale, 1)), apart);
}

/** The widest text. */
export const widthOfTicks = (ticks: readonly PlacedTick[], size: number): number =>
  Math.max(0, ...ticks.flatMap(({ lines }) => lines.map((line) => measureText(line, size))));

/** The most lines of a text. */
export const linesOfTicks = (ticks: readonly PlacedTick[]): number => Math.max(0, ...ticks.map(({ lines }) => lines.length));

/** Label and unit of an axis. */
export const axisTitle = ({ label, unit }: Axis): string =>
  unit === undefined ? (label ?? "") : label === undefined ? `[${unit}]` : `${label} [${unit}]`;
