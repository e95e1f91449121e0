/** What is tried before a run, in this order: what is found early may explain what comes later. */
import { data } from "./data.ts";
import type { ExaminationDefinition } from "./define.ts";
import { firstLoss } from "./first-loss.ts";
import { gradient } from "./gradient.ts";
import { penalty } from "./penalty.ts";
import { rangeTest } from "./range-test.ts";
import { tinySet } from "./tiny-set.ts";

export type { ExaminationDefinition, Examined } from "./define.ts";
/** What is tried out before a run, in this order. */
export const examinations: readonly ExaminationDefinition[] = [data, firstLoss, penalty, gradient, tinySet, rangeTest];
