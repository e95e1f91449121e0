/** Runs side by side over seeds, judged by their loss at the end. */
import type { RunDocument } from "../document/run-document.ts";
import { mean } from "./define.ts";
import { type Lab, thinned } from "./lab.ts";

export interface Racer {
  readonly name: string;
  document(seed: number): RunDocument;
}

export interface RaceResult {
  readonly name: string;
  /** Of the first seed, over steps. */
  readonly curve: { readonly x: readonly number[]; readonly y: readonly number[] };
  /** Mean loss of the last 100 steps, for each seed. */
  readonly last: readonly number[];
}

export function race(lab: Lab, racers: readonly Racer[], seeds: readonly number[]): RaceResult[] {
  return racers.map(({ name, document }) => {
    const curves = seeds.map((seed) => {
      lab.tell(`${name}, seed ${seed}`);
      return lab.losses(document(seed));
    });
    return {
      name,
      curve: thinned(curves[0]!, 200),
      last: curves.map((losses) => mean([...losses.subarray(-100)])),
    };
  });
}
