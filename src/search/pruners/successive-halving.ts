import { bestUpTo, better, definePruner, shown } from "./define.ts";

/**
 * Gives most trials up early, and lets the best go on: at each rung, one in `factor`.
 *
 * Symbols  r minEpochs, eta factor: rungs after epoch r, r eta, r eta^2, ...; n the trials that have reached a rung, this one
 *          among them: it goes on where it is among the best floor(n / eta), one at least.
 *
 * Source   Li et al. 2020, A system for massively parallel hyperparameter tuning (ASHA), arXiv:1810.05934, algorithm 2.
 *
 * Choice   Asynchronous by stopping, not by pausing: a trial is judged once, when it reaches a rung, against those that were there
 *          before it, so the first ones go on. What counts is the best value up to the rung.
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
    const own = bestUpTo(goal, trial.reports, rung);
    const reached = others.filter(({ reports }) => reports.some((report) => report.epoch >= rung));
    const ahead = reached.filter(({ reports }) => {
      const value = bestUpTo(goal, reports, rung);
      return value !== undefined && value !== own && better(goal, value, own) === value;
    }).length;
    const places = Math.max(1, Math.floor((reached.length + 1) / factor));
    if (own !== undefined && ahead < places) return undefined;
    const what = own === undefined ? "there is no value" : `the best value is ${shown(own)}`;
    return `${what} after epoch ${rung}: place ${ahead + 1} of ${reached.length + 1}, and ${places} go on`;
  },
  examples: [{}, { minEpochs: 2, factor: 4 }],
});
