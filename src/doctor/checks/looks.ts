/** What checks of the inside of a model share: which layers count, and what has lasted. */
import type { LayerProbe, ProbeTaken, RunEvent } from "../../core/events.ts";
import type { Found } from "./define.ts";

/** Looks in a row that something must show in, before it is told. */
export const lasting = 3;
/** Steps before which it is not told: the first steps of a run are unlike the others. */
export const settled = 16;

/** The layers between input and output: the last layer's outputs are meant to be as they are. */
export const hidden = ({ layers }: ProbeTaken): readonly LayerProbe[] => layers.slice(0, -1);

/**
 * Watches the looks of a run, and tells of what has shown in enough of them in a row, the last of them late enough.
 *
 * @param find   what a look shows, with a key that is the same where it is the same fault
 * @param tell   the finding that it is
 * @param after  steps before which it is not told
 */
export function lastingly<T>(
  find: (probe: ProbeTaken) => readonly { readonly key: string; readonly seen: T }[],
  tell: (seen: T) => Found,
  after: number = settled,
): (event: RunEvent) => Found | undefined {
  let counts = new Map<string, number>();
  return (event) => {
    if (event.type !== "probe.taken") return undefined;
    const now = new Map<string, number>();
    let result: T | undefined;
    for (const { key, seen } of find(event)) {
      const count = (counts.get(key) ?? 0) + 1;
      now.set(key, count);
      if (count >= lasting && event.step >= after) result ??= seen;
    }
    counts = now;
    return result && tell(result);
  };
}
