/** The batches of a workload as float32, for peers in JavaScript. */
import { loadExamples } from "../data.ts";
import type { PeerWorkload } from "../workload.ts";

export interface FloatBatch {
  /** [batch, ...input], as the workload gives its shape. */
  readonly inputs: Float32Array;
  /** One-hot classes, [batch, classes]. */
  readonly targets: Float32Array;
}

/** The workload that a peer is started with: the first argument, as JSON. */
export const givenWorkload = (): PeerWorkload => JSON.parse(process.argv[2]!) as PeerWorkload;

export function floatBatches(workload: PeerWorkload): FloatBatch[] {
  const { batch, batches, classes } = workload;
  const { inputs, targets } = loadExamples(workload).train;
  const size = (inputs.values.length / inputs.count) * batch;
  return Array.from({ length: batches }, (_, at) => {
    const values = Float32Array.from(inputs.values.subarray(at * size, (at + 1) * size), (value) => value * inputs.scale);
    const labels = targets.values.subarray(at * batch, (at + 1) * batch);
    const hot = new Float32Array(batch * classes);
    labels.forEach((label, row) => {
      hot[row * classes + label] = 1;
    });
    return { inputs: values, targets: hot };
  });
}
