/** The metrics: one file and one line each. */
import { createRegistry } from "../../core/registry.ts";
import { accuracy } from "./accuracy.ts";
import { auc } from "./auc.ts";
import { confusionMatrix } from "./confusion-matrix.ts";
import { f1 } from "./f1.ts";
import { meanAbsoluteError } from "./mean-absolute-error.ts";
import { precision } from "./precision.ts";
import { rSquared } from "./r-squared.ts";
import { recall } from "./recall.ts";
import { rootMeanSquaredError } from "./root-mean-squared-error.ts";
import { topK } from "./top-k.ts";

export { defineMetric, type MetricDefinition, type MetricValue, type Predicted } from "./define.ts";
export const metrics = createRegistry("metric", [
  accuracy,
  topK,
  precision,
  recall,
  f1,
  auc,
  confusionMatrix,
  meanAbsoluteError,
  rootMeanSquaredError,
  rSquared,
]);
