/** What checks of the inside of a model share: which layers count, and what has lasted. */
import type { LayerProbe, ProbeTaken } from "../../core/events.ts";

/** Looks in a row that something must show in, before it is told. */
export const lasting = 3;
/** Steps before which it is not told: the first steps of a run are unlike the others. */
export const settled = 16;

/** The layers between input and output: the last layer's outputs are meant to be as they are. */
export const hidden = ({ layers }: ProbeTaken): readonly LayerProbe[] => layers.slice(0, -1);

/**
 * Keeps what each look shows, and gives it once the same has shown in enough looks in a row, the last of them late enough.
 *
 * @param find   what a look shows, with a key that is the same where it is the same fault
 * @param after  steps before which it is not told
 */
export function lastingly<T>(
  find: (probe: ProbeTaken) => readonly { readonly key: string; readonly seen: T }[],
  after: number = settled,
) {
  let counts = new Map<string, number>();
  return (probe: ProbeTaken): T | undefined => {
    const now = new Map<string, number>();
    let result: T | undefined;
    for (const { key, seen } of find(probe)) {
      const count = (counts.get(key) ?? 0) + 1;
      now.set(key, count);
      if (count >= lasting && probe.step >= after) result ??= seen;
    }
    counts = now;
    return result;
  };
}
