/** What the names of a document stand for. */
import type { Registry } from "../core/registry.ts";
import type { AugmentationDefinition } from "../data/augmentations/define.ts";
import type { DatasetDefinition } from "../data/dataset.ts";
import type { PreprocessingDefinition } from "../data/preprocessing/define.ts";
import type { InitializerDefinition } from "../nn/initializers/define.ts";
import type { LayerDefinition } from "../nn/layers/define.ts";
import type { LossDefinition } from "../nn/losses/define.ts";
import type { MetricDefinition } from "../nn/metrics/define.ts";
import type { ConstraintDefinition } from "../optim/constraints/define.ts";
import type { OptimizerDefinition } from "../optim/optimizers/define.ts";
import type { PenaltyDefinition } from "../optim/penalties/define.ts";
import type { ScheduleDefinition } from "../optim/schedules/define.ts";

/** What the names of a document stand for. A definition that a component brings along needs no name here. */
export interface Parts {
  readonly datasets: Registry<DatasetDefinition>;
  readonly preprocessings: Registry<PreprocessingDefinition>;
  readonly augmentations: Registry<AugmentationDefinition>;
  readonly layers: Registry<LayerDefinition>;
  readonly initializers: Registry<InitializerDefinition>;
  readonly losses: Registry<LossDefinition>;
  readonly metrics: Registry<MetricDefinition>;
  readonly optimizers: Registry<OptimizerDefinition>;
  readonly penalties: Registry<PenaltyDefinition>;
  readonly constraints: Registry<ConstraintDefinition>;
  readonly schedules: Registry<ScheduleDefinition>;
  /** What to do about a name that is none of these, where the nearest of them would be no help. */
  readonly hint?: string;
}
