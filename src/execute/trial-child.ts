/** A process that trains trials, one after the other. Files, signals and decisions are its parent's; without a parent it ends. */
import type { RawDataset } from "../data/dataset.ts";
import type { Run } from "../document/run-document.ts";
import { loadDataset } from "../files/data-files.ts";
import type { PruneReason } from "./executor.ts";
import { trainTrial } from "./train-trial.ts";
import type { TrialCommand, TrialMessage } from "./trial-messages.ts";

/** The data of the trial before: most studies search on one data set. */
class KeptData {
  #name: string | undefined;
  #dataset: RawDataset | undefined;

  load({ data: { definition, options } }: Run): RawDataset {
    const name = JSON.stringify([definition.name, options]);
    if (this.#name !== name || !this.#dataset) {
      this.#dataset = loadDataset(definition, options);
      this.#name = name;
    }
    return this.#dataset;
  }
}

const send = (message: TrialMessage): void => {
  process.send!(message);
};
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const data = new KeptData();
let answered: ((verdict: PruneReason | undefined) => void) | undefined;
const ask = (message: TrialMessage): Promise<PruneReason | undefined> => {
  send(message);
  return new Promise((resolve) => {
    answered = resolve;
  });
};

process.on("message", async (command: TrialCommand) => {
  if (command.type === "answer") {
    answered?.(command.verdict);
    return;
  }
  const outcome = await trainTrial(command.order, (run) => data.load(run), {
    onReport: (report, firstLoss) => ask({ type: "report", report, firstLoss }),
    async onNews(news, isAsking) {
      if (isAsking) return ask({ type: "news", news, isAsking });
      send({ type: "news", news, isAsking });
      return undefined;
    },
    pause: turn,
  });
  send({ type: "ended", outcome });
});
// Ctrl-C reaches every process of a terminal; the parent says what becomes of the trials.
process.on("SIGINT", () => {});
process.on("disconnect", () => process.exit());
