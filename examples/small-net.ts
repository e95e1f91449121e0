/**
 * A run document in TypeScript: 784-50-10 on MNIST, with SGD.
 *
 *   npm run osolgil -- train examples/small-net.ts
 */
import { defineRun } from "osolgil";

export default defineRun({
  data: "mnist",
  model: [{ kind: "dense", units: 50 }, "relu", { kind: "dense", units: 10 }],
  optimizer: { kind: "sgd", learningRate: 0.1 },
  training: { batchSize: 100, epochs: 5 },
});
