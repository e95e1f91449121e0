import type { Goal, TrialReport } from "../trial.ts";
import { bestUpTo, better, definePruner, shown } from "./define.ts";

/** What a trial has to show at a rung. */
interface Standing {
  /** Its best value up to there. */
  readonly value: number | undefined;
  /** Of the last epoch up to there. */
  readonly trainingLoss: number | undefined;
}

const standingAt = (goal: Goal, reports: readonly TrialReport[], rung: number): Standing => ({
  value: bestUpTo(goal, reports, rung),
  trainingLoss: reports.findLast(({ epoch }) => epoch <= rung)?.trainingLoss,
});

function isAhead(goal: Goal, one: Standing, other: Standing): boolean {
  if (one.value === undefined) return false;
  if (one.value !== other.value) return better(goal, one.value, other.value) === one.value;
  return one.trainingLoss !== undefined && other.trainingLoss !== undefined && one.trainingLoss < other.trainingLoss;
}

/**
 * Gives most trials up early, and lets the best go on: at each rung, one in `factor`.
 *
 * Symbols  r minEpochs, eta factor: rungs after epoch r, r eta, r eta^2, ...; n the trials that have reached a rung, this one
 *          among them: it goes on where it is among the best floor(n / eta), one at least.
 *
 * Source   Li et al. 2020, A system for massively parallel hyperparameter tuning (ASHA), arXiv:1810.05934, algorithm 2.
 *
 * Choice   Asynchronous by stopping, not by pausing: a trial is judged once, when it reaches a rung, against those that were there
 *          before it, so the first ones go on. What counts is the best value up to the rung. Of equal ones (accuracies over few
 *          examples often are, and those of trials that do not learn stay at chance) the smaller training loss does: were they
 *          all let go on, most of a study's steps would go into its worst trials. Trials still equal go on.
 *          The defaults are the paper's first rung of one unit, and Hyperband's factor (Li et al. 2018, JMLR 18): 100 trials of
 *          examples/c12-search.json find the best of the full search with 7 to 14 % of its steps, for seeds 1 to 7.
 */
export const successiveHalving = definePruner({
  name: "successiveHalving",
  summary: "Gives most trials up early, and lets the best go on: at each rung, one in `factor`.",
  source: "Li et al. 2020, ASHA, arXiv:1810.05934, algorithm 2.",
  options: {
    minEpochs: { type: "integer", default: 1, min: 1, summary: "Epochs that every trial has: the first rung." },
    factor: {
      type: "integer",
      default: 3,
      min: 2,
      summary: "Of so many at a rung one goes on; the next rung is so many times as far.",
    },
  },
  judge({ trial, epoch, others, goal }, { minEpochs, factor }) {
    let rung: number = minEpochs;
    while (epoch !== undefined && rung < epoch) rung *= factor;
    if (epoch !== rung) return undefined;
    const own = standingAt(goal, trial.reports, rung);
    const reached = others.filter(({ reports }) => reports.some((report) => report.epoch >= rung));
    const ahead = reached.filter(({ reports }) => isAhead(goal, standingAt(goal, reports, rung), own)).length;
    const places = Math.max(1, Math.floor((reached.length + 1) / factor));
    if (own.value !== undefined && ahead < places) return undefined;
    const what = own.value === undefined ? "there is no value" : `the best value is ${shown(own.value)}`;
    return `${what} after epoch ${rung}: place ${ahead + 1} of ${reached.length + 1}, and ${places} go on`;
  },
  examples: [{}, { minEpochs: 2, factor: 4 }],
});
