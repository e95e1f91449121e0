/** A program as people write it, against the installed package: the same training as the page's. */
import { adam, dense, fit, loadModel, tanh } from "osolgil";
import { createRunFolder, loadDataset, startThreads } from "osolgil/node";
import { lossContract } from "osolgil/testing";

const inputs = [
  [0, 0],
  [0, 1],
  [1, 0],
  [1, 1],
];
const threads = await startThreads(2);
const trained = await fit({
  model: [dense({ units: 8 }), tanh, dense({ units: 2 })],
  inputs,
  targets: ["same", "other", "other", "same"],
  optimizer: adam({ learningRate: 0.05 }),
  batchSize: 4,
  epochs: 300,
  numerics: process.argv[2],
  threads,
});
const { labels, outputs } = loadModel(trained.save()).predict(inputs);
const node = [createRunFolder, loadDataset, lossContract].map((one) => typeof one);
console.log(JSON.stringify({ labels, outputs: [...outputs], threads: threads?.size, node }));
threads?.close();
