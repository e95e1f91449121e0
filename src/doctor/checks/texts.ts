/** What the checks say of themselves, by their codes: apart from them, so that a page that only trains need not load it. */
export { explanation as collapsedUnits } from "./collapsed-units.ts";
export { explanation as deadUnits } from "./dead-units.ts";
export { explanation as explosion } from "./explosion.ts";
export { explanation as nonFinite } from "./non-finite.ts";
export { explanation as notLearning } from "./not-learning.ts";
export { explanation as overfitting } from "./overfitting.ts";
export { explanation as saturatedUnits } from "./saturated-units.ts";
export { explanation as symmetricUnits } from "./symmetric-units.ts";
export { explanation as underfitting } from "./underfitting.ts";
export { explanation as updatesTooLarge } from "./updates-too-large.ts";
export { explanation as updatesTooSmall } from "./updates-too-small.ts";
export { explanation as vanishedWeights } from "./vanished-weights.ts";
