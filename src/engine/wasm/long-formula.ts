/**
 * Code for long formulas of products, such as an optimizer's: a function of its own that goes over the rows of a strip whose sums
 * lie in memory, so that what it reads and writes lies side by side and its code stands once.
 */
import type { Layout, MatmulKernel } from "../../graph/plan/kernel.ts";
import type { FunctionBuilder, Local, ModuleBuilder } from "./assembler.ts";
import { emitStores, FormulaCode } from "./formula-code.ts";

/** Parameters before operands and stores: sums, bytes from row to row of them, rows, columns, bytes from row to row of the result. */
const head = { sums: 0, sumsBytes: 1, rows: 2, columns: 3, rowBytes: 4 } as const;
const headCount = 5;

export function emitLongFormula(module: ModuleBuilder, name: string, { operands, values, stores, n }: MatmulKernel): number {
  const { index, code: f } = module.function(name, new Array(headCount + operands.length + stores.length).fill("i32"));
  const [place, left] = [f.local("i32"), f.local("i32")];
  const formula = new FormulaCode(
    f,
    values,
    ({ operand, layout }) => {
      f.get(headCount + operand);
      if (layout === "full" || layout === "perColumn") f.get(place).op("i32.add").mem("v128.load");
      else f.mem("v128.load32_splat");
    },
    () => f.get(head.sums).get(place).op("i32.add").mem("v128.load"),
  );
  const emitVector = (count: Local | undefined) => {
    formula.begin("perColumn");
    formula.begin("full");
    emitStores(f, formula, stores, headCount + operands.length, place, count, 0);
  };
  const advance = (local: Local, bytes: Local) => f.get(local).get(bytes).op("i32.add").set(local);
  formula.prepare("uniform");
  f.countdown(head.rows as Local, () => {
    formula.begin("perRow");
    formula.prepare("perRow");
    f.i32(0).set(place);
    f.get(head.columns).i32(2).op("i32.shr_u").tee(left);
    f.if(() => {
      f.countdown(left, () => {
        emitVector(undefined);
        f.bump(place, 16);
      });
    });
    if (n % 4 !== 0) {
      f.get(head.columns).i32(3).op("i32.and").set(left);
      emitVector(left);
    }
    advance(head.sums, head.sumsBytes);
    operands.forEach(({ layout }, i) => {
      if (layout === "full") advance(headCount + i, head.rowBytes);
      else if (layout === "perRow") f.bump(headCount + i, 4);
    });
    stores.forEach((_, i) => {
      advance(headCount + operands.length + i, head.rowBytes);
    });
  });
  return index;
}

/** A pointer to an operand or to what is stored, and how it lies. */
export interface Pointer {
  readonly local: Local;
  readonly layout: Layout;
}

/**
 * Calls the long formula for a strip.
 *
 * @param strip  its parameters, in this order, each pushing one number
 * @param column  pushes the byte offset of the first column, where that is not the first of the result, and adds it
 */
export function callLongFormula(
  f: FunctionBuilder,
  formula: number,
  strip: Readonly<Record<"sums" | "sumsBytes" | "rows" | "columns" | "rowBytes", () => unknown>>,
  pointers: readonly Pointer[],
  column?: () => unknown,
): void {
  strip.sums();
  column?.();
  strip.sumsBytes();
  strip.rows();
  strip.columns();
  strip.rowBytes();
  for (const { local, layout } of pointers) {
    f.get(local);
    if (layout === "full" || layout === "perColumn") column?.();
  }
  f.call(formula);
}
