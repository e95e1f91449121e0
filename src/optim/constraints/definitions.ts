/** The constraints: one file and one line each. */
export { maxNorm } from "./max-norm.ts";
