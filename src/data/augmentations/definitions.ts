/** The augmentations: one file and one line each. */
export { cutout } from "./cutout.ts";
export { flip } from "./flip.ts";
export { rotate } from "./rotate.ts";
export { shift } from "./shift.ts";
