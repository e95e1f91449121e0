/** The metrics: one file and one line each. */
export { accuracy } from "./accuracy.ts";
export { auc } from "./auc.ts";
export { confusionMatrix } from "./confusion-matrix.ts";
export { f1 } from "./f1.ts";
export { meanAbsoluteError } from "./mean-absolute-error.ts";
export { precision } from "./precision.ts";
export { rSquared } from "./r-squared.ts";
export { recall } from "./recall.ts";
export { rootMeanSquaredError } from "./root-mean-squared-error.ts";
export { topK } from "./top-k.ts";
