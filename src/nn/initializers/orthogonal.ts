import { fillNormal } from "../../core/random.ts";
import { defineInitializer } from "./define.ts";

/** Makes `count` vectors of one length, which lie one after the other, orthogonal and of length 1. */
function orthonormalise(vectors: Float64Array, count: number): void {
  const size = vectors.length / count;
  for (let i = 0; i < count; i++) {
    const vector = vectors.subarray(i * size, (i + 1) * size);
    for (let j = 0; j < i; j++) {
      const earlier = vectors.subarray(j * size, (j + 1) * size);
      let along = 0;
      for (let k = 0; k < size; k++) along += vector[k]! * earlier[k]!;
      for (let k = 0; k < size; k++) vector[k]! -= along * earlier[k]!;
    }
    let square = 0;
    for (let k = 0; k < size; k++) square += vector[k]! * vector[k]!;
    if (square === 0)
      vector[i] = 1; // a single number that was drawn as 0
    else for (let k = 0, scale = 1 / Math.sqrt(square); k < size; k++) vector[k]! *= scale;
  }
}

/**
 * A random matrix whose rows or columns, whichever are fewer, are orthogonal and of one length: it turns and mirrors without
 * stretching.
 *
 * Symbols  Q R = A, A [m, n] of standard normal numbers, m >= n; the result is gain Q, or its transpose. A weight of several axes
 *          is the matrix [all axes but the last, units], as PyTorch flattens it (whose units come first).
 *
 * Source   Saxe, McClelland & Ganguli 2014, arXiv:1312.6120; Mezzadri 2007, arXiv:math-ph/0609050: a positive diagonal of R makes
 *          every such matrix equally probable.
 *
 * Choice   Gram-Schmidt in its modified form, column by column in float64, gives that diagonal by itself; what it loses of
 *          orthogonality, the condition of A times 1e-16 (Bjorck 1967), is far below a float32.
 */
export const orthogonal = defineInitializer({
  name: "orthogonal",
  summary: "A random rotation, times a gain: the length of what passes through stays as it is, however deep the network.",
  source: "Saxe, McClelland & Ganguli 2014, arXiv:1312.6120.",
  options: {
    gain: { default: 1, min: 0, minExclusive: true, scale: "log", summary: "Length of each row or column; sqrt(2) suits ReLU." },
  },
  moments: ({ fanIn, fanOut }, { gain }) => ({ mean: 0, std: gain / Math.sqrt(Math.max(fanIn, fanOut)) }),
  fill(out, { fanIn }, key, { gain }) {
    const [rows, columns] = [fanIn, out.length / fanIn];
    const vectors = new Float64Array(out.length);
    fillNormal(key, vectors, 0, 1);
    orthonormalise(vectors, Math.min(rows, columns));
    const isTall = rows >= columns; // the vectors are columns
    for (let row = 0, at = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++, at++) out[at] = gain * vectors[isTall ? column * rows + row : at]!;
    }
  },
  examples: [{}, { gain: 1.5 }],
});
