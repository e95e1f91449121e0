/**
 * Code for products [M, K] x [K, N] with a formula in the epilogue.
 *
 * B is packed into panels of 8 columns ([K][8], the last one 8 or 4 wide). A is read as it lies, row after row; a transposed A
 * is packed strip by strip ([K][height]), since its columns may lie a multiple of the cache's way apart. A strip of up to 6
 * rows runs along the panels: 6 x 8 sums stay in 12 vector registers, beside two vectors of B and one number of A. Every sum starts at
 * 0 and takes its terms in the order of k, so no choice of strips, panels or threads can change a bit of it.
 *
 * Measured  bench/kernels.ts: 6 x 8 tiles reach about 97 % of the 128-bit multiply-add peak, 4 x 8 about 83 %.
 */
import type { MatmulKernel } from "../../graph/plan/kernel.ts";
import type { Numerics } from "../engine.ts";
import type { FunctionBuilder, Local, ModuleBuilder } from "./assembler.ts";
import { FormulaCode, storeCounted } from "./formula-code.ts";

export const panelColumns = 8;
const maximumStrip = 6;

/** How M rows are cut: `tall` strips of `height` rows, then `rest` strips of one row less. */
export function cutRows(m: number): { height: number; tall: number; rest: number } {
  const strips = Math.ceil(m / maximumStrip);
  const height = Math.ceil(m / strips);
  const rest = strips * height - m;
  return { height, tall: strips - rest, rest };
}

/** Width in which the last columns are packed: 0 (none), 4 or 8. */
export function tailWidth(n: number): number {
  const columns = n % panelColumns;
  return columns === 0 ? 0 : columns <= 4 ? 4 : 8;
}

/** Bytes of B packed, with room for what the packing of a transposed B writes past its end. */
export function packedBytes(n: number, k: number): number {
  return (Math.floor(n / panelColumns) * panelColumns + tailWidth(n)) * k * 4;
}

/** Bytes of a strip of a transposed A packed, with room for the last vector. */
export function packedStripBytes(k: number): number {
  return maximumStrip * k * 4 + 32;
}

/** Everything about a product that its code depends on. */
export function matmulForm(kernel: MatmulKernel, numerics: Numerics): string {
  const { transposeA, operands, values, stores, m, n } = kernel;
  const { height, rest } = cutRows(m);
  const tail = n % panelColumns === 0 ? "none" : n % 4 === 0 ? "whole" : "partial";
  return JSON.stringify([
    "matmul",
    numerics,
    transposeA,
    height,
    rest > 0,
    n >= panelColumns,
    tail,
    tailWidth(n),
    operands.map(({ layout }) => layout),
    values,
    stores.map(({ value }) => value),
  ]);
}

interface Parts {
  readonly kernel: MatmulKernel;
  readonly numerics: Numerics;
}

/** Parameters of a strip before its operands and stores. */
const stripHead = { a: 0, lda: 1, b: 2, k: 3, panels: 4, valid: 5, rowBytes: 6 } as const;
const stripHeadCount = 7;

function emitMultiplyAdd(f: FunctionBuilder, numerics: Numerics, a: Local, b: Local, sum: Local): void {
  if (numerics === "fused") f.get(a).get(b).get(sum).op("f32x4.relaxed_madd").set(sum);
  else f.get(sum).get(a).get(b).op("f32x4.mul").op("f32x4.add").set(sum);
}

/** A strip of `height` rows along `panels` panels of `vectors` vectors each; stores only `valid` columns where `partial`. */
function emitStrip(
  module: ModuleBuilder,
  name: string,
  { kernel, numerics }: Parts,
  height: number,
  vectors: number,
  partial: boolean,
): number {
  const { operands, stores, transposeA } = kernel;
  const { index, code: f } = module.function(name, new Array(stripHeadCount + operands.length + stores.length).fill("i32"));
  const { a, lda, b, k, panels, valid, rowBytes } = stripHead;
  const operandAt = (operand: number) => stripHeadCount + operand;
  const storeAt = (store: number) => stripHeadCount + operands.length + store;
  const sums = Array.from({ length: height * vectors }, () => f.local("v128"));
  const bVectors = Array.from({ length: vectors }, () => f.local("v128"));
  const aNumber = f.local("v128");
  const aRows = Array.from({ length: transposeA ? 1 : height }, () => f.local("i32"));
  const [left, column, place, count] = [f.local("i32"), f.local("i32"), f.local("i32"), f.local("i32")];
  let [row, vector] = [0, 0];

  const formula = new FormulaCode(
    f,
    kernel.values,
    ({ operand, layout }) => {
      f.get(operandAt(operand));
      if (layout === "full")
        f.get(place)
          .op("i32.add")
          .mem("v128.load", 16 * vector);
      else if (layout === "perColumn")
        f.get(column)
          .op("i32.add")
          .mem("v128.load", 16 * vector);
      else if (layout === "perRow") f.mem("v128.load32_splat", 4 * row);
      else f.mem("v128.load32_splat");
    },
    (value) => {
      if (value.kind !== "accumulated") throw new Error(`no code for ${value.kind} in a product`);
      f.get(sums[row * vectors + vector]!);
    },
  );
  formula.prepare("uniform");
  f.i32(0).set(column);
  f.loop(() => {
    for (const sum of sums) f.f32x4(0).set(sum);
    aRows.forEach((pointer, i) => {
      if (i === 0) f.get(a).set(pointer);
      else
        f.get(aRows[i - 1]!)
          .get(lda)
          .op("i32.add")
          .set(pointer);
    });
    f.get(k).set(left);
    f.loop(() => {
      bVectors.forEach((local, v) => {
        f.get(b)
          .mem("v128.load", 16 * v)
          .set(local);
      });
      for (let i = 0; i < height; i++) {
        if (transposeA)
          f.get(aRows[0]!)
            .mem("v128.load32_splat", 4 * i)
            .set(aNumber);
        else f.get(aRows[i]!).mem("v128.load32_splat").set(aNumber);
        for (let v = 0; v < vectors; v++) emitMultiplyAdd(f, numerics, aNumber, bVectors[v]!, sums[i * vectors + v]!);
      }
      if (transposeA) f.get(aRows[0]!).get(lda).op("i32.add").set(aRows[0]!);
      else for (const pointer of aRows) f.bump(pointer, 4);
      f.bump(b, 16 * vectors);
      f.get(left).i32(1).op("i32.sub").tee(left).brIf(0);
    });
    for (vector = 0; vector < vectors; vector++) {
      formula.begin("perColumn");
      f.get(column).set(place);
      if (partial)
        f.get(valid)
          .i32(4 * vector)
          .op("i32.sub")
          .set(count);
      for (row = 0; row < height; row++) {
        formula.begin("perRow");
        formula.begin("full");
        const results = stores.map(({ value }) => {
          const local = f.local("v128");
          formula.push(value);
          f.set(local);
          return local;
        });
        results.forEach((local, store) => {
          const address = () => f.get(storeAt(store)).get(place).op("i32.add");
          if (partial) storeCounted(f, address, local, count, 16 * vector);
          else {
            address();
            f.get(local).mem("v128.store", 16 * vector);
          }
        });
        if (row < height - 1) f.get(place).get(rowBytes).op("i32.add").set(place);
      }
    }
    f.bump(column, 16 * vectors);
    f.get(panels).i32(1).op("i32.sub").tee(panels).brIf(0);
  });
  return index;
}

/** Parameters of a product before its operands and stores. */
const productHead = { a: 0, lda: 1, b: 2, k: 3, panels: 4, valid: 5, rowBytes: 6, tall: 7, rest: 8, strip: 9 } as const;
const productHeadCount = 10;

/** Packs `rows` numbers of each k from a transposed A. Whole vectors are copied: the next k writes over what is too much. */
function emitPackStrip(f: FunctionBuilder, rows: number, from: Local, to: Local, left: Local): void {
  const p = productHead;
  f.get(p.a).set(from).get(p.strip).set(to).get(p.k).set(left);
  f.loop(() => {
    for (let offset = 0; offset < 4 * rows; offset += 16) f.get(to).get(from).mem("v128.load", offset).mem("v128.store", offset);
    f.get(from).get(p.lda).op("i32.add").set(from);
    f.bump(to, 4 * rows);
    f.get(left).i32(1).op("i32.sub").tee(left).brIf(0);
  });
}

/** The function of a product: strips from top to bottom, each along the full panels and then the last one. */
export function emitMatmul(module: ModuleBuilder, kernel: MatmulKernel, numerics: Numerics, name: string): number {
  const { operands, stores, transposeA, n, m } = kernel;
  const { height, rest } = cutRows(m);
  const hasPanels = n >= panelColumns;
  const tail = tailWidth(n);
  const parts = { kernel, numerics };
  const { index, code: f } = module.function(name, new Array(productHeadCount + operands.length + stores.length).fill("i32"));
  const p = productHead;
  const pointers = [
    ...operands.map(({ layout }, i) => ({ local: productHeadCount + i, layout })),
    ...stores.map((_, i) => ({ local: productHeadCount + operands.length + i, layout: "full" as const })),
  ];
  const [counter, tailB, tailColumn] = [f.local("i32"), f.local("i32"), f.local("i32")];
  const [from, to, left] = [f.local("i32"), f.local("i32"), f.local("i32")];
  if (tail > 0) {
    f.get(p.panels)
      .i32(panelColumns * 4)
      .op("i32.mul")
      .tee(tailColumn)
      .get(p.k)
      .op("i32.mul")
      .get(p.b)
      .op("i32.add")
      .set(tailB);
  }
  const heights = rest > 0 ? [height, height - 1] : [height];
  heights.forEach((rows, part) => {
    const full = hasPanels ? emitStrip(module, `${name}.${rows}x8`, parts, rows, 2, false) : 0;
    const last = tail > 0 ? emitStrip(module, `${name}.${rows}x${tail}tail`, parts, rows, tail / 4, n % 4 !== 0) : 0;
    f.get(part === 0 ? p.tall : p.rest).set(counter);
    const pushA = () => {
      if (transposeA) f.get(p.strip).i32(4 * rows);
      else f.get(p.a).get(p.lda);
    };
    f.loop(() => {
      if (transposeA) emitPackStrip(f, rows, from, to, left);
      if (hasPanels) {
        pushA();
        for (const local of [p.b, p.k, p.panels, p.valid, p.rowBytes]) f.get(local);
        for (const { local } of pointers) f.get(local);
        f.call(full);
      }
      if (tail > 0) {
        pushA();
        f.get(tailB).get(p.k).i32(1).get(p.valid).get(p.rowBytes);
        for (const { local, layout } of pointers) {
          f.get(local);
          if (layout === "full" || layout === "perColumn") f.get(tailColumn).op("i32.add");
        }
        f.call(last);
      }
      if (transposeA) f.bump(p.a, 4 * rows);
      else f.get(p.lda).i32(rows).op("i32.mul").get(p.a).op("i32.add").set(p.a);
      for (const { local, layout } of pointers) {
        if (layout === "full") f.get(p.rowBytes).i32(rows).op("i32.mul").get(local).op("i32.add").set(local);
        else if (layout === "perRow") f.bump(local, 4 * rows);
      }
      f.get(counter).i32(1).op("i32.sub").tee(counter).brIf(0);
    });
  });
  return index;
}

/** Packs B as it lies, [K, N]: parameters source, row bytes, k, full panels, tail width, target. */
export function emitPack(module: ModuleBuilder): number {
  const { index, code: f } = module.function("pack", new Array(6).fill("i32"));
  const [source, rowBytes, k, panels, tail, target] = [0, 1, 2, 3, 4, 5];
  const [from, left] = [f.local("i32"), f.local("i32")];
  const panel = (vectors: number) => {
    f.get(source).set(from).get(k).set(left);
    f.loop(() => {
      for (let v = 0; v < vectors; v++)
        f.get(target)
          .get(from)
          .mem("v128.load", 16 * v)
          .mem("v128.store", 16 * v);
      f.bump(target, 16 * vectors);
      f.get(from).get(rowBytes).op("i32.add").set(from);
      f.get(left).i32(1).op("i32.sub").tee(left).brIf(0);
    });
    f.bump(source, 16 * vectors);
  };
  f.block(() => {
    f.get(panels).op("i32.eqz").brIf(0);
    f.loop(() => {
      panel(2);
      f.get(panels).i32(1).op("i32.sub").tee(panels).brIf(0);
    });
  });
  f.get(tail)
    .i32(4)
    .op("i32.eq")
    .if(() => panel(1));
  f.get(tail)
    .i32(8)
    .op("i32.eq")
    .if(() => panel(2));
  return index;
}

/**
 * Packs B from its transpose, [N, K]: parameters source, row bytes, k, n, groups of 4 columns, target.
 * Groups of 4 columns go into the halves of a panel; blocks of 4 x 4 are turned in registers, the last k one by one.
 */
export function emitPackTransposed(module: ModuleBuilder): number {
  const { index, code: f } = module.function("packTransposed", new Array(6).fill("i32"));
  const [source, rowBytes, k, n, groups, target] = [0, 1, 2, 3, 4, 5];
  const rows = Array.from({ length: 4 }, () => f.local("i32"));
  const vectors = Array.from({ length: 4 }, () => f.local("v128"));
  const turned = Array.from({ length: 4 }, () => f.local("v128"));
  const [group, to, step, left, last] = [f.local("i32"), f.local("i32"), f.local("i32"), f.local("i32"), f.local("i32")];
  f.get(n).i32(1).op("i32.sub").get(rowBytes).op("i32.mul").get(source).op("i32.add").set(last);
  f.i32(0).set(group);
  f.loop(() => {
    // Columns past the last one repeat it: their sums are never stored.
    rows.forEach((row, i) => {
      f.get(group).i32(4).op("i32.mul").i32(i).op("i32.add").get(rowBytes).op("i32.mul").get(source).op("i32.add").tee(row);
      f.get(last).get(row).get(last).op("i32.lt_u").op("select").set(row);
    });
    // A group in a whole panel steps by 32 bytes a k; one that is alone in a panel of 4 by 16.
    f.get(group).i32(1).op("i32.and").op("i32.eqz").get(groups).get(group).op("i32.sub").i32(1).op("i32.eq").op("i32.and");
    f.if(
      () => f.i32(16).set(step),
      () => f.i32(32).set(step),
    );
    f.get(group).i32(1).op("i32.shr_u").get(k).op("i32.mul").i32(32).op("i32.mul");
    f.get(group).i32(1).op("i32.and").i32(16).op("i32.mul").op("i32.add").get(target).op("i32.add").set(to);
    f.block(() => {
      f.get(k).i32(2).op("i32.shr_u").tee(left).op("i32.eqz").brIf(0);
      f.loop(() => {
        rows.forEach((row, i) => {
          f.get(row).mem("v128.load").set(vectors[i]!);
        });
        const [v0, v1, v2, v3] = vectors as [Local, Local, Local, Local];
        const [t0, t1, t2, t3] = turned as [Local, Local, Local, Local];
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
          f.get(to).get(step).op("i32.add").set(to);
        }
        for (const row of rows) f.bump(row, 16);
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
        f.get(to).get(step).op("i32.add").set(to);
        f.get(left).i32(1).op("i32.sub").tee(left).brIf(0);
      });
    });
    f.bump(group, 1);
    f.get(group).get(groups).op("i32.lt_u").brIf(0);
  });
  return index;
}
