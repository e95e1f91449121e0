/** What the units of a layer give for some examples, in a few numbers and a histogram. */
import type { LayerProbe } from "../core/events.ts";
import { randomKey, uniformAt } from "../core/random.ts";

/** As many digits as anyone looks at: events are kept by the thousand. */
export const brief = (value: number): number => Number(value.toPrecision(6));

/** Bins of a histogram. */
const bins = 30;
/** Outputs this near to an end of their range, as a share of it, are saturated: beyond 95 % of the way from its middle. */
const edge = 0.025;

/**
 * Symbols  values [rows, ..., units], row-major; the places between rows and units (pixels of a picture) count as examples.
 *
 * @param range  ends that the outputs come near, where they have such
 */
export function unitStatistics(
  values: ArrayLike<number>,
  units: number,
  range?: readonly [number, number],
): Omit<LayerProbe, "layer" | "kind"> {
  const examples = values.length / units;
  const [sums, squares, least, greatest] = Array.from({ length: 4 }, () => new Float64Array(units));
  // Equal columns have equal projections on the same random direction; others have not, but by an accident of 2^-53.
  const projections = new Float64Array(units);
  least!.fill(Number.POSITIVE_INFINITY);
  greatest!.fill(Number.NEGATIVE_INFINITY);
  const [low, high] = range ? [range[0] + edge * (range[1] - range[0]), range[1] - edge * (range[1] - range[0])] : [0, 0];
  const key = randomKey(1);
  let [finite, saturated] = [0, 0];
  for (let row = 0, at = 0; row < examples; row++) {
    const along = uniformAt(key, row);
    for (let unit = 0; unit < units; unit++, at++) {
      const value = values[at]!;
      // Only NaN and the infinities give NaN.
      if (value - value !== 0) continue;
      finite++;
      sums![unit]! += value;
      squares![unit]! += value * value;
      projections[unit]! += along * value;
      if (value < least![unit]!) least![unit] = value;
      if (value > greatest![unit]!) greatest![unit] = value;
      if (range && (value < low || value > high)) saturated++;
    }
  }
  const sum = sums!.reduce((total, x) => total + x, 0);
  const square = squares!.reduce((total, x) => total + x, 0);
  const mean = finite > 0 ? sum / finite : 0;
  let [within, silent, twins] = [0, 0, 0];
  const known = new Set<number>();
  for (let unit = 0; unit < units; unit++) {
    const own = sums![unit]! / examples;
    within += Math.max(0, squares![unit]! / examples - own * own);
    if (least![unit]! >= greatest![unit]!) silent++;
    else if (known.has(projections[unit]!)) twins++;
    else known.add(projections[unit]!);
  }
  const [from, to] = finite > 0 ? [Math.min(...least!), Math.max(...greatest!)] : [0, 0];
  return {
    units,
    mean: brief(mean),
    deviation: finite > 0 ? brief(Math.sqrt(Math.max(0, square / finite - mean * mean))) : 0,
    spread: brief(Math.sqrt(within / units)),
    silent: brief(silent / units),
    twins: brief(twins / units),
    ...(range && { saturated: finite > 0 ? brief(saturated / finite) : 0 }),
    ...(finite < values.length && { nonFinite: brief(1 - finite / values.length) }),
    histogram: { from: brief(from), to: brief(to), counts: histogram(values, from, to) },
  };
}

/** How many values lie in each of some bins of equal width; all in the first where they are all alike. */
function histogram(values: ArrayLike<number>, from: number, to: number): number[] {
  const counts = new Int32Array(bins);
  const scale = to > from ? bins / (to - from) : 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (value - value !== 0) continue;
    const bin = Math.floor((value - from) * scale);
    counts[bin < bins ? bin : bins - 1]!++;
  }
  return Array.from(counts);
}
