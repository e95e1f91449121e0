/** What pages have in the place of host-vectors.ts ("browser" in package.json): nobody there can be asked for wider vectors. */
import type { HostVectors } from "./host-vectors.ts";

export const pairVectors = (): HostVectors => ({ pairs: false, detail: "of 128 bits: only Node can be asked for more" });
