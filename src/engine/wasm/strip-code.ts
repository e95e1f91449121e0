/**
 * Code for a strip of a product: up to 6 rows along panels of 8 columns, its sums in registers, then the formula of the
 * epilogue (see matmul-code.ts for how strips make a product).
 */
import type { MatmulKernel } from "../../graph/plan/kernel.ts";
import type { Numerics } from "../engine.ts";
import type { FunctionBuilder, Local, ModuleBuilder, Snippet } from "./assembler.ts";
import { emitStores, FormulaCode } from "./formula-code.ts";

export interface StripParts {
  readonly kernel: MatmulKernel;
  readonly numerics: Numerics;
  /** The strip of A is packed, [k][rows]. */
  readonly packsA: boolean;
  /** Only the k in a list count: the strip of A has only those, and the panels of B are read at them. */
  readonly skipsZeros: boolean;
  /** Inner loops that were made before, by what they depend on: most products share theirs. */
  readonly loops: Map<string, Snippet>;
  /** The function of the epilogue, where its formula is long. */
  readonly longFormula: number | undefined;
  /** Rows of A are windows of images: addresses of the strip's windows lie in `list`, each holds `runs` runs of k. */
  readonly window?: WindowRuns;
}

/** Numbers of a window that lie side by side: so many, and the bytes from the end of one run to the next. */
export interface WindowRuns {
  readonly length: number;
  readonly runs: number;
  readonly jump: number;
}

/** Steps of k in one turn of the inner loop; a power of two. */
const stepsAtOnce = 4;

/** Parameters of a strip before its operands and stores. */
const stripHead = { a: 0, lda: 1, b: 2, k: 3, panels: 4, valid: 5, rowBytes: 6, tile: 7, list: 8, rowsOfB: 9 } as const;
const stripHeadCount = 10;

function emitMultiplyAdd(f: FunctionBuilder, numerics: Numerics, a: Local, b: Local, sum: Local): void {
  if (numerics === "fused") f.get(a).get(b).get(sum).op("f32x4.relaxed_madd").set(sum);
  else f.get(sum).get(a).get(b).op("f32x4.mul").op("f32x4.add").set(sum);
}

/** Formulas of more operations than this (an optimizer's) are a function of their own, so that their code stands once. */
const longestUnrolled = 8;
export const isLong = ({ values }: MatmulKernel) => values.filter(({ kind }) => kind === "apply").length > longestUnrolled;

export interface InnerLoop {
  /** Bytes from one k to the next in each row of A, and in B; without them as A is packed, and as B lies in panels. */
  readonly stepA?: number;
  readonly stepB?: number;
  /** How many k; known when the code is made, or in a local. */
  readonly count: Local | { readonly known: number };
  /** Where B is read. */
  readonly b: Local;
  readonly height: number;
  readonly vectors: number;
  readonly sums: readonly Local[];
  readonly bVectors: readonly Local[];
  readonly aNumber: Local;
  /** A pointer for each row of A, or one for the packed strip. */
  readonly aRows: readonly Local[];
  readonly left: Local;
  readonly listAt: Local;
  readonly bRow: Local;
}

/** Most steps of k that are written out one after the other where their number is known. */
const longestRun = 12;

/** Steps of k, several at a time and then one by one: fewer additions of addresses, the same sums in the same order. */
export function emitInnerLoop(
  f: FunctionBuilder,
  { numerics, packsA, skipsZeros }: Pick<StripParts, "numerics" | "packsA" | "skipsZeros">,
  loop: InnerLoop,
): void {
  const { b, count: k, stepA = 4, stepB = 16 * loop.vectors } = loop;
  const { height, vectors, sums, bVectors, aNumber, aRows, left, listAt, bRow } = loop;
  const steps = (count: number) => {
    for (let step = 0; step < count; step++) {
      if (skipsZeros) {
        // The list holds 16 k; a row of a panel has 16 bytes for each of its vectors.
        f.get(listAt).mem("i32.load", 4 * step);
        if (vectors === 2) f.i32(1).op("i32.shl");
        f.get(b).op("i32.add").set(bRow);
      }
      bVectors.forEach((local, v) => {
        f.get(skipsZeros ? bRow : b).mem("v128.load", skipsZeros ? 16 * v : step * stepB + 16 * v);
        f.set(local);
      });
      for (let i = 0; i < height; i++) {
        if (packsA) f.get(aRows[0]!).mem("v128.load32_splat", 4 * (step * height + i));
        else f.get(aRows[i]!).mem("v128.load32_splat", stepA * step);
        f.set(aNumber);
        for (let v = 0; v < vectors; v++) emitMultiplyAdd(f, numerics, aNumber, bVectors[v]!, sums[i * vectors + v]!);
      }
    }
    for (const pointer of aRows) f.bump(pointer, count * (packsA ? 4 * height : stepA));
    if (skipsZeros) f.bump(listAt, 4 * count);
    else f.bump(b, stepB * count);
  };
  if (typeof k === "object" && k.known <= longestRun) {
    steps(k.known);
    return;
  }
  for (const count of [stepsAtOnce, 1]) {
    if (typeof k === "object") f.i32(k.known);
    else f.get(k);
    if (count > 1) f.i32(31 - Math.clz32(count)).op("i32.shr_u");
    else f.i32(stepsAtOnce - 1).op("i32.and");
    f.tee(left).if(() => {
      f.loop(() => {
        steps(count);
        f.get(left).i32(1).op("i32.sub").tee(left).brIf(0);
      });
    });
  }
}

/** A strip of `height` rows along `panels` panels of `vectors` vectors each; stores only `valid` columns where `partial`. */
export function emitStrip(
  module: ModuleBuilder,
  name: string,
  parts: StripParts,
  height: number,
  vectors: number,
  partial: boolean,
): number {
  const { kernel, numerics, packsA, skipsZeros, loops, longFormula } = parts;
  const { operands, stores } = kernel;
  const { index, code: f } = module.function(name, new Array(stripHeadCount + operands.length + stores.length).fill("i32"));
  const { a, lda, b, panels, rowBytes, list, rowsOfB } = stripHead;
  const vectorLocals = (count: number) => Array.from({ length: count }, () => f.local("v128"));
  const { window } = parts;
  const inner: InnerLoop = {
    b,
    count: window ? { known: window.length } : stripHead.k,
    height,
    vectors,
    sums: vectorLocals(height * vectors),
    bVectors: vectorLocals(vectors),
    aNumber: f.local("v128"),
    aRows: Array.from({ length: packsA ? 1 : height }, () => f.local("i32")),
    left: f.local("i32"),
    listAt: f.local("i32"),
    bRow: f.local("i32"),
  };
  const { sums, aRows } = inner;
  const runsLeft = f.local("i32");
  const column = f.local("i32");
  const tile = { height, vectors, partial, sums, column, rowBytes };
  const epilogue = longFormula === undefined ? emitEpilogue(f, kernel, tile) : callLongFormula(f, kernel, tile, longFormula);
  epilogue.prepare();
  const emitSharedLoop = () => {
    const form = [numerics, height, vectors, packsA, skipsZeros].join();
    const known = loops.get(form);
    if (!known)
      loops.set(
        form,
        f.capture(sums[0]!, () => emitInnerLoop(f, parts, inner)),
      );
    else if (!f.append(known, sums[0]!)) emitInnerLoop(f, parts, inner);
  };
  f.i32(0).set(column);
  f.loop(() => {
    for (const sum of sums) f.f32x4(0).set(sum);
    if (window) {
      for (const [i, row] of aRows.entries())
        f.get(list)
          .mem("i32.load", 4 * i)
          .set(row);
    } else f.get(a).set(aRows[0]!);
    for (let i = 1; i < aRows.length && !window; i++) {
      f.get(aRows[i - 1]!)
        .get(lda)
        .op("i32.add");
      f.set(aRows[i]!);
    }
    if (skipsZeros) f.get(list).set(inner.listAt);
    if (window) {
      f.i32(window.runs).set(runsLeft);
      f.countdown(runsLeft, () => {
        emitInnerLoop(f, parts, inner);
        for (const row of aRows) f.bump(row, window.jump);
      });
    } else emitSharedLoop();
    if (skipsZeros) {
      f.get(rowsOfB)
        .i32(16 * vectors)
        .op("i32.mul");
      f.get(b).op("i32.add").set(b);
    }
    epilogue.emit();
    f.bump(column, 16 * vectors);
    f.get(panels).i32(1).op("i32.sub").tee(panels).brIf(0);
  });
  return index;
}
interface Tile {
  readonly height: number;
  readonly vectors: number;
  readonly partial: boolean;
  readonly sums: readonly Local[];
  /** Byte offset of the panel's first column. */
  readonly column: Local;
  readonly rowBytes: Local;
}

interface Epilogue {
  /** What is the same for all tiles of a strip. */
  prepare(): void;
  emit(): void;
}

/** The formula unrolled over the tile, on sums in registers. */
function emitEpilogue(f: FunctionBuilder, { operands, values, stores }: MatmulKernel, tile: Tile): Epilogue {
  const { height, vectors, partial, sums, column, rowBytes } = tile;
  const [place, count] = [f.local("i32"), f.local("i32")];
  let [row, vector] = [0, 0];
  const formula = new FormulaCode(
    f,
    values,
    ({ operand, layout }) => {
      f.get(stripHeadCount + operand);
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
    () => f.get(sums[row * vectors + vector]!),
  );
  return {
    prepare: () => formula.prepare("uniform"),
    emit() {
      for (vector = 0; vector < vectors; vector++) {
        formula.begin("perColumn");
        f.get(column).set(place);
        if (partial)
          f.get(stripHead.valid)
            .i32(4 * vector)
            .op("i32.sub")
            .set(count);
        for (row = 0; row < height; row++) {
          formula.begin("perRow");
          formula.begin("full");
          emitStores(f, formula, stores, stripHeadCount + operands.length, place, partial ? count : undefined, 16 * vector);
          if (row < height - 1) f.get(place).get(rowBytes).op("i32.add").set(place);
        }
      }
    },
  };
}

/** Parameters of a long formula's function before its operands and stores. */
const longHead = { tile: 0, height: 1, vectors: 2, valid: 3, column: 4, rowBytes: 5 } as const;
const longHeadCount = 6;

/**
 * A long formula as a function of its own, in a loop over the vectors of a tile whose sums lie in memory: one for all strips of a
 * product. Stores `valid` columns of the tile at the most.
 */
export function emitLongFormula(module: ModuleBuilder, name: string, { operands, values, stores }: MatmulKernel): number {
  const { index, code: f } = module.function(name, new Array(longHeadCount + operands.length + stores.length).fill("i32"));
  const { tile, height, vectors, valid, column, rowBytes } = longHead;
  const [place, rowAt, row] = [f.local("i32"), f.local("i32"), f.local("i32")];
  const formula = new FormulaCode(
    f,
    values,
    ({ operand, layout }) => {
      f.get(longHeadCount + operand);
      if (layout === "full") f.get(place).op("i32.add").mem("v128.load");
      else if (layout === "perColumn") f.get(column).op("i32.add").mem("v128.load");
      else if (layout === "perRow") f.get(rowAt).op("i32.add").mem("v128.load32_splat");
      else f.mem("v128.load32_splat");
    },
    () => f.get(tile).mem("v128.load"),
  );
  formula.prepare("uniform");
  f.loop(() => {
    f.get(column).set(place).i32(0).set(rowAt).get(height).set(row);
    f.loop(() => {
      for (const scope of ["perColumn", "perRow", "full"] as const) formula.begin(scope);
      emitStores(f, formula, stores, longHeadCount + operands.length, place, valid, 0);
      f.get(place).get(rowBytes).op("i32.add").set(place);
      f.bump(rowAt, 4);
      f.bump(tile, 16);
      f.get(row).i32(1).op("i32.sub").tee(row).brIf(0);
    });
    f.bump(column, 16);
    f.bump(valid, -4);
    f.get(vectors).i32(1).op("i32.sub").tee(vectors).brIf(0);
  });
  return index;
}

/** Stores the sums and calls the long formula. */
function callLongFormula(f: FunctionBuilder, { operands, stores }: MatmulKernel, tile: Tile, formula: number): Epilogue {
  const { height, vectors, partial, sums, column, rowBytes } = tile;
  return {
    prepare: () => {},
    emit() {
      sums.forEach((sum, i) => {
        f.get(stripHead.tile).get(sum);
        f.mem("v128.store", 16 * ((i % vectors) * height + Math.floor(i / vectors)));
      });
      f.get(stripHead.tile).i32(height).i32(vectors);
      if (partial) f.get(stripHead.valid);
      else f.i32(4 * vectors);
      f.get(column).get(rowBytes);
      for (let i = 0; i < operands.length + stores.length; i++) f.get(stripHeadCount + i);
      f.call(formula);
    },
  };
}
