/** The samplers: one file and one line each. */
export { gaussianProcess } from "./gaussian-process.ts";
export { grid } from "./grid.ts";
export { random } from "./random.ts";
export { sobol } from "./sobol.ts";
