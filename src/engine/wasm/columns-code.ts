/**
 * Code for reductions over the middle axis of [outer, size, columns], with a formula over the results.
 *
 * Sixteen columns at a time, so that each cache line of a row is read once; then four; then what is left.
 *
 * Order of sums  rows one after the other; each 64 rows are added to the total. It depends on the size alone.
 */
import { type ColumnsKernel, keyOfElements, keyOfFormula } from "../../graph/plan/kernel.ts";
import type { ModuleBuilder } from "./assembler.ts";
import { emitStores, FormulaCode, reduceCodes } from "./formula-code.ts";

const wide = 4;

/** Everything that the code of a column kernel depends on. */
export function columnsForm(kernel: ColumnsKernel): string {
  return `columns ${kernel.name} ${keyOfElements(kernel.elements)} ${keyOfFormula(kernel)}`;
}

/**
 * The function of a column kernel. Parameters: outer, size, columns, bytes from row to row, address of each operand of the
 * elements, of each operand, of each store. Where there are fewer columns than a row has, outer is 1.
 */
export function emitColumns(module: ModuleBuilder, kernel: ColumnsKernel, name: string): number {
  const { operands, values, stores, elements } = kernel;
  const firstElement = 4;
  const headCount = firstElement + elements.operands.length;
  const { index, code: f } = module.function(name, new Array(headCount + operands.length + stores.length).fill("i32"));
  const [outer, size, columns, rowBytes] = [0, 1, 2, 3];
  const operandAt = (operand: number) => headCount + operand;
  const storeAt = (store: number) => headCount + operands.length + store;
  const [width, column, left, block, from, count, outerNumber, firstRow] = f.locals("i32", 8);
  const parts = Array.from({ length: wide }, () => f.local("v128"));
  const totals = Array.from({ length: wide }, () => f.local("v128"));
  const formula: FormulaCode = new FormulaCode(
    f,
    values,
    stores.map(({ value }) => value),
    (value, vector) => {
      const operand = operandAt(value.operand);
      if (value.layout === "full" || value.layout === "perColumn") {
        formula.address(value, () => f.get(operand).get(column).op("i32.add")).mem("v128.load", 16 * vector);
      } else f.get(operand).mem("v128.load32_splat");
    },
    (value, vector) => {
      if (value.kind !== "accumulated") throw new Error(`no code for ${value.kind} in columns`);
      return totals[vector]!;
    },
  );

  // What is the same for all rows stays in locals.
  const elementCode: FormulaCode = new FormulaCode(
    f,
    elements.values,
    [elements.value],
    (value, vector) => {
      const operand = firstElement + value.operand;
      if (value.layout === "full" || value.layout === "perColumn") {
        const along = value.layout === "full" ? from : column;
        elementCode.address(value, () => f.get(operand).get(along).op("i32.add")).mem("v128.load", 16 * vector);
      } else f.get(operand).mem("v128.load32_splat");
    },
    (value) => {
      throw new Error(`no code for ${value.kind} in the elements of columns`);
    },
  );

  const emitChunk = (vectors: number, partial: boolean) => {
    f.forgetting(() => emitSums(vectors, partial)).forget([...parts, ...totals]);
    f.bump(column, 16 * vectors);
  };
  const emitSums = (vectors: number, partial: boolean) => {
    const current = Array.from({ length: vectors }, (_, v) => v);
    for (const v of current) f.f32x4(reduceCodes[kernel.name].start).set(totals[v]!);
    f.get(firstRow).get(column).op("i32.add").set(from);
    f.get(size).set(left);
    for (const scope of ["uniform", "perColumn"] as const) {
      elementCode.begin(scope);
      for (const v of current) elementCode.at(v).prepare(scope);
    }
    f.loop(() => {
      for (const v of current) f.f32x4(reduceCodes[kernel.name].start).set(parts[v]!);
      f.get(left).i32(64).get(left).i32(64).op("i32.lt_u").op("select").set(block);
      f.get(left).get(block).op("i32.sub").set(left);
      f.loop(() => {
        elementCode.begin("full");
        for (const v of current) {
          elementCode.at(v).push(elements.value);
          f.get(parts[v]!).op(reduceCodes[kernel.name].join).set(parts[v]!);
        }
        f.get(from).get(rowBytes).op("i32.add").set(from);
        f.get(block).i32(1).op("i32.sub").tee(block).brIf(0);
      });
      for (const v of current) f.get(totals[v]!).get(parts[v]!).op(reduceCodes[kernel.name].join).set(totals[v]!);
      f.get(left).brIf(0);
    });
    formula.begin("full");
    formula.begin("perColumn");
    emitStores(f, formula, stores, storeAt(0), column, partial ? count : undefined, 0, vectors);
  };

  f.get(columns).i32(4).op("i32.mul").set(width);
  formula.prepare("uniform");
  f.loop(() => {
    f.i32(0).set(column);
    formula.begin("perRow");
    formula.prepare("perRow");
    for (const vectors of [wide, 1]) {
      f.block(() => {
        f.loop(() => {
          f.get(column)
            .i32(16 * vectors)
            .op("i32.add")
            .get(width)
            .op("i32.gt_u")
            .brIf(1);
          emitChunk(vectors, false);
          f.br(0);
        });
      });
    }
    f.get(columns).i32(3).op("i32.and").tee(count);
    f.if(() => emitChunk(1, true));
    // The next outer index: elements move by size rows, full operands and stores by one row, those per row by one number.
    f.get(size).get(rowBytes).op("i32.mul").get(firstRow).op("i32.add").set(firstRow);
    operands.forEach(({ layout }, operand) => {
      if (layout === "full") f.get(operandAt(operand)).get(rowBytes).op("i32.add").set(operandAt(operand));
      else if (layout === "perRow") f.bump(operandAt(operand), 4);
    });
    stores.forEach((_, store) => {
      f.get(storeAt(store)).get(rowBytes).op("i32.add").set(storeAt(store));
    });
    f.bump(outerNumber, 1);
    f.get(outerNumber).get(outer).op("i32.lt_u").brIf(0);
  });
  return index;
}
