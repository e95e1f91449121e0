import { foldIn } from "../../core/random.ts";
import { inOrder } from "../conditions.ts";
import { decoded, encoded, placeInCube } from "../encode.ts";
import { greatestImprovement } from "../gaussian/acquisition.ts";
import { sampleProcesses } from "../gaussian/process.ts";
import { mostObservations, observationsOf } from "../observations.ts";
import { isNumeric } from "../unit.ts";
import { defineSampler } from "./define.ts";
import { sobol } from "./sobol.ts";

/** How many of the best trials the search for the next begins at. */
const starts = 3;

/**
 * Bayesian optimisation: a Gaussian process says what a trial may give, and the next one is where the most is to be expected.
 *
 * Source   Snoek, Larochelle & Adams 2012, Practical Bayesian optimization of machine learning algorithms, arXiv:1206.2944;
 *          lecture, G4.
 *
 * Choice   Matern 5/2 with a length scale for each dimension; hyperparameters are integrated out by samples of their posterior.
 *          Trials under way count with values drawn from the process. The first trials are those of `sobol`. Integers and steps are
 *          seen where they are, so equal values are equal points (Garrido-Merchan & Hernandez-Lobato 2020); values in no order are
 *          equal or 1 apart; what does not count at a point has a fixed value. Failed trials and those without a number are as bad
 *          as the worst. Of more than 300 trials the best 150 are looked at, and 150 spread over the rest by value.
 */
export const gaussianProcess = defineSampler({
  name: "gaussianProcess",
  summary: "Bayesian optimisation: the next trial is where a Gaussian process expects most.",
  source: "Snoek, Larochelle & Adams 2012, arXiv:1206.2944; lecture, G4.",
  options: {
    startup: {
      type: "integer",
      optional: true,
      min: 2,
      max: 10_000,
      summary: "Trials before it begins to learn; where absent, one more than dimensions, 4 at least.",
    },
  },
  learns: true,
  suggest(context, { startup }) {
    const { space, index, ended, running, goal } = context;
    const dimensions = inOrder(space);
    const observations = observationsOf(ended, goal, mostObservations);
    const first = startup ?? Math.max(4, dimensions.length + 1);
    if (index < first || observations.length < 2) return sobol.suggest(context, {});
    const key = foldIn(context.key, "gaussianProcess", index);
    const ordered = dimensions.map(([, dimension]) => isNumeric(dimension));
    const known = observations.map(({ trial }) => encoded(dimensions, trial.parameters));
    const pending = running.map(({ parameters }) => encoded(dimensions, parameters));
    const values = Float64Array.from(observations, ({ value }) => value);
    const processes = sampleProcesses([...known, ...pending], values, ordered, foldIn(key, "chain"));
    if (processes.length === 0) return sobol.suggest(context, {});
    const best = [...observations].sort((a, b) => a.value - b.value).slice(0, starts);
    const units = greatestImprovement(
      processes,
      best.map(({ trial }) => placeInCube(dimensions, trial.parameters)),
      ordered,
      (place) => encoded(dimensions, decoded(space, place)),
      foldIn(key, "search"),
    );
    return decoded(space, units);
  },
  examples: [{}, { startup: 6 }],
});
