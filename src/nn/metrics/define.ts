/** Metrics: what a model's predictions are worth, from all those of a part at once, on the host in float64. */
import { type Chooser, choosable } from "../../core/choice.ts";
import { DataError } from "../../core/errors.ts";
import type { MetricValue } from "../../core/events.ts";
import type { OptionSpecs, OptionValues } from "../../core/options.ts";
import type { Definition } from "../../core/registry.ts";
import type { TargetKind } from "../losses/define.ts";

/** All predictions of a part of the data, and what would have been right. */
export interface Predicted {
  /** `width` numbers for each example, row-major. */
  readonly predictions: Float32Array | Float64Array;
  readonly width: number;
  /** Examples. */
  readonly count: number;
  /** A class number for each example, or `width` values. */
  readonly targets: ArrayLike<number>;
  /**
   * Of class numbers: how many there are; `width` where absent. For two classes a model may give one number an example, the logit
   * of class 1; that of class 0 is then 0.
   */
  readonly classes?: number;
}

/** A metric: how good predictions are, told and not learned from. */
export interface MetricDefinition extends Definition {
  /** What the targets may be. */
  readonly targets: readonly TargetKind[];
  /** Whether more is better, or less; undefined for what is looked at and not compared. */
  readonly goal: "max" | "min" | undefined;
  /**
   * What it is over these predictions, never NaN or infinite; undefined where they give it no meaning.
   *
   * @throws DataError  no examples, tables of the wrong length, or a target that is no class
   */
  compute(predicted: Predicted, options: Readonly<Record<string, unknown>>): MetricValue | undefined;
  readonly examples: readonly Readonly<Record<string, unknown>>[];
}

interface Written<S extends OptionSpecs> extends Omit<MetricDefinition, "options" | "compute" | "examples"> {
  readonly options: S;
  /** Sees checked tables, of classes one number for each; a number that is not finite becomes undefined. */
  compute(predicted: Predicted, options: OptionValues<S>): MetricValue | undefined;
  readonly examples: readonly Partial<OptionValues<S>>[];
}

/** A metric of one's own. */
export function defineMetric<const S extends OptionSpecs>(written: Written<S>): MetricDefinition & Chooser<S> {
  const definition = written as unknown as MetricDefinition;
  const { name, targets } = definition;
  const isClasses = targets.includes("classes");
  const compute: MetricDefinition["compute"] = (predicted, options) => {
    check(name, predicted, isClasses);
    const value = definition.compute(isClasses ? oneForEachClass(predicted) : predicted, options);
    return typeof value === "number" && !Number.isFinite(value) ? undefined : value;
  };
  return choosable<MetricDefinition, S>("metric", { ...definition, compute });
}

function check(metric: string, { predictions, width, count, targets, classes = width }: Predicted, isClasses: boolean): void {
  const fail = (message: string) => {
    throw new DataError("E_METRIC_INPUT", { message: `metric '${metric}' ${message}` });
  };
  if (!(count >= 1)) fail(`needs at least one example, received ${count}`);
  if (predictions.length !== count * width)
    fail(`expects ${count} x ${width} predictions, received ${predictions.length} numbers`);
  const wanted = isClasses ? count : count * width;
  if (targets.length !== wanted) fail(`expects ${wanted} targets, received ${targets.length}`);
  if (!isClasses) return;
  if (classes < 2) fail(`expects 2 classes or more, received ${classes}`);
  if (width !== classes && !(width === 1 && classes === 2))
    fail(`expects ${classes} numbers for an example, one for each class, received ${width}`);
  for (let row = 0; row < count; row++) {
    const target = targets[row]!;
    if (!(Number.isInteger(target) && target >= 0 && target < classes))
      fail(`expects class numbers in [0, ${classes - 1}], received ${target} at example ${row}`);
  }
}

function oneForEachClass(predicted: Predicted): Predicted {
  const { predictions, width, count } = predicted;
  if (width > 1) return predicted;
  const both = new Float64Array(2 * count);
  for (let row = 0; row < count; row++) both[2 * row + 1] = predictions[row]!;
  return { ...predicted, predictions: both, width: 2 };
}
