/** The checks of a run on its way: one file and one line each. */
export { collapsedUnits } from "./collapsed-units.ts";
export { deadUnits } from "./dead-units.ts";
export { explosion } from "./explosion.ts";
export { nonFinite } from "./non-finite.ts";
export { notLearning } from "./not-learning.ts";
export { overfitting } from "./overfitting.ts";
export { saturatedUnits } from "./saturated-units.ts";
export { symmetricUnits } from "./symmetric-units.ts";
export { underfitting } from "./underfitting.ts";
export { updatesTooLarge } from "./updates-too-large.ts";
export { updatesTooSmall } from "./updates-too-small.ts";
export { vanishedWeights } from "./vanished-weights.ts";
