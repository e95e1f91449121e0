/**
 * Code for long formulas of products, such as an optimizer's: a function of its own that goes over the rows of a strip whose sums
 * lie in memory, so that what it reads and writes lies side by side and its code stands once.
 */
import type { Layout, MatmulKernel } from "../../graph/plan/kernel.ts";
import type { FunctionBuilder, Local, ModuleBuilder } from "./assembler.ts";
import { emitStores, FormulaCode } from "./formula-code.ts";
import { type Target, vectorsAtOnce } from "./target.ts";

/** Parameters before operands and stores: sums, bytes from row to row of them, rows, columns, bytes from row to row of the result. */
const head = { sums: 0, sumsBytes: 1, rows: 2, columns: 3, rowBytes: 4 } as const;
const headCount = 5;

export function emitLongFormula(
  module: ModuleBuilder,
  name: string,
  { operands, values, stores, n }: MatmulKernel,
  target: Target,
): number {
  const { index, code: f } = module.function(name, new Array(headCount + operands.length + stores.length).fill("i32"));
  const [place, left] = [f.local("i32"), f.local("i32")];
  const sumsAt = f.local("i32");
  const formula: FormulaCode = new FormulaCode(
    f,
    values,
    stores.map(({ value }) => value),
    (value, vector) => {
      const operand = headCount + value.operand;
      if (value.layout === "full" || value.layout === "perColumn") {
        formula.address(value, () => f.get(operand).get(place).op("i32.add")).mem("v128.load", 16 * vector);
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
    f.forgetting(() => emitStores(f, formula, stores, headCount + operands.length, place, count, 0, vectors));
  };
  const atOnce = vectorsAtOnce(target);
  const advance = (local: Local, bytes: Local) => f.get(local).get(bytes).op("i32.add").set(local);
  formula.prepare("uniform");
  f.countdown(head.rows as Local, () => {
    formula.begin("perRow");
    formula.prepare("perRow");
    f.i32(0).set(place);
    f.get(head.columns)
      .i32(atOnce === 2 ? 3 : 2)
      .op("i32.shr_u")
      .tee(left);
    f.if(() => {
      f.countdown(left, () => {
        emitVectors(undefined, atOnce);
        f.bump(place, 16 * atOnce);
      });
    });
    if (atOnce === 2) {
      f.get(head.columns).i32(4).op("i32.and");
      f.if(() => {
        emitVectors(undefined);
        f.bump(place, 16);
      });
    }
    if (n % 4 !== 0) {
      f.get(head.columns).i32(3).op("i32.and").set(left);
      emitVectors(left);
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
