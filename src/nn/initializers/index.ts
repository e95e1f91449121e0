/** The initializers: one file and one line each. */
import { createRegistry } from "../../core/registry.ts";
import { constant } from "./constant.ts";
import { he } from "./he.ts";
import { normal } from "./normal.ts";
import { xavier } from "./xavier.ts";
import { zeros } from "./zeros.ts";

export { defineInitializer, type Fan, type InitializerDefinition } from "./define.ts";
export const initializers = createRegistry("initializer", [zeros, constant, normal, xavier, he]);
