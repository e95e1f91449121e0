/** What `fit` knows by name: what is taken where nothing is said. All else comes along as a definition, and only that is loaded. */
import { createRegistry, type Definition, type Registry } from "../core/registry.ts";
import type { Parts } from "../document/parts.ts";
import type { InitializerDefinition } from "../nn/initializers/define.ts";
import { he } from "../nn/initializers/he.ts";
import type { LossDefinition } from "../nn/losses/define.ts";
import { meanSquaredError } from "../nn/losses/mean-squared-error.ts";
import { softmaxCrossEntropy } from "../nn/losses/softmax-cross-entropy.ts";
import { adam } from "../optim/optimizers/adam.ts";
import type { OptimizerDefinition } from "../optim/optimizers/define.ts";

const none = <D extends Definition>(kind: string): Registry<D> => createRegistry<D>(kind, []);

export const usualParts = (): Parts => ({
  datasets: none("data set"),
  preprocessings: none("preprocessing"),
  augmentations: none("augmentation"),
  layers: none("layer"),
  initializers: createRegistry<InitializerDefinition>("initializer", [he]),
  losses: createRegistry<LossDefinition>("loss", [softmaxCrossEntropy, meanSquaredError]),
  metrics: none("metric"),
  optimizers: createRegistry<OptimizerDefinition>("optimizer", [adam]),
  penalties: none("penalty"),
  constraints: none("constraint"),
  schedules: none("schedule"),
  hint: 'Give the definition, not its name: relu, not "relu". With `parts: allParts` every part has its name.',
});
