/** Documents whose names are those of all that Osolgil brings. */
import { createRegistry } from "../core/registry.ts";
import { augmentations } from "../data/augmentations/index.ts";
import type { DatasetDefinition } from "../data/dataset.ts";
import { datasets } from "../data/datasets/index.ts";
import { preprocessings } from "../data/preprocessing/index.ts";
import { initializers } from "../nn/initializers/index.ts";
import { modelLayers } from "../nn/layers/index.ts";
import { losses } from "../nn/losses/index.ts";
import { metrics } from "../nn/metrics/index.ts";
import { constraints } from "../optim/constraints/index.ts";
import { optimizers } from "../optim/optimizers/index.ts";
import { penalties } from "../optim/penalties/index.ts";
import { schedules } from "../optim/schedules/index.ts";
import { resolveWith } from "./grammar.ts";
import type { Parts } from "./parts.ts";
import type { Run } from "./run-document.ts";

/** All that Osolgil brings, by name. */
export const allParts: Parts = {
  datasets: createRegistry<DatasetDefinition>("data set", datasets),
  preprocessings,
  augmentations,
  layers: modelLayers,
  initializers,
  losses,
  metrics,
  optimizers,
  penalties,
  constraints,
  schedules,
};

/**
 * Resolves a document.
 *
 * @param origin  where it comes from, for messages: the file's name
 * @throws DocumentError  lists each mistake with its path, what was expected, what came, and the nearest valid name
 * @example resolveRun({ data: "mnist", model: ["relu", { kind: "dense", units: 10 }] }).optimizer.definition.name; // "adam"
 */
export function resolveRun(document: unknown, origin = "the run document"): Run {
  return resolveWith(allParts, document, origin);
}
