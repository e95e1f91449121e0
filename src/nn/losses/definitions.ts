/** The losses: one file and one line each. */
export { binaryCrossEntropy } from "./binary-cross-entropy.ts";
export { huber } from "./huber.ts";
export { meanAbsoluteError } from "./mean-absolute-error.ts";
export { meanSquaredError } from "./mean-squared-error.ts";
export { multiclassHinge } from "./multiclass-hinge.ts";
export { softmaxCrossEntropy } from "./softmax-cross-entropy.ts";
