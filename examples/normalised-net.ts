/**
 * The main job with batch normalisation, dropout and an L2 penalty.
 *
 *   npm run osolgil -- train examples/normalised-net.ts
 */
import { defineRun } from "osolgil";

const block = [{ kind: "dense", units: 100 }, "batchNorm", "relu", { kind: "dropout", rate: 0.5 }] as const;

export default defineRun({
  data: { kind: "mnist", validation: 5000 },
  model: [...block, ...block, ...block, ...block, { kind: "dense", units: 10 }],
  optimizer: { kind: "adam", learningRate: 0.001 },
  penalty: { kind: "l2", strength: 0.0001 },
  training: { batchSize: 128, epochs: 10 },
});
