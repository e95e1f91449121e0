/** The penalties: one file and one line each. */
export { elasticNet } from "./elastic-net.ts";
export { l1 } from "./l1.ts";
export { l2 } from "./l2.ts";
