/** The contract of metrics. */
import type { MetricValue } from "../core/events.ts";
import { fillNormal, foldIn, permutation, randomKey } from "../core/random.ts";
import type { MetricDefinition, Predicted } from "../nn/metrics/define.ts";
import { type Check, hold, holdSame, holdSays, isSame, type Options, raised } from "./check.ts";
import { expectClose } from "./close.ts";
import { forExamples, optionChecks, resolved } from "./options.ts";

/** What a metric does on purpose. */
export interface MetricTraits {
  /** With these options it is best whatever is predicted for four classes, as being among five of them. */
  readonly isAlwaysBest?: (options: Options) => boolean;
  /** It looks at what was decided alone: an example for which nothing was decided does not count. */
  readonly skipsUndecided?: boolean;
}

/** Predictions with noise around what would be right; classes come in turns. */
function predicted(definition: MetricDefinition, count: number, width: number, noise: number): Predicted {
  const isClasses = definition.targets.includes("classes");
  const numbers = new Float32Array(count * width);
  fillNormal(foldIn(randomKey(1), "noise"), numbers, 0, 1);
  const targets = isClasses
    ? Uint8Array.from({ length: count }, (_, row) => row % width)
    : Float32Array.from(numbers, (_, i) => ((i * 37) % 11) / 4);
  const right = (i: number) => (isClasses ? Number(targets[Math.floor(i / width)] === i % width) : targets[i]!);
  return { predictions: numbers.map((x, i) => right(i) + noise * x), width, count, targets };
}

const listOf = (value: MetricValue | undefined): number[] => [value as number[][] | number].flat(2);

/**
 * What every metric must do: not mind the order of examples, be best where all is right, never be helped by NaN or become it, and
 * refuse tables that do not fit.
 */
export function metricContract(definition: MetricDefinition, traits: MetricTraits = {}): Check[] {
  const { name, goal } = definition;
  const { isAlwaysBest = () => false, skipsUndecided = false } = traits;
  const isClasses = definition.targets.includes("classes");
  const best = goal === "min" ? 0 : 1;

  const checks = (example: Options): Check[] => {
    const options = resolved(definition, example);
    const of = (given: Predicted) => definition.compute(given, options);
    const list: Check[] = [
      {
        name: "the order of the examples is nothing to it, nor whether their numbers are of 4 bytes or 8; JSON holds it",
        run() {
          const given = predicted(definition, 53, 3, 0.6);
          const value = of(given);
          const order = permutation(foldIn(randomKey(1), "order"), given.count);
          const per = given.targets.length / given.count;
          const at = (width: number) => (_: unknown, i: number) => order[Math.floor(i / width)]! * width + (i % width);
          const mixed: Predicted = {
            ...given,
            predictions: Float64Array.from(given.predictions, at(3)).map((i) => given.predictions[i]!),
            targets: Array.from(given.targets, at(per)).map((i) => given.targets[i]!),
          };
          // Sums of 159 numbers of float64 in another order.
          expectClose(listOf(of(mixed)), listOf(value), 1e-13, name);
          holdSame(JSON.parse(JSON.stringify(value)), value, "the value, through JSON");
        },
      },
      {
        name: "a prediction that is NaN never helps, and never comes out as NaN",
        run() {
          const given = predicted(definition, 30, 3, 0);
          const value = of(given);
          for (const at of [0, 1, 2, 40]) {
            const predictions = given.predictions.slice();
            predictions[at] = Number.NaN;
            const worse = of({ ...given, predictions });
            if (worse === undefined) continue;
            hold(isClasses, "a metric of values must be undefined where a prediction is NaN");
            listOf(worse).forEach((one, i) => {
              hold(one <= listOf(value)[i]!, `NaN made it ${one}, better than ${listOf(value)[i]}`);
            });
            // Where one right answer is lost it shows.
            if (!skipsUndecided) hold(!isSame(worse, value), "a right answer that is lost must show");
          }
          const none = of({ ...given, predictions: given.predictions.map(() => Number.NaN) }) ?? 0;
          const zeros = JSON.parse(JSON.stringify(value), (_, x) => (typeof x === "number" ? 0 : x));
          holdSame(none, typeof value === "number" ? 0 : zeros, "where all predictions are NaN");
        },
      },
      {
        name: "tables that do not fit are refused, with what was expected and what came",
        run() {
          const given = predicted(definition, 6, 3, 0.1);
          const refuses = (wrong: Partial<Predicted>, says: string) =>
            holdSays(
              raised(() => of({ ...given, ...wrong }), says),
              [says],
              name,
            );
          refuses({ count: 0 }, `DataError E_METRIC_INPUT: metric '${name}' needs at least one example, received 0`);
          refuses({ predictions: new Float32Array(17) }, "expects 6 x 3 predictions, received 17 numbers");
          refuses({ targets: [1] }, `expects ${isClasses ? 6 : 18} targets, received 1`);
          if (!isClasses) return;
          refuses({ targets: [0, 1, 2, 0, 3, 1] }, "class numbers in [0, 2], received 3 at example 4");
          refuses({ targets: [0, 1, -1, 0, 1, 1] }, "received -1 at example 2");
          refuses({ targets: [0, 1, 0.5, 0, 1, 1] }, "received 0.5 at example 2");
          refuses({ classes: 4 }, "expects 4 numbers for an example, one for each class, received 3");
          refuses({ width: 1, predictions: new Float32Array(6), targets: new Uint8Array(6) }, "2 classes or more");
        },
      },
    ];
    if (goal !== undefined) {
      list.push({
        name: "it is best where all is right, and worse the more is wrong",
        run() {
          const values = [0, 0.3, 1, 4].map((noise) => listOf(of(predicted(definition, 400, 4, noise))));
          hold(
            values[0]!.every((value) => value === best),
            `where all is right it must be ${best}, received ${values[0]}`,
          );
          const means = values.map((numbers) => numbers.reduce((sum, one) => sum + one, 0) / numbers.length);
          for (let i = 1; i < means.length; i++) {
            const [before, after] = [means[i - 1]!, means[i]!];
            if (isAlwaysBest(options)) holdSame(after, best, "always best");
            else hold(goal === "max" ? after < before : after > before, `with more noise it went from ${before} to ${after}`);
          }
        },
      });
    }
    if (isClasses) {
      list.push({
        name: "one number for two classes is the logit of class 1",
        run() {
          const predictions = Float32Array.of(0.5, -2, 0, 1e-30, 3, -0.25);
          const targets = [1, 0, 0, 1, 0, 1];
          const both = Float64Array.from({ length: 12 }, (_, i) => (i % 2 === 0 ? 0 : predictions[i >> 1]!));
          const one = of({ predictions, width: 1, count: 6, classes: 2, targets });
          holdSame(one, of({ predictions: both, width: 2, count: 6, targets }), "one number and two");
        },
      });
    }
    return list;
  };
  return [...optionChecks("metric", definition, definition.examples), ...forExamples(definition.examples, checks)];
}
