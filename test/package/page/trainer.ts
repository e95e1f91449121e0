/** The leanest way from arrays to a model, and nothing beside it: what is built of this file is what the core weighs. */
import { adam, dense, fit, startWebThreads, tanh } from "osolgil";

const threads = await startWebThreads(2);
const model = await fit({
  model: [dense({ units: 8 }), tanh, dense({ units: 2 })],
  inputs: [
    [0, 0],
    [0, 1],
    [1, 0],
    [1, 1],
  ],
  targets: ["same", "other", "other", "same"],
  optimizer: adam({ learningRate: 0.05 }),
  batchSize: 4,
  epochs: 300,
  threads,
});
const { labels, outputs } = model.predict([
  [0, 0],
  [0, 1],
  [1, 0],
  [1, 1],
]);
threads?.close();
postMessage({ labels, outputs: [...outputs], threads: threads?.size });
