/**
 * Fewer points that look the same.
 *
 * Source   Jugel et al. 2014, "M4: a visualization-oriented time series data aggregation", VLDB 7(10): of all points in a column of
 *          pixels the first, the least, the greatest and the last draw the same line.
 */

/** A place in pixels. */
export type Point = readonly [number, number];

/** Points in order, split at those that are not finite; points that draw nothing of their own are left out. */
export function lineRuns(count: number, at: (i: number) => Point): Point[][] {
  const runs: Point[][] = [];
  let run: Point[] = [];
  for (let i = 0; i < count; i++) {
    const point = at(i);
    if (Number.isFinite(point[0]) && Number.isFinite(point[1])) run.push(point);
    else if (run.length > 0) {
      runs.push(thinLine(run));
      run = [];
    }
  }
  if (run.length > 0) runs.push(thinLine(run));
  return runs;
}

/** Points below which nothing is thinned. */
const few = 400;
/** Columns in a pixel. */
const finer = 2;

/** First, least, greatest and last of each half column of pixels, where x never turns back; else points that move visibly. */
export function thinLine(points: readonly Point[]): Point[] {
  if (points.length <= few) return [...points];
  if (points.some(([x], i) => i > 0 && x < points[i - 1]![0])) return movingPoints(points);
  const out: Point[] = [];
  for (let start = 0; start < points.length; ) {
    const column = Math.floor(points[start]![0] * finer);
    let [end, least, greatest] = [start, start, start];
    while (end < points.length && Math.floor(points[end]![0] * finer) === column) {
      if (points[end]![1] < points[least]![1]) least = end;
      if (points[end]![1] > points[greatest]![1]) greatest = end;
      end++;
    }
    const kept = new Set([start, Math.min(least, greatest), Math.max(least, greatest), end - 1]);
    for (const i of kept) out.push(points[i]!);
    start = end;
  }
  return out;
}

/** Each point that is at least a third of a pixel from the last one kept, and the last. */
function movingPoints(points: readonly Point[]): Point[] {
  const out = [points[0]!];
  for (const point of points) {
    const [x, y] = out.at(-1)!;
    if ((point[0] - x) * (point[0] - x) + (point[1] - y) * (point[1] - y) >= 0.11) out.push(point);
  }
  const last = points.at(-1)!;
  if (out.at(-1) !== last) out.push(last);
  return out;
}

/** One point for each cell of half a pixel. */
export function distinctPoints(points: readonly Point[]): Point[] {
  const seen = new Set<string>();
  return points.filter(([x, y]) => {
    const cell = `${Math.round(x * 2)},${Math.round(y * 2)}`;
    return !seen.has(cell) && seen.add(cell);
  });
}
