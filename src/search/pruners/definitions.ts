/** The pruners: one file and one line each. */
export { explosion } from "./explosion.ts";
export { median } from "./median.ts";
export { nonFinite } from "./non-finite.ts";
export { successiveHalving } from "./successive-halving.ts";
