/**
 * Rows of a table, by number: how a batch is drawn from a data set. Bytes become numbers on the way.
 *
 * Symbols  table [rows, ...example]; rows [B], each in [0, rows) -> [B, ...example]
 * Choice   Only tables can be gathered from: they are data, so no gradient flows into them.
 */
import { ShapeError } from "../../core/errors.ts";
import { sizeOf } from "../shape.ts";
import { createTensor, describeTensor, isLeaf, type Meaning, type Primitive, type Tensor } from "../tensor.ts";

const primitive: Primitive = {
  name: "gather",
  kind: "gather",
  derivative: () => [null, null],
};

/** The plain meaning of `gather`. */
export const gatherMeaning: Meaning = (node, [values, rows], out) => {
  const width = sizeOf(node.shape.slice(1));
  const count = node.inputs[0]!.shape[0]!;
  for (let i = 0; i < node.shape[0]!; i++) {
    const row = rows![i]!;
    if (!(row >= 0 && row < count)) throw new RangeError(`gather: row ${row} of a table of ${count}`);
    for (let j = 0; j < width; j++) out[i * width + j] = values![row * width + j]!;
  }
};

/**
 * Rows of a table by number. Compiled engines do not check the numbers: one that is out of range gives numbers that mean nothing.
 *
 * @throws ShapeError  the first operand is no table, or the second no int32 input of rank 1
 */
export function gather(from: Tensor, rows: Tensor): Tensor {
  if (!isLeaf(from, "table")) {
    throw new ShapeError("E_SHAPE_GATHER", { message: `gather takes its rows from a table, received ${describeTensor(from)}` });
  }
  if (rows.dtype !== "int32" || rows.shape.length !== 1 || !isLeaf(rows, "input")) {
    throw new ShapeError("E_SHAPE_GATHER", {
      message: `gather: row numbers are an int32 input of rank 1, received ${describeTensor(rows)}`,
    });
  }
  return createTensor(primitive, [from, rows], [rows.shape[0]!, ...from.shape.slice(1)]);
}
