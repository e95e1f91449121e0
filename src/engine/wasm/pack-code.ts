/** Code that packs the right operand of a product into panels (see matmul-code.ts). */
import { panelRowBytes } from "../../graph/plan/panels.ts";
import type { FunctionBuilder, Local, ModuleBuilder } from "./assembler.ts";
import { storeSideBySide } from "./formula-code.ts";

/** Copies vectors that lie side by side: all are read before one is stored. */
export function copyVectors(f: FunctionBuilder, from: Local, to: Local, vectors: readonly Local[]): void {
  for (const [v, vector] of vectors.entries())
    f.get(from)
      .mem("v128.load", 16 * v)
      .set(vector);
  storeSideBySide(f, () => f.get(to), vectors);
}

/** Packs rows of B as it lies, [K, N]. Parameters: source (the first row), row bytes, how many rows, panels, target (the first row in the first panel), bytes from panel to panel. */
export function emitPack(module: ModuleBuilder): number {
  const { index, code: f } = module.function("pack", new Array(6).fill("i32"));
  const [source, rowBytes, rows, panels, target, panelBytes] = [0, 1, 2, 3, 4, 5];
  const [from, to, left] = f.locals("i32", 3);
  const numbers = f.locals("v128", 2);
  f.countdown(panels, () => {
    f.get(source).set(from).get(target).set(to).get(rows).set(left);
    f.countdown(left, () => {
      copyVectors(f, from, to, numbers);
      f.bump(to, panelRowBytes);
      f.get(from).get(rowBytes).op("i32.add").set(from);
    });
    f.bump(source, panelRowBytes);
    f.get(target).get(panelBytes).op("i32.add").set(target);
  });
  return index;
}

/**
 * Packs B from its transpose, [N, K]. Parameters: source, row bytes, bytes from 8 numbers of a row to the next 8, k, n, first and end of the groups of 4 columns to pack,
 * target. Groups of 4 columns go into the halves of a panel; blocks of 4 x 4 are turned in registers, the last k one by one.
 */
export function emitPackTransposed(module: ModuleBuilder): number {
  const { index, code: f } = module.function("packTransposed", new Array(8).fill("i32"));
  const [source, rowBytes, eightBytes, k, n, group, end, target] = [0, 1, 2, 3, 4, 5, 6, 7];
  const rows = f.locals("i32", 4);
  const vectors = f.locals("v128", 4);
  const turned = f.locals("v128", 4);
  const [to, left, last, toNext] = f.locals("i32", 4);
  f.get(n).i32(1).op("i32.sub").get(rowBytes).op("i32.mul").get(source).op("i32.add").set(last);
  f.loop(() => {
    // Columns past the last one repeat it: their sums are never stored.
    rows.forEach((row, i) => {
      f.get(group).i32(4).op("i32.mul").i32(i).op("i32.add").get(rowBytes).op("i32.mul").get(source).op("i32.add").tee(row);
      f.get(last).get(row).get(last).op("i32.lt_u").op("select").set(row);
    });
    f.get(group).i32(1).op("i32.shr_u").get(k).op("i32.mul").i32(32).op("i32.mul");
    f.get(group).i32(1).op("i32.and").i32(16).op("i32.mul").op("i32.add").get(target).op("i32.add").set(to);
    f.block(() => {
      f.get(k).i32(2).op("i32.shr_u").tee(left).op("i32.eqz").brIf(0);
      f.i32(16).set(toNext);
      f.loop(() => {
        rows.forEach((row, i) => {
          f.get(row).mem("v128.load").set(vectors[i]!);
        });
        const [v0, v1, v2, v3] = vectors;
        const [t0, t1, t2, t3] = turned;
        f.get(v0).get(v1).shuffle32(0, 4, 1, 5).set(t0).get(v0).get(v1).shuffle32(2, 6, 3, 7).set(t1);
        f.get(v2).get(v3).shuffle32(0, 4, 1, 5).set(t2).get(v2).get(v3).shuffle32(2, 6, 3, 7).set(t3);
        const outputs: [Local, Local, [number, number, number, number]][] = [
          [t0, t2, [0, 1, 4, 5]],
          [t0, t2, [2, 3, 6, 7]],
          [t1, t3, [0, 1, 4, 5]],
          [t1, t3, [2, 3, 6, 7]],
        ];
        for (const [one, other, lanes] of outputs) {
          f.get(to)
            .get(one)
            .get(other)
            .shuffle32(...lanes)
            .mem("v128.store");
          f.bump(to, panelRowBytes);
        }
        // The second four of eight numbers are next to the first.
        for (const row of rows) f.get(row).get(toNext).op("i32.add").set(row);
        f.get(eightBytes).get(toNext).op("i32.sub").set(toNext);
        f.get(left).i32(1).op("i32.sub").tee(left).brIf(0);
      });
    });
    f.block(() => {
      f.get(k).i32(3).op("i32.and").tee(left).op("i32.eqz").brIf(0);
      f.loop(() => {
        rows.forEach((row, i) => {
          f.get(to)
            .get(row)
            .mem("f32.load")
            .mem("f32.store", 4 * i);
          f.bump(row, 4);
        });
        f.bump(to, panelRowBytes);
        f.get(left).i32(1).op("i32.sub").tee(left).brIf(0);
      });
    });
    f.bump(group, 1);
    f.get(group).get(end).op("i32.lt_u").brIf(0);
  });
  return index;
}
