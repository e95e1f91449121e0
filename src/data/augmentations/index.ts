/** Augmentations by name. */
import { createRegistry } from "../../core/registry.ts";
import type { AugmentationDefinition } from "./define.ts";
import * as definitions from "./definitions.ts";

export { type AugmentationDefinition, defineAugmentation, type ImageShape } from "./define.ts";
export const augmentations = createRegistry<AugmentationDefinition>("augmentation", Object.values(definitions));
