/**
 * Code for a strip of a product: up to 6 rows along panels of 8 columns, one or two panels at once, its sums in registers, then
 * the formula of the epilogue (see matmul-code.ts for how strips make a product).
 */
import type { MatmulKernel } from "../../graph/plan/kernel.ts";
import { panelColumns, panelRowBytes } from "../../graph/plan/panels.ts";
import type { FunctionBuilder, Local, ModuleBuilder, Snippet } from "./assembler.ts";
import { emitStores, FormulaCode, storeSideBySide } from "./formula-code.ts";
import { type Target, vectorsAtOnce } from "./target.ts";

export interface StripParts {
  /** Whose formula is applied to sums in registers; without it they are left in memory. */
  readonly kernel?: MatmulKernel;
  readonly target: Target;
  /**
   * The strip of A is packed, with so many numbers from one k to the next: those of its rows come first. Else the addresses of its rows
   * lie in a list.
   */
  readonly packed?: number;
  /** The packed strip of A has some k only, and tells which behind its rows: the panels of B are read at them. */
  readonly skipsZeros?: boolean;
  /** Bytes from one k to the next in B; without them as it lies in panels. */
  readonly stepB?: number;
  /** Vectors of A's rows are multiplied with those of B, two by two: k is in lanes (see dots-code.ts). */
  readonly inDots?: boolean;
  /** Inner loops that were made before, by what they depend on: most products share theirs. */
  readonly loops: Map<string, Snippet>;
  /** Rows of A are windows of images: each holds `runs` runs of k. */
  readonly window?: WindowRuns;
}

/** Numbers of a window that lie side by side: so many, and the bytes from the end of one run to the next. */
export interface WindowRuns {
  readonly length: number;
  readonly runs: number;
  readonly jump: number;
}

/** Vectors in a row of a panel. */
export const vectorsOfPanel = panelColumns / 4;

/** Steps of k in one turn of the inner loop, powers of two: of tiles as wide as a full one, and of narrower ones, which wait for their sums. */
const [stepsOfWide, stepsOfNarrow] = [4, 2];

/** Parameters of a strip before its operands and stores; `a` is packed or a list, `panelBytes` is of those that lie in panels. */
const stripHead = { a: 0, b: 1, k: 2, panels: 3, rowBytes: 4, tile: 5, rowsOfB: 6, panelBytes: 7 } as const;
const stripHeadCount = 8;

/** sum += a b, with one rounding or two. */
export function emitMultiplyAdd(f: FunctionBuilder, { numerics }: Target, a: Local, b: Local, sum: Local): void {
  if (numerics === "fused") f.multiplyAdd(a, b, sum);
  else f.get(sum).get(a).get(b).op("f32x4.mul").op("f32x4.add").set(sum);
}

/** Formulas of more operations than this (an optimizer's) follow strip by strip, in a function of their own (see long-formula.ts). */
const longestUnrolled = 8;
export const isLong = ({ values }: MatmulKernel) => values.filter(({ kind }) => kind === "apply").length > longestUnrolled;

/** Panels that a strip runs along at once, by the vectors that count of each: 2, or 1 for a last panel of up to 4 columns; or the vectors of rows in lanes. */
export type Widths = readonly number[];
export const vectorsIn = (widths: readonly number[]): number => widths.reduce((sum, width) => sum + width, 0);

export interface InnerLoop {
  /** Bytes from one k to the next in each row of A, and in B; without them as A is packed, and as B lies in panels. */
  readonly stepA?: number;
  readonly stepB?: number;
  /** How many k; known when the code is made, or in a local; or where each lies in A, in bytes, all to be written out. */
  readonly count: Local | { readonly known: number } | { readonly offsets: readonly number[] };
  /** Where B is read, and how many vectors there: one place for each panel. */
  readonly panels: readonly { readonly at: Local; readonly vectors: number }[];
  readonly height: number;
  /** For each row those of all panels. */
  readonly sums: readonly Local[];
  readonly bVectors: readonly Local[];
  /** The number of A at hand in all lanes; or two vectors of A. */
  readonly aVectors: readonly Local[];
  /** A pointer for each row of A, or one for the packed strip. */
  readonly aRows: readonly Local[];
  readonly left: Local;
  /** Where the row of a panel lies, and how far from the first: where only some k count. */
  readonly bRow: Local;
  readonly distance: Local;
  /** A vector that is always 0, the loop's own: its code serves functions whose other locals have other numbers. */
  readonly zero: Local;
}

/** The locals of an inner loop, made in the same order each time: code of one function serves others. */
export function innerLocals(f: FunctionBuilder, b: Local, height: number, widths: readonly number[], pointers: number, ofA = 1) {
  const vectors = vectorsIn(widths);
  const vectorLocals = (count: number): Local[] => Array.from({ length: count }, () => f.local("v128"));
  return {
    sums: vectorLocals(height * vectors),
    height,
    bVectors: vectorLocals(vectors),
    aVectors: vectorLocals(ofA),
    aRows: Array.from({ length: pointers }, () => f.local("i32")),
    left: f.local("i32"),
    bRow: f.local("i32"),
    distance: f.local("i32"),
    zero: f.local("v128"),
    panels: widths.map((width, i) => ({ at: i === 0 ? b : f.local("i32"), vectors: width })),
  };
}

/** Most steps of k that are written out one after the other where their number is known. */
const longestRun = 12;

/** Steps of k, several at a time and then one by one: fewer additions of addresses, the same sums in the same order. */
export function emitInnerLoop(
  f: FunctionBuilder,
  { target, packed, skipsZeros }: Pick<StripParts, "target" | "packed" | "skipsZeros">,
  loop: InnerLoop,
): void {
  const { panels, count: k, stepA = 4, stepB = panelRowBytes } = loop;
  const { height, sums, bVectors, aVectors, aRows, left, bRow, distance } = loop;
  // A loop around must not carry what was read here from round to round: hosts that pair vectors would take them apart.
  const forget = () => {
    for (const local of [...bVectors, ...aVectors]) f.get(loop.zero).set(local);
  };
  const steps = (count: number, offsets?: readonly number[]) => {
    for (let step = 0; step < count; step++) {
      let first = 0;
      for (const [i, { at, vectors }] of panels.entries()) {
        if (skipsZeros) {
          // Behind the numbers stands where the k lies in a panel.
          if (i === 0)
            f.get(aRows[0]!)
              .mem("i32.load", 4 * (step * packed! + height))
              .set(distance);
          f.get(distance).get(at).op("i32.add").set(bRow);
        }
        for (let v = 0; v < vectors; v++) {
          f.get(skipsZeros ? bRow : at).mem("v128.load", skipsZeros ? 16 * v : step * stepB + 16 * v);
          f.set(bVectors[first + v]!);
        }
        first += vectors;
      }
      for (let i = 0; i < height; i++) {
        for (const [v, aVector] of aVectors.entries()) {
          if (packed) f.get(aRows[0]!).mem("v128.load32_splat", 4 * (step * packed + i));
          else if (aVectors.length > 1) f.get(aRows[i]!).mem("v128.load", stepA * step + 16 * v);
          else f.get(aRows[i]!).mem("v128.load32_splat", offsets ? offsets[step]! : stepA * step);
          f.set(aVector);
        }
        for (const [v, bVector] of bVectors.entries())
          emitMultiplyAdd(f, target, aVectors[v % aVectors.length]!, bVector, sums[i * bVectors.length + v]!);
      }
    }
    for (const pointer of offsets ? [] : aRows) f.bump(pointer, count * (packed ? 4 * packed : stepA));
    if (!skipsZeros) for (const { at } of panels) f.bump(at, stepB * count);
  };
  if (typeof k === "object" && "offsets" in k) {
    steps(k.offsets.length, k.offsets);
    forget();
    return;
  }
  if (typeof k === "object" && k.known <= longestRun) {
    steps(k.known);
    forget();
    return;
  }
  const atOnce = bVectors.length >= 2 * vectorsAtOnce(target) ? stepsOfWide : stepsOfNarrow;
  for (const count of [atOnce, 1]) {
    if (typeof k === "object") f.i32(k.known);
    else f.get(k);
    if (count > 1) f.i32(31 - Math.clz32(count)).op("i32.shr_u");
    else f.i32(atOnce - 1).op("i32.and");
    f.tee(left).if(() => {
      f.loop(() => {
        steps(count);
        f.get(left).i32(1).op("i32.sub").tee(left).brIf(0);
      });
      forget();
    });
  }
}

/**
 * A strip of `height` rows along `panels` panels, or groups of panels of these widths. Without a formula it has no operands and
 * stores, and leaves the sums at `tile`.
 */
export function emitStrip(module: ModuleBuilder, name: string, parts: StripParts, height: number, widths: Widths): number {
  const { kernel, target, packed, skipsZeros, inDots, loops, window } = parts;
  const pointers = kernel ? kernel.operands.length + kernel.stores.length : 0;
  const { index, code: f } = module.function(name, new Array(stripHeadCount + pointers).fill("i32"));
  const { a, b, panels, rowBytes, rowsOfB } = stripHead;
  const ofA = inDots ? 2 : 1;
  const inner = {
    ...innerLocals(f, b, height, widths, packed ? 1 : height, ofA),
    count: window ? countOf(window) : stripHead.k,
    ...(inDots && { stepA: 16 * ofA }),
    ...(parts.stepB && { stepB: parts.stepB }),
  };
  const { sums, aRows } = inner;
  const vectors = inner.bVectors.length;
  const runsLeft = f.local("i32");
  const column = f.local("i32");
  const tile = { height, vectors, sums, column, rowBytes };
  const epilogue = kernel ? emitEpilogue(f, kernel, tile, vectorsAtOnce(target)) : storeSums(f, tile);
  epilogue.prepare();
  const emitSharedLoop = () => {
    const form = [target.numerics, height, widths.join("+"), packed, skipsZeros, parts.stepB, inDots].join();
    const known = loops.get(form);
    if (!known)
      loops.set(
        form,
        f.capture(sums[0]!, () => emitInnerLoop(f, parts, inner)),
      );
    else if (!f.append(known, sums[0]!)) emitInnerLoop(f, parts, inner);
  };
  /** Pushes the bytes of a panel. */
  const panelBytes = () => f.get(rowsOfB).i32(panelRowBytes).op("i32.mul");
  const next = f.local("i32");
  f.i32(0).set(column);
  f.loop(() => {
    for (const [i, { at }] of inner.panels.entries()) {
      if (i > 0)
        panelBytes()
          .get(inner.panels[i - 1]!.at)
          .op("i32.add")
          .set(at);
    }
    panelBytes()
      .get(inner.panels[inner.panels.length - 1]!.at)
      .op("i32.add")
      .set(next);
    for (const [i, row] of aRows.entries()) {
      f.get(a);
      if (!packed) f.mem("i32.load", 4 * i);
      f.set(row);
    }
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
    f.get(next).set(b);
    f.forgetting(() => epilogue.emit()).forget(sums);
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

/** The formula written out over the tile, on sums in registers, so many vectors side by side. */
function emitEpilogue(f: FunctionBuilder, { operands, values, stores }: MatmulKernel, tile: Tile, atOnce: number): Epilogue {
  const { height, vectors, sums, column, rowBytes } = tile;
  // For what lies in panels: where the panel at hand is, and the row in it.
  const [place, panel, panelPlace] = f.locals("i32", 3);
  const usesPanels = [...operands, ...stores].some(({ inPanels }) => inPanels);
  const inPanel = (vector: number) => 16 * (vector % vectorsOfPanel);
  let [row, first] = [0, 0];
  const formula: FormulaCode = new FormulaCode(
    f,
    values,
    stores.map(({ value }) => value),
    (value, vector) => {
      const operand = stripHeadCount + value.operand;
      if (value.layout === "full" || value.layout === "perColumn") {
        const { inPanels } = operands[value.operand]!;
        const along = inPanels ? panelPlace : value.layout === "full" ? place : column;
        const offset = inPanels ? inPanel(first + vector) : 16 * (first + vector);
        formula.address(value, () => f.get(operand).get(along).op("i32.add")).mem("v128.load", offset);
      } else f.get(operand).mem("v128.load32_splat", value.layout === "perRow" ? 4 * row : 0);
    },
    (_, vector) => sums[row * vectors + first + vector]!,
  );
  return {
    prepare() {
      formula.prepare("uniform");
      if (usesPanels) f.i32(0).set(panel);
    },
    emit() {
      for (first = 0; first < vectors; first += atOnce) {
        formula.begin("perColumn");
        f.get(column).set(place);
        if (usesPanels) f.get(panel).set(panelPlace);
        for (row = 0; row < height; row++) {
          formula.begin("perRow");
          formula.begin("full");
          const together = Math.min(atOnce, vectors - first);
          const ofPanel = { place: panelPlace, offset: inPanel(first) };
          emitStores(f, formula, stores, stripHeadCount + operands.length, place, undefined, 16 * first, together, ofPanel);
          if (row === height - 1) continue;
          f.get(place).get(rowBytes).op("i32.add").set(place);
          if (usesPanels) f.bump(panelPlace, panelRowBytes);
        }
        const isPanelDone = (first + atOnce) % vectorsOfPanel === 0;
        if (usesPanels && isPanelDone) f.get(panel).get(stripHead.panelBytes).op("i32.add").set(panel);
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
        storeSideBySide(f, () => f.get(place), sums.slice(row * vectors, (row + 1) * vectors));
        if (row < height - 1) f.get(place).get(rowBytes).op("i32.add").set(place);
      }
    },
  };
}
