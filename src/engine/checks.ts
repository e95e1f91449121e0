/** What every engine refuses in the same words. */
import { EngineError } from "../core/errors.ts";
import { sizeOf, type Tensor } from "../graph/index.ts";
import type { MemoryReport, TableValues } from "./engine.ts";

/** @throws EngineError the plan takes more than it may; the message says where the memory goes */
export function checkMemory(
  { parameters, states, inputsAndOutputs, temporaries, tables, total }: MemoryReport,
  limitBytes: number,
): void {
  if (total <= limitBytes) return;
  const mb = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`;
  throw new EngineError("E_MEMORY", {
    message:
      `this plan needs ${mb(total)} and may take ${mb(limitBytes)}: parameters ${mb(parameters)}, optimizer and other states ${mb(states)}, ` +
      `temporaries of a step ${mb(temporaries)}, batches ${mb(inputsAndOutputs)}, data ${mb(tables)}`,
    hint:
      temporaries > tables
        ? "A smaller batch or fewer units makes temporaries smaller."
        : "Fewer rows of data make the tables smaller.",
  });
}

/** A state that is known, and numbers that fill it. */
export function checkState(leaf: Tensor, isKnown: boolean, values?: ArrayLike<number>): void {
  if (!isKnown) throw new EngineError("E_STATE", { message: `no program has the state '${leaf.name}'` });
  const size = sizeOf(leaf.shape);
  if (values && values.length !== size) {
    throw new EngineError("E_STATE", { message: `'${leaf.name}' has ${size} numbers, received ${values.length}` });
  }
}

/** Values of the table's type and length. */
export function checkTable(leaf: Tensor, values: TableValues): void {
  const View = leaf.dtype === "uint8" ? Uint8Array : leaf.dtype === "int32" ? Int32Array : Float32Array;
  const size = sizeOf(leaf.shape);
  if (values instanceof View && values.length === size) return;
  throw new EngineError("E_TABLE", {
    message: `table '${leaf.name}' holds ${size} numbers of ${leaf.dtype}, received ${values.length} in a ${values.constructor.name}`,
  });
}

/** The thing of this name, or an error that lists the names that there are. */
export function named<T>(things: ReadonlyMap<string, T>, name: string, code: string, what: string): T {
  const found = things.get(name);
  if (found === undefined) {
    const names = things.size === 0 ? "none" : [...things.keys()].join(", ");
    throw new EngineError(code, { message: `${what} '${name}', only ${names}` });
  }
  return found;
}
