/** The samplers by name. */
import { createRegistry } from "../../core/registry.ts";
import type { SamplerDefinition } from "./define.ts";
import * as definitions from "./definitions.ts";

export { defineSampler, type SamplerContext, type SamplerDefinition } from "./define.ts";
export const samplers = createRegistry<SamplerDefinition>("sampler", Object.values(definitions));
