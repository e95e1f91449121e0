/**
 * The gradient check of a whole model: what differentiation gives, against central differences in float64.
 *
 * Symbols  numeric = (L(w + h) - L(w - h)) / 2h with h = 1e-5 max(1, |w|); error = |analytic - numeric| / max(|analytic|,
 *          |numeric|, root mean square of the parameter's gradient)
 * Kinks    An entry is skipped where a ReLU, a maximum or an absolute value changes its side between w - h and w + h: there the
 *          difference quotient means nothing.
 * Source   CS231n, "Gradient checks"; lecture, A4. Above 1e-2 wrong, above 1e-4 suspect.
 */
import { foldIn, randomKey, uniformAt } from "../core/random.ts";
import type { Dataset } from "../data/dataset.ts";
import type { Run } from "../document/run-document.ts";
import { referenceEngine } from "../engine/reference/reference-engine.ts";
import { differentiate, type Program, sizeOf, sub, type Tensor, topologicalOrder } from "../graph/index.ts";
import { initialValues, type ModelParameter } from "../nn/model.ts";
import { RunPrograms } from "./build.ts";

export interface ParameterCheck {
  readonly name: string;
  readonly shape: readonly number[];
  readonly checked: number;
  /** Entries left out because a kink lay within the step. */
  readonly skipped: number;
  readonly worstError: number;
  /** Where the worst error is: entry, and both derivatives. */
  readonly worst?: { readonly index: number; readonly analytic: number; readonly numeric: number };
}

export interface GradientCheck {
  readonly loss: number;
  readonly rows: number;
  readonly parameters: readonly ParameterCheck[];
  readonly worstError: number;
  readonly verdict: "good" | "suspect" | "wrong";
}

export interface GradientCheckOptions {
  /** Training examples in the batch; default 8. */
  readonly rows?: number;
  /** Entries of each parameter that are tried; default 12, the one with the largest gradient among them. */
  readonly entries?: number;
}

const wrongAbove = 1e-2;
const suspectAbove = 1e-4;

/** What decides the side of each kink: its sign is compared. */
function switchesOf(loss: Tensor): Tensor[] {
  return topologicalOrder([loss]).flatMap((tensor) => {
    const [a, b] = tensor.inputs;
    switch (tensor.primitive.name) {
      case "relu":
      case "abs":
        return [a!];
      case "maximum":
      case "minimum":
        return [sub(a!, b!)];
      default:
        return [];
    }
  });
}

/** Checks the gradient of every parameter of a run, on its first training examples and its initial weights. */
export function checkGradients(run: Run, dataset: Dataset, options: GradientCheckOptions = {}): GradientCheck {
  const rows = Math.min(options.rows ?? 8, dataset.train.inputs.count);
  const programs = new RunPrograms(run, dataset);
  const loss = programs.objective(rows);
  const { parameters } = programs.model;
  const gradients = differentiate(
    loss,
    parameters.map(({ tensor }) => tensor),
  );
  const switches = switchesOf(loss);
  const value: Program = {
    outputs: { loss, ...Object.fromEntries(switches.map((tensor, i) => [`switch${i}`, tensor])) },
    assignments: [],
  };
  const slope: Program = { outputs: Object.fromEntries(gradients.map((tensor, i) => [`gradient${i}`, tensor])), assignments: [] };
  const executable = referenceEngine.compile({ value, slope });
  for (const { leaf, values } of programs.tables()) executable.writeTable(leaf, values);
  const key = randomKey(run.document.seed);
  for (const parameter of parameters) executable.writeState(parameter.tensor, initialValues(parameter, key));
  for (const program of ["value", "slope"]) executable.input(program, "rows").set(Array.from({ length: rows }, (_, i) => i));
  executable.run("value");
  executable.run("slope");
  const lossAtStart = executable.output("value", "loss")[0]!;
  const sides = () => switches.map((_, i) => Array.from(executable.output("value", `switch${i}`), Math.sign));

  const checkParameter = ({ tensor }: ModelParameter, number: number): ParameterCheck => {
    const gradient = Float64Array.from(executable.output("slope", `gradient${number}`));
    const size = sizeOf(tensor.shape);
    const rootMeanSquare = Math.sqrt(gradient.reduce((total, g) => total + g * g, 0) / size);
    const largest = gradient.reduce((best, g, i) => (Math.abs(g) > Math.abs(gradient[best]!) ? i : best), 0);
    const tried = new Set([largest]);
    const draws = foldIn(key, "gradientCheck", tensor.name!);
    for (let i = 0; tried.size < Math.min(options.entries ?? 12, size); i++) tried.add(Math.floor(uniformAt(draws, i) * size));
    const values = executable.readState(tensor);
    const lossWith = (index: number, at: number) => {
      const kept = values[index]!;
      values[index] = at;
      executable.writeState(tensor, values);
      values[index] = kept;
      executable.run("value");
      return { loss: executable.output("value", "loss")[0]!, sides: sides() };
    };
    let [checked, skipped, worstError] = [0, 0, 0];
    let worst: ParameterCheck["worst"];
    for (const index of tried) {
      const at = values[index]!;
      const h = 1e-5 * Math.max(1, Math.abs(at));
      const [above, below] = [lossWith(index, at + h), lossWith(index, at - h)];
      if (above.sides.some((list, i) => list.some((side, j) => side !== below.sides[i]![j]))) {
        skipped++;
        continue;
      }
      checked++;
      const numeric = (above.loss - below.loss) / (2 * h);
      const analytic = gradient[index]!;
      const scale = Math.max(Math.abs(analytic), Math.abs(numeric), rootMeanSquare);
      const error = scale === 0 ? 0 : Math.abs(analytic - numeric) / scale;
      // A NaN is the worst there is.
      if (!(error <= worstError) || worst === undefined)
        [worstError, worst] = [Number.isNaN(error) ? Number.POSITIVE_INFINITY : error, { index, analytic, numeric }];
    }
    executable.writeState(tensor, values);
    return { name: tensor.name!, shape: tensor.shape, checked, skipped, worstError, ...(worst && { worst }) };
  };
  const checks = parameters.map(checkParameter);
  const worstError = Math.max(0, ...checks.map((check) => check.worstError));
  const verdict = worstError > wrongAbove ? "wrong" : worstError > suspectAbove ? "suspect" : "good";
  return { loss: lossAtStart, rows, parameters: checks, worstError, verdict };
}
