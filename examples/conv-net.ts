/**
 * A small convolutional network on MNIST: 30 filters of 5 x 5, a pool, 100 units.
 *
 *   npm run osolgil -- train examples/conv-net.ts
 */
import { defineRun } from "osolgil";

export default defineRun({
  data: { kind: "mnist", validation: 5000 },
  model: [
    { kind: "conv2d", filters: 30, kernel: 5 },
    "relu",
    "maxPool2d",
    { kind: "dense", units: 100 },
    "relu",
    { kind: "dense", units: 10 },
  ],
  optimizer: { kind: "adam", learningRate: 0.001 },
  training: { batchSize: 100, epochs: 3 },
});
