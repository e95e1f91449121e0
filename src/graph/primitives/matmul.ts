/**
 * The product of two matrices, either of them taken transposed, so that gradients need no transposed copies.
 *
 * Symbols  C = op(A) op(B), [M, K] x [K, N] -> [M, N]; op transposes where its flag is set.
 * Source   the affine layer's dX = dY W^T, dW = X^T dY (lecture, A4), and their mirror images.
 */
import { ShapeError } from "../../core/errors.ts";
import { createTensor, describeTensor, type Meaning, type Primitive, type Tensor } from "../tensor.ts";

/** Which factors are taken transposed. */
export interface MatmulOptions {
  readonly transposeA?: boolean;
  readonly transposeB?: boolean;
}

const primitive: Primitive = {
  name: "matmul",
  kind: "matmul",
  derivative(node, g) {
    const [a, b] = node.inputs as readonly [Tensor, Tensor];
    const { transposeA: ta, transposeB: tb } = node.attributes as { transposeA: boolean; transposeB: boolean };
    return [
      ta ? matmul(b, g, { transposeA: tb, transposeB: true }) : matmul(g, b, { transposeB: !tb }),
      tb ? matmul(g, a, { transposeA: true, transposeB: ta }) : matmul(a, g, { transposeA: !ta }),
    ];
  },
};

/** The plain meaning of `matmul`. */
export const matmulMeaning: Meaning = (node, [a, b], out) => {
  const { transposeA, transposeB } = node.attributes;
  const [m, n] = node.shape as [number, number];
  const [rows, columns] = node.inputs[0]!.shape as [number, number];
  const k = transposeA ? rows : columns;
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) {
      let total = 0;
      for (let p = 0; p < k; p++)
        total += (transposeA ? a![p * m + i]! : a![i * k + p]!) * (transposeB ? b![j * k + p]! : b![p * n + j]!);
      out[i * n + j] = total;
    }
  }
};

/** @throws ShapeError  an operand is not a matrix, or the inner extents differ */
export function matmul(a: Tensor, b: Tensor, options: MatmulOptions = {}): Tensor {
  const { transposeA = false, transposeB = false } = options;
  for (const operand of [a, b]) {
    if (operand.shape.length !== 2) {
      throw new ShapeError("E_SHAPE_MATMUL", {
        message: `matmul multiplies matrices, received ${describeTensor(operand)} of rank ${operand.shape.length}`,
        hint: "Reshape it to [rows, columns] first.",
      });
    }
  }
  const [m, k] = transposeA ? [a.shape[1]!, a.shape[0]!] : [a.shape[0]!, a.shape[1]!];
  const [k2, n] = transposeB ? [b.shape[1]!, b.shape[0]!] : [b.shape[0]!, b.shape[1]!];
  if (k !== k2) {
    const as = (tensor: Tensor, transposed: boolean) => `${describeTensor(tensor)}${transposed ? " transposed" : ""}`;
    throw new ShapeError("E_SHAPE_MATMUL", {
      message: `matmul: the inner extents ${k} and ${k2} differ: ${as(a, transposeA)} times ${as(b, transposeB)}`,
    });
  }
  return createTensor(primitive, [a, b], [m, n], { transposeA, transposeB });
}
