/** The losses: one file and one line each. */
import { createRegistry } from "../../core/registry.ts";
import { meanSquaredError } from "./mean-squared-error.ts";
import { softmaxCrossEntropy } from "./softmax-cross-entropy.ts";

export { defineLoss, type LossDefinition } from "./define.ts";
export const losses = createRegistry("loss", [softmaxCrossEntropy, meanSquaredError]);
