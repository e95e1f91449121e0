/**
 * The gradient check of a whole model: what differentiation gives, against central differences in float64.
 *
 * Symbols  numeric = (L(w + h) - L(w - h)) / 2h with h = 1e-5 max(1, |w|); error = |analytic - numeric| / max(|analytic|,
 *          |numeric|, root mean square of the parameter's gradient, 1e4 |L| 2^-50 / h)
 * Rounding A gradient may be 0, as that of a bias before batch normalisation: then the difference is the rounding of L alone,
 *          some 2^-53 |L| over h, and the last of the four keeps the error below what is suspect.
 * Kinks    An entry is skipped where a ReLU, a maximum or an absolute value changes its side between w - h and w + h: there the
 *          difference quotient means nothing; so too where a pool's maximum moves to another place.
 * Masks    Random numbers are those of a run's first step, the same for every difference.
 * Source   CS231n, "Gradient checks"; lecture, A4. Above 1e-2 wrong, above 1e-4 suspect.
 */
import { foldIn, foldNumber, randomKey, uniformAt } from "../core/random.ts";
import type { RawDataset } from "../data/dataset.ts";
import { prepareData } from "../data/prepare.ts";
import type { Run } from "../document/run-document.ts";
import { referenceEngine } from "../engine/reference/reference-engine.ts";
import {
  add,
  differentiate,
  type Geometry,
  iota,
  maxPoolBack,
  type Program,
  programInputs,
  reshape,
  sizeOf,
  sub,
  type Tensor,
  topologicalOrder,
} from "../graph/index.ts";
import { initialValues, type ModelParameter } from "../nn/model.ts";
import { RunPrograms } from "./build.ts";

/** How the gradient of a parameter compares with differences. */
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

/** How the gradients of a model compare with differences. */
export interface GradientCheck {
  readonly loss: number;
  readonly rows: number;
  readonly parameters: readonly ParameterCheck[];
  readonly worstError: number;
  readonly verdict: "good" | "suspect" | "wrong";
}

/** How much is compared, and how closely. */
export interface GradientCheckOptions {
  /** Training examples in the batch; default 8. */
  readonly rows?: number;
  /** Entries of each parameter that are tried; default 12, the one with the largest gradient among them. */
  readonly entries?: number;
}

/** Of a loss in float64, relative: 2^-50. */
const lossRounding = 8.881784197001252e-16;
const wrongAbove = 1e-2;
const suspectAbove = 1e-4;

/** What decides the side of a kink: a number's sign, or the number itself. */
interface Switch {
  readonly tensor: Tensor;
  readonly isSide: boolean;
}

function switchesOf(loss: Tensor): Switch[] {
  return topologicalOrder([loss]).flatMap((tensor): Switch[] => {
    const [a, b] = tensor.inputs;
    switch (tensor.primitive.name) {
      case "relu":
      case "abs":
        return [{ tensor: a!, isSide: false }];
      case "maximum":
      case "minimum":
        return [{ tensor: sub(a!, b!), isSide: false }];
      case "select":
        return [{ tensor: a!, isSide: true }];
      case "maxPool": {
        // Every window sends its number to the place of its maximum.
        const numbers = reshape(add(iota(sizeOf(tensor.shape)), 1), tensor.shape);
        return [{ tensor: maxPoolBack(a!, tensor, numbers, tensor.attributes.geometry as Geometry), isSide: true }];
      }
      default:
        return [];
    }
  });
}

/** Checks the gradient of every parameter of a run, on its first training examples and its initial weights. */
export function checkGradients(run: Run, raw: RawDataset, options: GradientCheckOptions = {}): GradientCheck {
  const key = randomKey(run.document.seed);
  const { dataset } = prepareData(run, raw, key);
  const rows = Math.min(options.rows ?? 8, dataset.train.inputs.count);
  const programs = new RunPrograms(run, dataset);
  const randomInputs: string[] = [];
  const loss = programs.objective(rows, randomInputs);
  const { parameters } = programs.model;
  const gradients = differentiate(
    loss,
    parameters.map(({ tensor }) => tensor),
  );
  const switches = switchesOf(loss);
  const value: Program = {
    outputs: { loss, ...Object.fromEntries(switches.map(({ tensor }, i) => [`switch${i}`, tensor])) },
    assignments: [],
  };
  const slope: Program = { outputs: Object.fromEntries(gradients.map((tensor, i) => [`gradient${i}`, tensor])), assignments: [] };
  const compared = { value, slope };
  const executable = referenceEngine.compile(compared);
  for (const { leaf, values } of programs.tables()) executable.writeTable(leaf, values);
  for (const [name, value] of Object.entries(programs.regularizers.numbers)) executable.setScalar(name, value);
  for (const parameter of parameters) executable.writeState(parameter.tensor, initialValues(parameter, key));
  for (const [name, program] of Object.entries(compared)) {
    for (const { name: input } of programInputs(program)) {
      const values = executable.input(name, input!) as Int32Array;
      if (randomInputs.includes(input!)) foldNumber(foldIn(key, input!), 0, values);
      else values.set(Array.from({ length: rows }, (_, i) => i));
    }
  }
  executable.run("value");
  executable.run("slope");
  const lossAtStart = executable.output("value", "loss")[0]!;
  const sides = () =>
    switches.map(({ isSide }, i) => Array.from(executable.output("value", `switch${i}`), isSide ? Number : Math.sign));

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
      const rounding = (lossRounding * Math.abs(lossAtStart)) / h;
      const scale = Math.max(Math.abs(analytic), Math.abs(numeric), rootMeanSquare, rounding / suspectAbove);
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
