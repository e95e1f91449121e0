/** What metrics of classes share: the class that a model decides for, how often it is right, and averages over classes. */
import type { Predicted } from "./metrics/define.ts";

/** The class of each example: that of its largest number, the first of equals; -1, no class, where one is NaN. */
export function decisionsOf({ predictions, width, count }: Predicted): Int32Array {
  const decisions = new Int32Array(count);
  for (let row = 0; row < count; row++) {
    let largest = Number.NEGATIVE_INFINITY;
    for (let i = 0; i < width; i++) {
      const value = predictions[row * width + i]!;
      if (value > largest) {
        largest = value;
        decisions[row] = i;
      } else if (Number.isNaN(value)) {
        decisions[row] = -1;
        break;
      }
    }
  }
  return decisions;
}

/** For each class: examples of it that were decided so, all that were decided so, and all that are of it. */
export interface ClassCounts {
  readonly right: readonly number[];
  readonly decided: readonly number[];
  readonly actual: readonly number[];
}

export function countClasses(predicted: Predicted): ClassCounts {
  const zeros = () => new Array<number>(predicted.width).fill(0);
  const [right, decided, actual] = [zeros(), zeros(), zeros()];
  decisionsOf(predicted).forEach((decision, row) => {
    const target = predicted.targets[row]!;
    actual[target]! += 1;
    if (decision >= 0) decided[decision]! += 1;
    if (decision === target) right[target]! += 1;
  });
  return { right, decided, actual };
}

/** The option of metrics that there are for each class. */
export const averageOption = {
  type: "string",
  choices: ["macro", "micro", "none"],
  default: "macro",
  summary: "The mean over classes, all of the same weight; over examples; or no mean, a number for each class.",
} as const;

const total = (numbers: readonly number[]): number => numbers.reduce((sum, one) => sum + one, 0);
const share = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);

/** Parts of wholes, one of each for a class, averaged as it is asked. A part of nothing is 0, and counts in the mean. */
export function averageShares(
  parts: readonly number[],
  wholes: readonly number[],
  average: "macro" | "micro" | "none",
): number | number[] {
  if (average === "micro") return share(total(parts), total(wholes));
  const shares = parts.map((part, i) => share(part, wholes[i]!));
  return average === "none" ? shares : total(shares) / shares.length;
}
