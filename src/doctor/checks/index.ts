/** The checks of a run on its way. */
import type { CheckDefinition } from "./define.ts";
import * as definitions from "./definitions.ts";

export type { CheckDefinition, Found, WatchedRun } from "./define.ts";
/** What every run is watched for. */
export const checks: readonly CheckDefinition[] = Object.values(definitions);
