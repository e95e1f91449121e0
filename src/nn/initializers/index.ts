/** The initializers: one file and one line each. */
import { createRegistry } from "../../core/registry.ts";
import { constant } from "./constant.ts";
import { he } from "./he.ts";
import { lecun } from "./lecun.ts";
import { normal } from "./normal.ts";
import { orthogonal } from "./orthogonal.ts";
import { truncatedNormal } from "./truncated-normal.ts";
import { uniform } from "./uniform.ts";
import { xavier } from "./xavier.ts";
import { zeros } from "./zeros.ts";

export { defineInitializer, type Fan, type InitializerDefinition } from "./define.ts";
export const initializers = createRegistry("initializer", [
  zeros,
  constant,
  normal,
  uniform,
  truncatedNormal,
  xavier,
  he,
  lecun,
  orthogonal,
]);
