/** The lecture's experiments, in its order. */
import { a01 } from "./a01-linear-classifier.ts";
import { a02 } from "./a02-linear-collapse.ts";
import { b08 } from "./b08-memory.ts";
import { c01 } from "./c01-gradient-field.ts";
import { c02 } from "./c02-trajectories.ts";
import { c03 } from "./c03-optimizers.ts";
import { c04 } from "./c04-zero-initialisation.ts";
import { c05 } from "./c05-sigmoid-activations.ts";
import { c06 } from "./c06-relu-activations.ts";
import { c07 } from "./c07-initialisation.ts";
import { c08 } from "./c08-batch-norm.ts";
import { c09 } from "./c09-overfitting.ts";
import { c10 } from "./c10-weight-decay.ts";
import { c11 } from "./c11-dropout.ts";
import { c12 } from "./c12-random-search.ts";
import { c13 } from "./c13-first-loss.ts";
import { c14 } from "./c14-overfit-twenty.ts";
import { c15 } from "./c15-learning-rates.ts";
import { c16 } from "./c16-coarse-search.ts";
import { c17 } from "./c17-fine-search.ts";
import { c18 } from "./c18-random-against-grid.ts";
import { c19 } from "./c19-loss-curves.ts";
import { d01 } from "./d01-batch-norm-graph.ts";
import { d02 } from "./d02-spread-weights.ts";
import { d03 } from "./d03-dropout-ensemble.ts";
import type { Experiment } from "./define.ts";
import { noBest } from "./no-best-optimizer.ts";

export type { Claim, Experiment, Language, Outcome, Text } from "./define.ts";
export const experiments: readonly Experiment[] = [
  a01,
  a02,
  b08,
  c01,
  c02,
  c03,
  c04,
  c05,
  c06,
  c07,
  c08,
  c09,
  c10,
  c11,
  c12,
  c13,
  c14,
  c15,
  c16,
  c17,
  c18,
  c19,
  d01,
  d02,
  d03,
  noBest,
];
