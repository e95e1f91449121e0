/** The optimizers: one file and one line each. */
import { createRegistry } from "../../core/registry.ts";
import { adadelta } from "./adadelta.ts";
import { adagrad } from "./adagrad.ts";
import { adam } from "./adam.ts";
import { adamw } from "./adamw.ts";
import { lion } from "./lion.ts";
import { momentum } from "./momentum.ts";
import { muon } from "./muon.ts";
import { nadam } from "./nadam.ts";
import { nesterov } from "./nesterov.ts";
import { rmsprop } from "./rmsprop.ts";
import { sgd } from "./sgd.ts";

export { defineOptimizer, type OptimizerDefinition, type ParameterFacts } from "./define.ts";
export const optimizers = createRegistry("optimizer", [
  sgd,
  momentum,
  nesterov,
  adagrad,
  rmsprop,
  adadelta,
  adam,
  nadam,
  adamw,
  lion,
  muon,
]);
