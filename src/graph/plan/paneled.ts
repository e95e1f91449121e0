/**
 * Weights that lie in panels alone (see panels.ts).
 *
 * Choice  The product that gives a weight's gradient updates it in its epilogue. Where nobody else looks at the weight but products that
 *         multiply with it, in any program, it reads and writes the panels themselves: there is no plain form to be written, read again
 *         and packed. All other weights keep their plain form, and panels beside it.
 */
import type { Tensor } from "../tensor.ts";
import { type Group, readsOfGroup } from "./group.ts";
import { isKept } from "./panels.ts";

/** What of a fused program decides it. */
export interface Updates {
  readonly groups: readonly Group[];
  readonly values: readonly { readonly state: Tensor; readonly value: Tensor }[];
  readonly outputs: Readonly<Record<string, Tensor>>;
}

/** The states that a product updates element by element, with values that nobody else looks at. */
function updatedBy(group: Group, { values, outputs }: Updates, readers: ReadonlyMap<Tensor, readonly Group[]>): Tensor[] {
  const { head, formula } = group;
  if (head.kind !== "matmul" || head.windows) return [];
  const { rows, columns, operands } = formula;
  const isUpdated = ({ state, value }: Updates["values"][number]) => {
    const fits = state !== head.a && state.shape.length === 2 && state.shape[0] === rows && state.shape[1] === columns;
    const isOwn = values.every((one) => one.state === state || one.value !== value) && !Object.values(outputs).includes(value);
    const isRead = operands.some(({ tensor, layout }) => tensor === state && layout !== "full");
    const isSeen = (readers.get(value) ?? []).some((reader) => reader !== group);
    return fits && isOwn && !isRead && !isSeen && formula.members.get(value)?.layout === "full";
  };
  return values.filter(isUpdated).map(({ state }) => state);
}

/** The states that lie in panels alone. */
export function findPaneled(programs: readonly Updates[]): Set<Tensor> {
  const multiplied = new Set<Tensor>();
  const plain = new Set<Tensor>();
  for (const program of programs) {
    const readers = new Map<Tensor, Group[]>();
    for (const group of program.groups) {
      const { head } = group;
      const reads = readsOfGroup(group);
      if (head.kind === "matmul" && !isKept(head.b)) reads.add(head.b);
      for (const tensor of reads) readers.set(tensor, [...(readers.get(tensor) ?? []), group]);
      if (head.kind !== "matmul" || !isKept(head.b)) continue;
      const [rows, columns, ...others] = head.b.shape;
      const isWhole = others.length === 0 && head.k === (head.transposeB ? columns : rows);
      if (!isWhole || head.windows) plain.add(head.b);
      else if (!head.transposeB) multiplied.add(head.b);
    }
    const updates = new Map(program.groups.map((group) => [group, updatedBy(group, program, readers)]));
    const updated = new Set([...updates.values()].flat());
    for (const { state } of program.values) if (!updated.has(state)) plain.add(state);
    for (const [tensor, groups] of readers)
      if (isKept(tensor) && !groups.every((group) => updates.get(group)!.includes(tensor))) plain.add(tensor);
  }
  return new Set([...multiplied].filter((state) => !plain.has(state)));
}
