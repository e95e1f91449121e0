/**
 * Code for long formulas of products, such as an optimizer's: a function of its own that goes over the rows of a strip whose sums
 * lie in memory, so that what it reads and writes lies side by side and its code stands once.
 */
import type { Layout, MatmulKernel } from "../../graph/plan/kernel.ts";
import { panelRowBytes } from "../../graph/plan/panels.ts";
import type { FunctionBuilder, Local, ModuleBuilder } from "./assembler.ts";
import { emitStores, FormulaCode } from "./formula-code.ts";
import { vectorsOfPanel } from "./strip-code.ts";
import { type Target, vectorsAtOnce } from "./target.ts";

/** Parameters before operands and stores: sums, bytes from row to row of them, rows, columns, bytes from row to row of the result, from panel to panel of what lies so. */
const head = { sums: 0, sumsBytes: 1, rows: 2, columns: 3, rowBytes: 4, panelBytes: 5 } as const;
const headCount = 6;

export function emitLongFormula(
  module: ModuleBuilder,
  name: string,
  { operands, values, stores, n }: MatmulKernel,
  target: Target,
): number {
  const { index, code: f } = module.function(name, new Array(headCount + operands.length + stores.length).fill("i32"));
  const [place, left] = [f.local("i32"), f.local("i32")];
  const sumsAt = f.local("i32");
  // Where it is in panels, and how far it is to the next vector there.
  const [panelPlace, toNext] = f.locals("i32", 2);
  const usesPanels = [...operands, ...stores].some(({ inPanels }) => inPanels);
  const formula: FormulaCode = new FormulaCode(
    f,
    values,
    stores.map(({ value }) => value),
    (value, vector) => {
      const operand = headCount + value.operand;
      if (value.layout === "full" || value.layout === "perColumn") {
        const along = operands[value.operand]!.inPanels ? panelPlace : place;
        formula.address(value, () => f.get(operand).get(along).op("i32.add")).mem("v128.load", 16 * vector);
      } else f.get(operand).mem("v128.load32_splat");
    },
    (_, vector) => {
      f.get(sumsAt).mem("v128.load", 16 * vector);
      return undefined;
    },
  );
  const emitVectors = (count: Local | undefined, vectors = 1) => {
    formula.begin("perColumn");
    formula.begin("full");
    f.get(head.sums).get(place).op("i32.add").set(sumsAt);
    const panel = { place: panelPlace, offset: 0 };
    f.forgetting(() => emitStores(f, formula, stores, headCount + operands.length, place, count, 0, vectors, panel));
    f.bump(place, 16 * vectors);
    if (!usesPanels) return;
    if (vectors === vectorsOfPanel) f.get(panelPlace).get(head.panelBytes).op("i32.add").set(panelPlace);
    else {
      f.get(panelPlace).get(toNext).op("i32.add").set(panelPlace);
      f.get(head.panelBytes).get(toNext).op("i32.sub").set(toNext);
    }
  };
  const atOnce = vectorsAtOnce(target);
  const advance = (local: Local, bytes: Local) => f.get(local).get(bytes).op("i32.add").set(local);
  formula.prepare("uniform");
  f.countdown(head.rows as Local, () => {
    formula.begin("perRow");
    formula.prepare("perRow");
    f.i32(0).set(place);
    if (usesPanels)
      f.i32(0)
        .set(panelPlace)
        .i32(panelRowBytes / vectorsOfPanel)
        .set(toNext);
    f.get(head.columns)
      .i32(atOnce === 2 ? 3 : 2)
      .op("i32.shr_u")
      .tee(left);
    f.if(() => {
      f.countdown(left, () => emitVectors(undefined, atOnce));
    });
    if (atOnce === 2) {
      f.get(head.columns).i32(4).op("i32.and");
      f.if(() => emitVectors(undefined));
    }
    if (n % 4 !== 0) {
      f.get(head.columns).i32(3).op("i32.and").set(left);
      emitVectors(left);
    }
    advance(head.sums, head.sumsBytes);
    operands.forEach(({ layout, inPanels }, i) => {
      if (inPanels) f.bump(headCount + i, panelRowBytes);
      else if (layout === "full") advance(headCount + i, head.rowBytes);
      else if (layout === "perRow") f.bump(headCount + i, 4);
    });
    stores.forEach(({ inPanels }, i) => {
      if (inPanels) f.bump(headCount + operands.length + i, panelRowBytes);
      else advance(headCount + operands.length + i, head.rowBytes);
    });
  });
  return index;
}

/** A pointer to an operand or to what is stored, and how it lies. */
export interface Pointer {
  readonly local: Local;
  readonly layout: Layout;
  readonly inPanels: boolean | undefined;
}

/** Those of a kernel, which stand in the parameters of a function from `first` on. */
export function pointersOf({ operands, stores }: MatmulKernel, first: Local): Pointer[] {
  const all = [...operands, ...stores];
  return all.map(({ layout, inPanels }, i) => ({ local: first + i, layout, inPanels }));
}

/**
 * Calls the long formula for a strip.
 *
 * @param sums  where they are
 * @param pushRest  pushes the other parameters before operands and stores
 * @param column  pushes the byte offset of the first column, where that is not the first of the result, and adds it; in panels or not
 */
export function callLongFormula(
  f: FunctionBuilder,
  formula: number,
  sums: Local,
  pushRest: () => unknown,
  pointers: readonly Pointer[],
  column?: (inPanels: boolean) => unknown,
): void {
  f.get(sums);
  column?.(false);
  pushRest();
  for (const { local, layout, inPanels = false } of pointers) {
    f.get(local);
    if (layout === "full" || layout === "perColumn") column?.(inPanels);
  }
  f.call(formula);
}
