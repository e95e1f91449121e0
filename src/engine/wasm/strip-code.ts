/**
 * Code for a strip of a product: up to 6 rows along panels of 8 columns, its sums in registers, then the formula of the
 * epilogue (see matmul-code.ts for how strips make a product).
 */
import type { MatmulKernel } from "../../graph/plan/kernel.ts";
import type { Numerics } from "../engine.ts";
import type { FunctionBuilder, Local, ModuleBuilder, Snippet } from "./assembler.ts";
import { emitStores, FormulaCode } from "./formula-code.ts";

export interface StripParts {
  /** Whose formula is applied to sums in registers; without it they are left in memory. */
  readonly kernel: MatmulKernel | undefined;
  readonly numerics: Numerics;
  /** The strip of A is packed, [k][rows]. */
  readonly packsA: boolean;
  /** Only the k in a list count: the strip of A has only those, and the panels of B are read at them. */
  readonly skipsZeros: boolean;
  /** Inner loops that were made before, by what they depend on: most products share theirs. */
  readonly loops: Map<string, Snippet>;
  /** Rows of A are windows of images: addresses of the strip's windows lie in `list`, each holds `runs` runs of k. */
  readonly window?: WindowRuns;
  /** Addresses of the strip's rows of A lie in `list`. */
  readonly fromList?: boolean;
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
const stripHead = { a: 0, lda: 1, b: 2, k: 3, panels: 4, rowBytes: 5, tile: 6, list: 7, rowsOfB: 8 } as const;
const stripHeadCount = 9;

function emitMultiplyAdd(f: FunctionBuilder, numerics: Numerics, a: Local, b: Local, sum: Local): void {
  if (numerics === "fused") f.get(a).get(b).get(sum).op("f32x4.relaxed_madd").set(sum);
  else f.get(sum).get(a).get(b).op("f32x4.mul").op("f32x4.add").set(sum);
}

/** Formulas of more operations than this (an optimizer's) follow strip by strip, in a function of their own (see long-formula.ts). */
const longestUnrolled = 8;
export const isLong = ({ values }: MatmulKernel) => values.filter(({ kind }) => kind === "apply").length > longestUnrolled;

export interface InnerLoop {
  /** Bytes from one k to the next in each row of A, and in B; without them as A is packed, and as B lies in panels. */
  readonly stepA?: number;
  readonly stepB?: number;
  /** How many k; known when the code is made, or in a local; or where each lies in A, in bytes, all to be written out. */
  readonly count: Local | { readonly known: number } | { readonly offsets: readonly number[] };
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
  const steps = (count: number, offsets?: readonly number[]) => {
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
        else f.get(aRows[i]!).mem("v128.load32_splat", offsets ? offsets[step]! : stepA * step);
        f.set(aNumber);
        for (let v = 0; v < vectors; v++) emitMultiplyAdd(f, numerics, aNumber, bVectors[v]!, sums[i * vectors + v]!);
      }
    }
    for (const pointer of offsets ? [] : aRows) f.bump(pointer, count * (packsA ? 4 * height : stepA));
    if (skipsZeros) f.bump(listAt, 4 * count);
    else f.bump(b, stepB * count);
  };
  if (typeof k === "object" && "offsets" in k) {
    steps(k.offsets.length, k.offsets);
    return;
  }
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

/**
 * A strip of `height` rows along `panels` panels of `vectors` vectors each; stores so many columns of the last one. Without a
 * formula it has no operands and stores, and leaves the sums at `tile`.
 */
export function emitStrip(
  module: ModuleBuilder,
  name: string,
  parts: StripParts,
  height: number,
  vectors: number,
  columns: number,
): number {
  const { kernel, numerics, packsA, skipsZeros, loops } = parts;
  const pointers = kernel ? kernel.operands.length + kernel.stores.length : 0;
  const { index, code: f } = module.function(name, new Array(stripHeadCount + pointers).fill("i32"));
  const { a, lda, b, panels, rowBytes, list, rowsOfB } = stripHead;
  const vectorLocals = (count: number) => Array.from({ length: count }, () => f.local("v128"));
  const { window } = parts;
  const fromList = window !== undefined || parts.fromList === true;
  const inner: InnerLoop = {
    b,
    count: window ? countOf(window) : stripHead.k,
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
  const tile = { height, vectors, columns, sums, column, rowBytes };
  const epilogue = kernel ? emitEpilogue(f, kernel, tile) : storeSums(f, tile);
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
    if (fromList) {
      for (const [i, row] of aRows.entries())
        f.get(list)
          .mem("i32.load", 4 * i)
          .set(row);
    } else f.get(a).set(aRows[0]!);
    for (let i = 1; i < aRows.length && !fromList; i++) {
      f.get(aRows[i - 1]!)
        .get(lda)
        .op("i32.add");
      f.set(aRows[i]!);
    }
    if (skipsZeros) f.get(list).set(inner.listAt);
    if (window) {
      if (isShort(window)) emitInnerLoop(f, parts, inner);
      else {
        f.i32(window.runs).set(runsLeft);
        f.countdown(runsLeft, () => {
          emitInnerLoop(f, parts, inner);
          for (const row of aRows) f.bump(row, window.jump);
        });
      }
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

/** Most numbers of a window for which all steps are written out: no address is ever moved on. */
const longestWindow = 48;
const isShort = ({ length, runs }: WindowRuns) => length * runs <= longestWindow;

function countOf(window: WindowRuns): InnerLoop["count"] {
  const { length, runs, jump } = window;
  if (!isShort(window)) return { known: length };
  const offsets = Array.from({ length: length * runs }, (_, k) => 4 * k + Math.floor(k / length) * jump);
  return { offsets };
}

interface Tile {
  readonly height: number;
  readonly vectors: number;
  /** How many columns are stored. */
  readonly columns: number;
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
  const { height, vectors, columns, sums, column, rowBytes } = tile;
  const place = f.local("i32");
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
        const lanes = { known: Math.min(4, columns - 4 * vector) };
        for (row = 0; row < height; row++) {
          formula.begin("perRow");
          formula.begin("full");
          emitStores(f, formula, stores, stripHeadCount + operands.length, place, lanes, 16 * vector);
          if (row < height - 1) f.get(place).get(rowBytes).op("i32.add").set(place);
        }
      }
    },
  };
}

/** Puts the sums down where the formula of the whole strip finds them: rows of them, `rowBytes` apart. */
function storeSums(f: FunctionBuilder, { height, vectors, sums, column, rowBytes }: Tile): Epilogue {
  const place = f.local("i32");
  return {
    prepare: () => {},
    emit() {
      f.get(stripHead.tile).get(column).op("i32.add").set(place);
      for (let row = 0; row < height; row++) {
        for (let v = 0; v < vectors; v++)
          f.get(place)
            .get(sums[row * vectors + v]!)
            .mem("v128.store", 16 * v);
        if (row < height - 1) f.get(place).get(rowBytes).op("i32.add").set(place);
      }
    },
  };
}
