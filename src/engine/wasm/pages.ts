/** What memories of WebAssembly are made of. */
import { aligned } from "../../graph/plan/memory.ts";

export const pageBytes = 65536;

/** As WebAssembly counts its memory in 32 bits, without its last page. */
export const largestMemoryBytes = 4294901760;

/** Address 0 stays unused, so that a place that was forgotten shows. */
export const firstAddress = aligned(1);
