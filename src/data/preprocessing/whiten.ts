import { DataError } from "../../core/errors.ts";
import { exampleSize } from "../dataset.ts";
import { addRowProducts, symmetricEigen } from "../linear-algebra.ts";
import { momentsOf } from "../moments.ts";
import { definePreprocessing, type Examples } from "./define.ts";

/** The work grows with the third power: images of 32 x 32 x 3 can be whitened, with patience. */
const mostFeatures = 3100;
const epsilon64 = 2.220446049250313e-16;

/**
 * Whitening: features without correlation and, but for epsilon, of variance 1.
 *
 * Symbols  x [n] features; m their mean; C = U L U^T their covariance over the N training rows, divided by N; l its eigenvalues,
 *          descending; k components.
 *          pca: (U_k^T (x - m)) / sqrt(l + epsilon), [k].   zca: U_k of that, [n]: as near to the x as whitened rows can be.
 *
 * Source   CS231n, "Data preprocessing"; Bell & Sejnowski 1997 (zca); Krizhevsky 2009, appendix A.
 *
 * Choice   A direction without variance in training (l <= n 2^-52 l_max) becomes 0, whatever it is later: 1 / sqrt(epsilon) would
 *          blow up what noise a test row has there. The sign of a pca component: the largest entry of its eigenvector is positive.
 * Deviation  scikit-learn's PCA divides by N - 1, so its components are larger by sqrt((N - 1) / N), and it has no epsilon.
 */
export const whiten = definePreprocessing({
  name: "whiten",
  summary: "Removes correlations between features and brings them to variance 1, by PCA or ZCA.",
  source: "CS231n, Data preprocessing; Bell & Sejnowski 1997; Krizhevsky 2009, appendix A.",
  options: {
    method: {
      type: "string",
      choices: ["pca", "zca"],
      default: "pca",
      summary: "Components by size, or features as near as can be.",
    },
    epsilon: { default: 1e-5, min: 0, scale: "log", summary: "Added to each variance, so that small ones are not blown up." },
    components: {
      type: "integer",
      optional: true,
      min: 1,
      max: mostFeatures,
      summary: "Directions that are kept, those of the largest variance; all where it is left out.",
    },
  },
  fit(examples, { method, epsilon, components }) {
    const size = exampleSize(examples.shape);
    if (size > mostFeatures || (components ?? 1) > size) {
      throw new DataError("E_PREPROCESSING_FEATURES", {
        message:
          size > mostFeatures
            ? `whiten takes ${mostFeatures} features at the most, since its work grows with their third power; received ${size}`
            : `whiten keeps at most as many components as there are features, ${size}; received ${components}`,
        hint:
          size > mostFeatures
            ? "Use 'standardise' or 'channelMean', or smaller images."
            : "Set components lower, or leave it out.",
      });
    }
    const kept = components ?? size;
    const { mean } = momentsOf(examples, size);
    const { values, vectors } = symmetricEigen(covariance(examples, mean), size);
    const least = size * epsilon64 * Math.max(values[0], 0);
    const factors = Array.from({ length: kept }, (_, i) => (values[i] > least ? 1 / Math.sqrt(values[i] + epsilon) : 0));
    const matrix = vectors.slice(0, kept * size);
    for (let i = 0; i < matrix.length; i++) matrix[i] *= factors[Math.floor(i / size)];
    const flat = factors.filter((factor) => factor === 0).length;
    return {
      state:
        method === "pca"
          ? { mean: [...mean], matrix, shape: [kept] }
          : { mean: [...mean], matrix: turnedBack(matrix, vectors, size, kept), shape: examples.shape },
      warnings: flat === 0 ? [] : [`whiten: ${flat} of ${kept} directions have no variance in the training rows and become 0`],
    };
  },
  apply(values, rows, { mean, matrix }) {
    const size = mean.length;
    const components = matrix.length / size;
    for (let at = 0; at < values.length; ) for (let j = 0; j < size; j++, at++) values[at] -= mean[j];
    const out = new Float64Array(rows * components);
    addRowProducts(values, matrix, out, { rowsA: rows, rowsB: components, length: size });
    return out;
  },
  outputShape: (_, { shape }) => shape,
  examples: [
    { options: {}, input: [4] },
    { options: { method: "zca", epsilon: 0.01 }, input: [2, 3] },
    { options: { components: 2, epsilon: 0 }, input: [5] },
  ],
});

/** Its lower triangle. */
function covariance(examples: Examples, mean: Float64Array): Float64Array {
  const size = mean.length;
  const out = new Float64Array(size * size);
  examples.forEachBlock((values, rows) => {
    const features = new Float64Array(values.length);
    for (let r = 0, at = 0; r < rows; r++) for (let j = 0; j < size; j++, at++) features[j * rows + r] = values[at] - mean[j];
    addRowProducts(features, features, out, { rowsA: size, rowsB: size, length: rows, lower: true });
  });
  for (let i = 0; i < out.length; i++) out[i] /= examples.count;
  return out;
}

/** U_k times the rows of the pca matrix: sum over components c of u_c (factor u_c)^T. */
function turnedBack(matrix: Float64Array, vectors: Float64Array, size: number, kept: number): Float64Array {
  const columns = (rows: Float64Array) => {
    const out = new Float64Array(size * kept);
    for (let c = 0; c < kept; c++) for (let j = 0; j < size; j++) out[j * kept + c] = rows[c * size + j];
    return out;
  };
  const out = new Float64Array(size * size);
  addRowProducts(columns(vectors), columns(matrix), out, { rowsA: size, rowsB: size, length: kept });
  return out;
}
