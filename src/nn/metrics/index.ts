/** The metrics by name. */
import { createRegistry } from "../../core/registry.ts";
import type { MetricDefinition } from "./define.ts";
import * as definitions from "./definitions.ts";

export { defineMetric, type MetricDefinition, type Predicted } from "./define.ts";
export const metrics = createRegistry<MetricDefinition>("metric", Object.values(definitions));
