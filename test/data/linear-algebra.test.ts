import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fillNormal, randomKey } from "../../src/core/random.ts";
import { addRowProducts, symmetricEigen } from "../../src/data/linear-algebra.ts";
import { propertyRuns } from "../support/long.ts";

function normals(count: number, seed: number): Float64Array {
  const values = new Float64Array(count);
  fillNormal(randomKey(seed), values, 0, 1);
  return values;
}

test("addRowProducts adds the products of all pairs of rows, in the plain order", () => {
  const sizes = fc.record({
    rowsA: fc.integer({ min: 0, max: 11 }),
    rowsB: fc.integer({ min: 0, max: 7 }),
    length: fc.integer({ min: 0, max: 9 }),
  });
  fc.assert(
    fc.property(sizes, fc.boolean(), fc.nat(), ({ rowsA, rowsB, length }, lower, seed) => {
      const [a, b] = [normals(rowsA * length, seed), normals(rowsB * length, seed + 1)];
      const out = new Float64Array(rowsA * rowsB).fill(1);
      addRowProducts(a, b, out, { rowsA, rowsB, length, lower });
      for (let i = 0; i < rowsA; i++)
        for (let j = 0; j < (lower ? Math.min(i + 1, rowsB) : rowsB); j++) {
          let sum = 0;
          for (let k = 0; k < length; k++) sum += a[i * length + k]! * b[j * length + k]!;
          expect(out[i * rowsB + j]).toBe(1 + sum);
        }
    }),
    propertyRuns(100, 2000),
  );
});

/** Largest |A v - l v| and |v . w - delta|, over the largest |A|. */
function errors(a: Float64Array, n: number) {
  const { values, vectors } = symmetricEigen(a, n);
  const size = a.reduce((most, value) => Math.max(most, Math.abs(value)), 0) || 1;
  let [residual, angle] = [0, 0];
  for (let i = 0; i < n; i++) {
    for (let r = 0; r < n; r++) {
      let sum = 0;
      for (let c = 0; c < n; c++) sum += a[r * n + c]! * vectors[i * n + c]!;
      residual = Math.max(residual, Math.abs(sum - values[i]! * vectors[i * n + r]!) / size);
    }
    for (let j = 0; j <= i; j++) {
      let dot = 0;
      for (let c = 0; c < n; c++) dot += vectors[i * n + c]! * vectors[j * n + c]!;
      angle = Math.max(angle, Math.abs(dot - (i === j ? 1 : 0)));
    }
  }
  return { residual, angle, values, vectors };
}

describe("symmetricEigen", () => {
  test("gives eigenvalues, descending, and orthonormal eigenvectors, whatever the size and scale", () => {
    const kind = fc.constantFrom("random", "rank one", "integers", "diagonal", "zero", "blocks");
    const scale = fc.constantFrom(1, 1e-150, 1e150);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), kind, scale, fc.nat(), (n, what, factor, seed) => {
        const x = normals(n * n, seed);
        const entry = (i: number, j: number): number => {
          if (what === "zero") return 0;
          if (what === "rank one") return x[i]! * x[j]!;
          if (what === "diagonal") return i === j ? x[i]! : 0;
          if (what === "blocks") return i >> 1 === j >> 1 ? 1 : 0;
          const value = x[Math.max(i, j) * n + Math.min(i, j)]!;
          return what === "integers" ? Math.round(value) : value;
        };
        const a = Float64Array.from({ length: n * n }, (_, at) => factor * entry(Math.floor(at / n), at % n));
        const { residual, angle, values, vectors } = errors(a, n);
        // Backward stable: a small multiple of n 2^-52.
        expect(residual).toBeLessThan(50 * n * 2 ** -52);
        expect(angle).toBeLessThan(50 * n * 2 ** -52);
        for (let i = 1; i < n; i++) expect(values[i - 1]).toBeGreaterThanOrEqual(values[i]!);
        for (let i = 0; i < n; i++) {
          const row = vectors.subarray(i * n, (i + 1) * n);
          const largest = row.reduce((most, value) => (Math.abs(value) > Math.abs(most) ? value : most), 0);
          expect(largest).toBeGreaterThan(0);
        }
      }),
      propertyRuns(150, 3000),
    );
  });

  test("known answers", () => {
    expect([...symmetricEigen(Float64Array.of(7), 1).values]).toEqual([7]);
    const { values, vectors } = symmetricEigen(Float64Array.of(2, 1, 1, 2), 2);
    expect(values[0]).toBeCloseTo(3, 14);
    expect(values[1]).toBeCloseTo(1, 14);
    for (const entry of vectors) expect(Math.abs(entry)).toBeCloseTo(Math.SQRT1_2, 14);
    // The second difference of n places: 2 - 2 cos(pi k / (n + 1)).
    const n = 30;
    const a = Float64Array.from({ length: n * n }, (_, at) => [2, -1][Math.abs(Math.floor(at / n) - (at % n))] ?? 0);
    const exact = Array.from({ length: n }, (_, k) => 2 - 2 * Math.cos((Math.PI * (n - k)) / (n + 1)));
    symmetricEigen(a, n).values.forEach((value, i) => {
      expect(value).toBeCloseTo(exact[i]!, 13);
    });
  });

  test("reads the lower triangle and leaves the matrix as it is", () => {
    const full = Float64Array.of(4, 1, 2, 1, 3, 0, 2, 0, 1);
    const lower = Float64Array.of(4, Number.NaN, Number.NaN, 1, 3, Number.NaN, 2, 0, 1);
    const copy = lower.slice();
    expect(symmetricEigen(lower, 3)).toEqual(symmetricEigen(full, 3));
    expect(lower).toEqual(copy);
  });
});
