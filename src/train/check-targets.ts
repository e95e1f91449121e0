/** Holds the targets of a data set to what a loss can learn from, before anything is trained. */
import { DataError } from "../core/errors.ts";
import { type Dataset, exampleSize } from "../data/dataset.ts";
import type { LossDefinition } from "../nn/losses/define.ts";

/** @throws DataError  an example that the loss refuses, with its number and the reason */
export function checkTargets({ name: loss, refuse }: LossDefinition, { name, task, train, test }: Dataset): void {
  if (!refuse || task.kind === "classification") return;
  for (const [part, set] of Object.entries({ train, test })) {
    if (!set) continue;
    const { values, shape, count, scale } = set.targets;
    const width = exampleSize(shape);
    const row = new Float64Array(width);
    for (let example = 0; example < count; example++) {
      for (let i = 0; i < width; i++) row[i] = values[example * width + i]! * scale;
      const problem = refuse(row);
      if (problem === undefined) continue;
      throw new DataError("E_DATA_TARGET", {
        message: `loss '${loss}' ${problem} (${name} ${part}, example ${example})`,
        hint: "Change the targets, or take a loss for any values, such as 'meanSquaredError'.",
      });
    }
  }
}
