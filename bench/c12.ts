/**
 * The search of examples/c12-search.json as a function to minimise: the least validation loss of a training of 20 of its 50 epochs.
 *
 * The loss, since accuracies over 100 examples come in steps of 0.01 and many trials share the best one. Nothing is kept from one
 * value to the next.
 *
 *   node bench/c12.ts     answers each line {"optimizer.learningRate": ..., "penalty.strength": ...} with the loss
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { resolveRun } from "../src/document/resolve.ts";
import { wasmEngine } from "../src/engine/wasm/wasm-engine.ts";
import { loadDataset } from "../src/files/data-files.ts";
import type { Assignment } from "../src/search/space.ts";
import type { StudyDocument } from "../src/search/study.ts";
import { withAssignment } from "../src/search/trial-document.ts";
import { Session } from "../src/train/session.ts";
import { Trainer } from "../src/train/train.ts";

const epochs = 20;
const study = JSON.parse(readFileSync(join(import.meta.dirname, "../examples/c12-search.json"), "utf8")) as StudyDocument;
const { epochs: _, iterations: __, ...training } = study.run.training ?? {};
/** The trainings differ in no option of the data. */
const { definition, options } = resolveRun(study.run, "C12").data;
const data = { ...loadDataset(definition, options), test: null };
const shorter = { ...study.run, training: { ...training, epochs } };

/** Without a least value: nobody knows it. */
export const c12 = {
  name: "C12",
  space: study.space,
  value(point: Assignment): number {
    const run = resolveRun(withAssignment(shorter, study.space, point), "C12");
    const session = new Session(run, data, { engine: wasmEngine });
    let least = Number.POSITIVE_INFINITY;
    for (const event of new Trainer(session).events())
      if (event.type === "epoch.ended") least = Math.min(least, event.validation!.loss);
    return least;
  },
};

if (process.argv[1] === import.meta.filename)
  for await (const line of createInterface({ input: process.stdin })) console.log(c12.value(JSON.parse(line) as Assignment));
