/** Matrices widened to whole panels of eight columns by columns of 0: in a product with one, every sum takes its terms in the order of k. */

const panelColumns = 8;

/** Columns of whole panels that hold so many. */
export const wholePanels = (columns: number): number => panelColumns * Math.ceil(columns / panelColumns);

/** Rows of so many columns, widened to others. */
export const widened = (values: Float32Array, columns: number, wide: number): Float32Array =>
  Float32Array.from({ length: (values.length / columns) * wide }, (_, i) =>
    i % wide < columns ? values[Math.floor(i / wide) * columns + (i % wide)]! : 0,
  );

/** The first columns of rows that were widened. */
export const narrowed = (values: Float32Array | Float64Array, columns: number, wide: number) =>
  values.filter((_, i) => i % wide < columns);
