/** The losses: one file and one line each. */
import { createRegistry } from "../../core/registry.ts";
import { binaryCrossEntropy } from "./binary-cross-entropy.ts";
import { huber } from "./huber.ts";
import { meanAbsoluteError } from "./mean-absolute-error.ts";
import { meanSquaredError } from "./mean-squared-error.ts";
import { multiclassHinge } from "./multiclass-hinge.ts";
import { softmaxCrossEntropy } from "./softmax-cross-entropy.ts";

export { defineLoss, type LossDefinition, type TargetKind } from "./define.ts";
export const losses = createRegistry("loss", [
  softmaxCrossEntropy,
  binaryCrossEntropy,
  multiclassHinge,
  meanSquaredError,
  meanAbsoluteError,
  huber,
]);
