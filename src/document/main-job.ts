/** The main job: what is trained where no document is given. */
import { defineRun } from "./run-document.ts";

const hidden = [{ kind: "dense", units: 100 }, "relu"] as const;

/** MNIST, 784-100-100-100-100-10 with ReLU, He and Adam: the network of the lecture's optimizer race (C3). */
export const mainJob = defineRun({
  seed: 1,
  data: { kind: "mnist", validation: 5000 },
  model: [...hidden, ...hidden, ...hidden, ...hidden, { kind: "dense", units: 10 }],
  loss: "softmaxCrossEntropy",
  optimizer: { kind: "adam", learningRate: 0.001 },
  training: { batchSize: 128, epochs: 10 },
});
