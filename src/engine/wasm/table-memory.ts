/**
 * Memory of the engine before there is a plan: what is read into it needs no second place, nor the time to be copied there. The tables
 * come first; what programs need is added behind them once it is known.
 */
import { aligned } from "../../graph/plan/memory.ts";
import type { TableMemory, TableValues } from "../engine.ts";

export const pageBytes = 65536;
/** As WebAssembly counts its memory in 32 bits, without its last page. */
export const largestMemoryBytes = 4294901760;

export class WasmTableMemory implements TableMemory {
  private readonly memory: WebAssembly.Memory;
  /** Address 0 stays unused, as in memories without tables. */
  private end = aligned(1);
  /** As often as memory grows, there is a new object for the same bytes. */
  private readonly buffers = new Set<ArrayBufferLike>();
  private isTaken = false;

  /** @throws RangeError  the host gives none */
  constructor() {
    // Only shared memory can grow under the views that others have of it.
    this.memory = new WebAssembly.Memory({ initial: 1, maximum: largestMemoryBytes / pageBytes, shared: true });
  }

  allocate(bytes: number): Uint8Array<ArrayBufferLike> | undefined {
    const { memory, end } = this;
    if (this.isTaken) return undefined;
    const missing = Math.ceil((end + bytes - memory.buffer.byteLength) / pageBytes);
    try {
      if (missing > 0) memory.grow(missing);
    } catch {
      return undefined;
    }
    this.end = end + aligned(bytes);
    this.buffers.add(memory.buffer);
    return new Uint8Array(memory.buffer, end, bytes);
  }

  /** Where the values lie, in bytes; undefined where they do not lie in here. */
  addressOf({ buffer, byteOffset }: TableValues): number | undefined {
    return this.buffers.has(buffer) ? byteOffset : undefined;
  }

  /** The memory and where its tables end, for the one who asks first: nobody else may put anything in it. */
  take(): { readonly memory: WebAssembly.Memory; readonly end: number } | undefined {
    if (this.isTaken) return undefined;
    this.isTaken = true;
    return { memory: this.memory, end: this.end };
  }
}
