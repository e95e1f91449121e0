/** The initializers: one file and one line each. */
export { constant } from "./constant.ts";
export { he } from "./he.ts";
export { lecun } from "./lecun.ts";
export { normal } from "./normal.ts";
export { orthogonal } from "./orthogonal.ts";
export { truncatedNormal } from "./truncated-normal.ts";
export { uniform } from "./uniform.ts";
export { xavier } from "./xavier.ts";
export { zeros } from "./zeros.ts";
