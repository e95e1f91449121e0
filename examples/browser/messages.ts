/** What the trainer's worker tells the page. */
export interface Report {
  readonly epoch: number;
  readonly loss: number;
  readonly accuracy: number;
  /** How probable the second spiral is at each place of a grid, row by row from the top; at some epochs. */
  readonly map?: Float32Array;
}

/** The points that are learned from: x and y in [-1, 1], and which spiral each is of. */
export interface Points {
  readonly inputs: readonly (readonly [number, number])[];
  readonly targets: readonly ("first" | "second")[];
}

/** Places along a side of the grid. */
export const gridSize = 64;
export const epochs = 300;

/** Two spirals, one the other turned by half a circle. */
export function spirals(perSpiral = 90): Points {
  const both = (["first", "second"] as const).flatMap((name, k) =>
    Array.from({ length: perSpiral }, (_, i) => {
      const radius = 0.08 + (0.84 * i) / perSpiral;
      const angle = 9 * radius + k * Math.PI;
      return { name, at: [radius * Math.cos(angle), radius * Math.sin(angle)] as const };
    }),
  );
  return { inputs: both.map(({ at }) => at), targets: both.map(({ name }) => name) };
}
