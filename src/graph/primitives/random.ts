/**
 * Random numbers in a graph: a function of a key and of the place, so that a mask can be drawn again, in any order, by any number
 * of threads and on any engine.
 *
 * Symbols  key [2], the two words of a RandomKey; u(r, c) = (h + 0.5) 2^-16, h 16 random bits: 65,536 values in (0, 1), their mean
 *          0.5, each a float32.
 *          c = 16 block + 4 part + lane, lane and part 0 to 3; (w0, w1) = threefry(key, r, 4 block + lane);
 *          h = the lower half of w0, its upper half, the lower half of w1, its upper half, for part 0, 1, 2, 3.
 * Choice   One block gives four numbers of a row, and four blocks side by side sixteen that lie together: what a vector of four
 *          lanes computes at once.
 * Source   src/core/random.ts for the generator and its source.
 */
import { ShapeError } from "../../core/errors.ts";
import { threefry } from "../../core/random.ts";
import { showShape } from "../shape.ts";
import { createTensor, describeTensor, isLeaf, type Meaning, type Primitive, type Tensor } from "../tensor.ts";

const primitive: Primitive = {
  name: "random",
  kind: "random",
  derivative: () => [null],
};

/** The plain meaning of `randomUniform`. */
export const randomMeaning: Meaning = (node, [key], out) => {
  const [rows, columns] = node.shape as readonly [number, number];
  const words = new Uint32Array(2);
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++) {
      const [block, part, lane] = [Math.floor(c / 16), Math.floor(c / 4) % 4, c % 4];
      threefry({ k0: key![0]!, k1: key![1]! }, r, 4 * block + lane, words);
      const word = words[part < 2 ? 0 : 1]!;
      const half = part % 2 === 0 ? word & 0xffff : word >>> 16;
      out[r * columns + c] = (half + 0.5) / 65536;
    }
  }
};

/**
 * Uniform random numbers in (0, 1), of 16 bits each; the same for the same key.
 *
 * @param key    an int32 input of shape [2]
 * @param shape  [rows, columns]
 * @throws ShapeError  the key is no such input, or the shape is no matrix
 */
export function randomUniform(key: Tensor, shape: readonly number[]): Tensor {
  if (key.dtype !== "int32" || key.shape.length !== 1 || key.shape[0] !== 2 || !isLeaf(key, "input")) {
    throw new ShapeError("E_SHAPE_RANDOM", {
      message: `randomUniform: a key is an int32 input of shape [2], received ${describeTensor(key)}`,
    });
  }
  if (shape.length !== 2) {
    throw new ShapeError("E_SHAPE_RANDOM", {
      message: `randomUniform draws a matrix [rows, columns], received ${showShape(shape)}`,
      hint: "Draw [rows, the product of the other extents], and reshape it.",
    });
  }
  return createTensor(primitive, [key], shape);
}
