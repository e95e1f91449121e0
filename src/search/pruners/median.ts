import { bestUpTo, better, definePruner, shown } from "./define.ts";

/** The middle of a sorted list; between the two middle ones where there are two. */
function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}

/**
 * Gives a trial up whose best value so far is worse than the median of what completed trials had after the same epoch.
 *
 * Source   Golovin et al. 2017, Google Vizier, section 3.2.2, as a rule over single epochs; so does Optuna's MedianPruner.
 */
export const median = definePruner({
  name: "median",
  summary: "Gives a trial up whose best value so far is worse than the median of completed trials after the same epoch.",
  source: "Golovin et al. 2017, Google Vizier, section 3.2.2.",
  options: {
    startupTrials: { type: "integer", default: 5, min: 1, summary: "Trials that must be complete before one is given up." },
    warmupEpochs: { type: "integer", default: 0, min: 0, summary: "Epochs after which no trial is given up yet." },
  },
  judge({ trial, epoch, others, goal }, { startupTrials, warmupEpochs }) {
    if (epoch === undefined || epoch <= warmupEpochs) return undefined;
    const completed = others.filter((one) => "status" in one && one.status === "completed");
    if (completed.length < startupTrials) return undefined;
    const values = completed.flatMap(({ reports }) => {
      const value = reports.findLast((report) => report.epoch === epoch)?.value;
      return value !== undefined && Number.isFinite(value) ? [value] : [];
    });
    if (values.length === 0) return undefined;
    const [own, middle] = [bestUpTo(goal, trial.reports, epoch), medianOf(values)];
    if (own !== undefined && better(goal, own, middle) === own) return undefined;
    const what = own === undefined ? "there is no value" : `the best value is ${shown(own)}`;
    return `${what} after epoch ${epoch}; the median of ${values.length} trials is ${shown(middle)}`;
  },
  examples: [{}, { startupTrials: 2, warmupEpochs: 3 }],
});
