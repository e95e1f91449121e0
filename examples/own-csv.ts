/**
 * A table of one's own: prices of flats (made up) by town, area, floor and year, and then that of a flat that is not in the table.
 *
 *   node --conditions=osolgil-source examples/own-csv.ts [epochs]
 */
import { fileURLToPath } from "node:url";
import { frameOf, resolveRun, Session, TrainedModel, train, wasmEngine } from "osolgil";
import { loadDataset } from "osolgil/node";

const run = resolveRun({
  data: {
    kind: "csv",
    file: fileURLToPath(new URL("flats.csv", import.meta.url)),
    target: "price",
    validation: 0.2,
    standardiseTargets: true,
  },
  preprocessing: ["standardise"],
  model: [{ kind: "dense", units: 16 }, "relu", { kind: "dense", units: 1 }],
  optimizer: { kind: "adam", learningRate: 0.01 },
  metrics: ["meanAbsoluteError", "rSquared"],
  training: { batchSize: 16, epochs: Number(process.argv[2] ?? 60) },
});

const session = new Session(run, loadDataset(run.data.definition, run.data.options), { engine: wasmEngine });
for (const event of train(session)) {
  if (event.type !== "epoch.ended" || event.epoch % 10 !== 0) continue;
  const { loss, metrics } = event.validation!;
  console.log(
    `epoch ${event.epoch}: loss ${loss.toFixed(4)}, off by ${Number(metrics!.meanAbsoluteError).toFixed(1)} on average`,
  );
}

const model = TrainedModel.of(session);
const { outputs } = model.predict(frameOf([{ town: "Mapo", area: 84.9, floor: 12, built: 2015 }]));
console.log(`a flat of 84.9 m2 in Mapo: ${outputs[0]!.toFixed(0)}`);
