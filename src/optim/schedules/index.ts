/** The schedules by name. */
import { createRegistry } from "../../core/registry.ts";
import type { ScheduleDefinition } from "./define.ts";
import * as definitions from "./definitions.ts";

export { defineSchedule, type Goal, type Progress, type ScheduleDefinition } from "./define.ts";
export const schedules = createRegistry<ScheduleDefinition>("schedule", Object.values(definitions));
