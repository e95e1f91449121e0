/** The schedules: one file and one line each. */
export { constant } from "./constant.ts";
export { cosine } from "./cosine.ts";
export { exponential } from "./exponential.ts";
export { inverseTime } from "./inverse-time.ts";
export { onPlateau } from "./on-plateau.ts";
export { oneCycle } from "./one-cycle.ts";
export { polynomial } from "./polynomial.ts";
export { step } from "./step.ts";
