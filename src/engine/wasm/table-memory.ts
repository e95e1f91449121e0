/**
 * Memory of the engine before there is a plan: what is read into it needs no second place, nor the time to be copied there. The tables
 * come first; what programs need is added behind them once it is known.
 */
import { aligned } from "../../graph/plan/memory.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { checkTable } from "../checks.ts";
import type { TableMemory, TableValues } from "../engine.ts";
import { firstAddress, largestMemoryBytes, pageBytes } from "./pages.ts";

/** Memory to read a data set into, for `SessionOptions.tableMemory` with `wasmEngine`; undefined where the host gives none. */
export function createTableMemory(): TableMemory | undefined {
  let memory: WebAssembly.Memory;
  try {
    // Only shared memory can grow under the views that others have of it.
    memory = new WebAssembly.Memory({ initial: 1, maximum: largestMemoryBytes / pageBytes, shared: true });
  } catch {
    return undefined;
  }
  let end = firstAddress;
  let isTaken = false;
  /** As often as memory grows, there is a new object for the same bytes. */
  const buffers = new Set<ArrayBufferLike>();
  const addressOf = ({ buffer, byteOffset }: TableValues) => (buffers.has(buffer) ? byteOffset : undefined);
  return {
    allocate(bytes) {
      if (isTaken) return undefined;
      const missing = Math.ceil((end + bytes - memory.buffer.byteLength) / pageBytes);
      try {
        if (missing > 0) memory.grow(missing);
      } catch {
        return undefined;
      }
      const start = end;
      end += aligned(bytes);
      buffers.add(memory.buffer);
      return new Uint8Array(memory.buffer, start, bytes);
    },
    addressOf,
    take(values) {
      const addresses = new Map<Tensor, number>();
      let bytes = 0;
      for (const [leaf, one] of values) {
        checkTable(leaf, one);
        const address = addressOf(one);
        // Each place belongs to one table.
        if (address === undefined || [...addresses.values()].includes(address)) continue;
        addresses.set(leaf, address);
        bytes += one.byteLength;
      }
      // What was read and then converted would stay for nothing.
      if (isTaken || 2 * bytes < end) return undefined;
      isTaken = true;
      return { memory, addresses, end };
    },
  };
}
