/** The schedules: one file and one line each. */
import { createRegistry } from "../../core/registry.ts";
import { constant } from "./constant.ts";
import { cosine } from "./cosine.ts";
import { exponential } from "./exponential.ts";
import { inverseTime } from "./inverse-time.ts";
import { onPlateau } from "./on-plateau.ts";
import { oneCycle } from "./one-cycle.ts";
import { polynomial } from "./polynomial.ts";
import { step } from "./step.ts";

export { defineSchedule, type Goal, type Progress, type ScheduleDefinition } from "./define.ts";
export const schedules = createRegistry("schedule", [
  constant,
  step,
  exponential,
  inverseTime,
  cosine,
  polynomial,
  oneCycle,
  onPlateau,
]);
