/** Products that read their left operand from a table: no batch is gathered for them. */
import { isLeaf, type Tensor } from "../tensor.ts";
import { baseOf } from "./formula.ts";
import type { MatmulHead } from "./group.ts";

/**
 * The table and the row numbers of a product's left operand, where its rows lie in the table as the product reads them: as numbers; or,
 * where the product packs them anyway, as bytes with what they are multiplied by.
 */
export function gatheredRows(operand: Tensor, packs: boolean): Pick<MatmulHead, "a" | "gathered" | "scale"> | undefined {
  const base = baseOf(operand);
  const factor = base.primitive.name === "mul" ? base.inputs.find((one) => isLeaf(one, "constant")) : undefined;
  const gather = factor ? baseOf(base.inputs.find((one) => one !== factor) ?? base) : base;
  if (gather.primitive.kind !== "gather" || operand.shape[0] !== gather.shape[0]) return undefined;
  const [a, gathered] = gather.inputs as readonly [Tensor, Tensor];
  if (a.dtype === "float32") return factor ? undefined : { a, gathered };
  const scale = factor ? (factor.attributes.value as number) : 1;
  return packs && a.dtype === "uint8" ? { a, gathered, scale } : undefined;
}
