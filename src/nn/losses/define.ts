/** Losses: how wrong a prediction is, for each example; training minimises the mean over a batch. */
import { type Chooser, choosable } from "../../core/choice.ts";
import type { OptionSpecs, OptionValues } from "../../core/options.ts";
import type { Definition } from "../../core/registry.ts";
import { reshape, type Tensor } from "../../graph/index.ts";

/** Class numbers [N], or values of the prediction's shape. */
export type TargetKind = "classes" | "values";

/** A loss: a number for each example, the smaller the better; what is learned is its mean. */
export interface LossDefinition extends Definition {
  /** What it can be learned from. Where it is more than one kind, the data say which, and `build` sees it by the target's shape. */
  readonly targets: readonly TargetKind[];
  /** The loss of each example, [N]. */
  build(prediction: Tensor, target: Tensor, options: Readonly<Record<string, unknown>>): Tensor;
  /**
   * What is wrong with an example's values as a target, in words; undefined where nothing is. Data are held to it before they are
   * learned from. Without it: any values.
   */
  refuse?(values: ArrayLike<number>): string | undefined;
  /**
   * How probable each output is, where the loss gives outputs that meaning, in float64.
   *
   * @param outputs  `width` numbers for each example, row-major
   */
  probabilities?(outputs: ArrayLike<number>, width: number): Float64Array;
  readonly examples: readonly Readonly<Record<string, unknown>>[];
}

interface Written<S extends OptionSpecs> extends Omit<LossDefinition, "options" | "build" | "examples"> {
  readonly options: S;
  build(prediction: Tensor, target: Tensor, options: OptionValues<S>): Tensor;
  readonly examples: readonly Partial<OptionValues<S>>[];
}

/** A loss of one's own; its gradient follows from the formula. */
export function defineLoss<const S extends OptionSpecs>(definition: Written<S>): LossDefinition & Chooser<S> {
  return choosable<LossDefinition, S>("loss", definition as unknown as LossDefinition);
}

/** One row for each example: [N, ...] -> [N, the outputs of an example]. */
export function rowsOf(x: Tensor): Tensor {
  const [rows, ...example] = x.shape as [number, ...number[]];
  return reshape(x, [rows, example.reduce((size, extent) => size * extent, 1)]);
}
