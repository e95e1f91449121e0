/**
 * Code for kernels over rows: elementwise formulas and reductions along rows.
 *
 * A row takes one pass for each level of reductions that depend on each other (softmax: maximum, sum, result); what later
 * passes need again of earlier ones is computed again, four columns at a time. All stores happen in the last pass, after the
 * loads of the same columns, so a state may be read and written in place.
 *
 * Order of sums  four lanes, lane l takes columns l, l + 4, ...; each 256 columns are added to the total; the lanes are joined
 *                as (0 + 2) + (1 + 3). It depends on the number of columns alone.
 */
import { keyOfFormula, type Operand, type RowsKernel, type Value } from "../../graph/plan/kernel.ts";
import type { FunctionBuilder, Local, ModuleBuilder, ValueType } from "./assembler.ts";
import { FormulaCode, reduceCodes, storeCounted } from "./formula-code.ts";

/** Everything that the code of a row kernel depends on. */
export function rowsForm(kernel: RowsKernel): string {
  return `rows ${isFlat(kernel)} ${keyOfFormula(kernel)}`;
}

/** One row whose operands are padded like its columns: no remainder needs care. */
function isFlat({ rows, operands, values, columns }: RowsKernel): boolean {
  return (
    rows === 1 &&
    columns > 1 &&
    !values.some(({ kind }) => kind === "reduce") &&
    operands.every(({ rows: gathered }) => !gathered)
  );
}

/** Pushes four numbers of an operand from the address on the stack, whatever its type. */
function emitLoad(f: FunctionBuilder, dtype: Operand["tensor"]["dtype"], splat: boolean): void {
  if (dtype === "uint8") {
    if (splat) f.mem("i32.load8_u").op("i32x4.splat").op("f32x4.convert_i32x4_s");
    else f.mem("v128.load32_zero").op("i16x8.extend_low_i8x16_u").op("i32x4.extend_low_i16x8_u").op("f32x4.convert_i32x4_s");
  } else {
    f.mem(splat ? "v128.load32_splat" : "v128.load");
    if (dtype === "int32") f.op("f32x4.convert_i32x4_s");
  }
}

export function emitReduceLanes(f: FunctionBuilder, name: keyof typeof reduceCodes, vector: Local): void {
  const join = reduceCodes[name].join;
  f.get(vector).get(vector).get(vector).shuffle32(2, 3, 0, 1).op(join).set(vector);
  f.get(vector).get(vector).get(vector).shuffle32(1, 0, 3, 2).op(join).set(vector);
}

/** The pass of a row after which each value is known: how many reductions lie below it. */
function stagesOf(values: readonly Value[]): number[] {
  const stages: number[] = [];
  for (const value of values) {
    if (value.kind === "reduce") stages.push(stages[value.argument]! + 1);
    else if (value.kind === "apply") stages.push(Math.max(0, ...value.arguments.map((argument) => stages[argument]!)));
    else stages.push(0);
  }
  return stages;
}

/**
 * The function of a row kernel. Parameters: first row, end row, columns; then for each operand its address, and where it is
 * gathered that of the row numbers; then an address for each store.
 */
export function emitRows(module: ModuleBuilder, kernel: RowsKernel, name: string): number {
  const { operands, values, stores } = kernel;
  const parameters: ValueType[] = ["i32", "i32", "i32"];
  const take = () => parameters.push("i32") - 1;
  const operandAt = operands.map(({ rows }) => ({ address: take(), numbers: rows ? take() : -1 }));
  const storeAt = stores.map(take);
  const { index, code: f } = module.function(name, parameters);
  const [row, endRow, columns] = [0, 1, 2];
  const flat = isFlat(kernel);
  const stages = stagesOf(values);
  const lastStage = Math.max(0, ...stages);
  const reductions = values.flatMap((value, i) =>
    value.kind === "reduce" ? [{ i, value, total: f.local("v128"), part: f.local("v128") }] : [],
  );
  const rowStores = stores.flatMap((store, i) => (store.layout === "full" ? [{ ...store, i }] : []));
  const usesColumnIndex = values.some(({ kind }) => kind === "columnIndex");
  const [column, remainder, whole] = [f.local("i32"), f.local("i32"), f.local("i32")];
  const [columnNumbers, mask] = [f.local("v128"), f.local("v128")];
  // Byte offset of the current row in full float32 operands, and the base of each operand's row.
  const [rowBytes, rowOffset] = [f.local("i32"), f.local("i32")];
  const bases = operands.map(({ layout }) => (layout === "full" || layout === "perRow" ? f.local("i32") : -1));
  const storeBases = stores.map(() => f.local("i32"));
  const results = rowStores.map(() => f.local("v128"));

  const bytesOf = (operand: Operand) => (operand.tensor.dtype === "uint8" ? 1 : 4);
  const formula = new FormulaCode(
    f,
    values,
    ({ operand, layout }) => {
      const { dtype } = operands[operand]!.tensor;
      const { address } = operandAt[operand]!;
      if (layout === "uniform") f.get(address);
      else if (layout === "perRow") f.get(bases[operand]!);
      else {
        f.get(layout === "perColumn" ? address : bases[operand]!).get(column);
        if (dtype === "uint8") f.i32(2).op("i32.shr_u");
        f.op("i32.add");
      }
      emitLoad(f, dtype, layout === "uniform" || layout === "perRow");
    },
    (value) => {
      if (value.kind !== "columnIndex") throw new Error(`no code for ${value.kind} in rows`);
      f.get(columnNumbers);
    },
  );

  const neededIn = (stage: number) => reductions.filter(({ i }) => stages[i] === stage + 1);
  /** Four columns of a pass; `tail` masks what lies past the row's end. */
  const emitColumns = (stage: number, tail: boolean) => {
    formula.begin("full");
    formula.begin("perColumn");
    for (const { value, part } of neededIn(stage)) {
      f.get(part);
      formula.push(value.argument);
      if (tail) f.f32x4(reduceCodes[value.name].start).get(mask).op("v128.bitselect");
      f.op(reduceCodes[value.name].join).set(part);
    }
    if (stage < lastStage) return;
    rowStores.forEach(({ value }, at) => {
      formula.push(value);
      f.set(results[at]!);
    });
    rowStores.forEach(({ i }, at) => {
      const address = () => f.get(storeBases[i]!).get(column).op("i32.add");
      if (tail) storeCounted(f, address, results[at]!, remainder);
      else {
        address();
        f.get(results[at]!).mem("v128.store");
      }
    });
  };
  const emitPass = (stage: number) => {
    const current = neededIn(stage);
    if (current.length === 0 && (stage < lastStage || rowStores.length === 0)) return;
    for (const { value, total, part } of current) f.f32x4(reduceCodes[value.name].start).tee(total).set(part);
    f.i32(0).set(column);
    if (usesColumnIndex) f.f32x4(0, 1, 2, 3).set(columnNumbers);
    f.block(() => {
      f.get(whole).op("i32.eqz").brIf(0);
      f.loop(() => {
        emitColumns(stage, false);
        f.bump(column, 16);
        if (usesColumnIndex) f.get(columnNumbers).f32x4(4).op("f32x4.add").set(columnNumbers);
        if (current.length > 0) {
          f.get(column).i32(1023).op("i32.and").op("i32.eqz");
          f.if(() => {
            for (const { value, total, part } of current) {
              f.get(total).get(part).op(reduceCodes[value.name].join).set(total).f32x4(reduceCodes[value.name].start).set(part);
            }
          });
        }
        f.get(column).get(whole).op("i32.lt_u").brIf(0);
      });
    });
    if (!flat) f.get(remainder).if(() => emitColumns(stage, true));
    for (const { i, value, total, part } of current) {
      f.get(total).get(part).op(reduceCodes[value.name].join).set(total);
      emitReduceLanes(f, value.name, total);
      formula.bind(i, total);
    }
  };

  // Bytes of whole vectors in a row of float32; a flat row is padded to whole vectors.
  if (flat) f.get(columns).i32(3).op("i32.add").i32(-4).op("i32.and").i32(4).op("i32.mul").set(whole);
  else f.get(columns).i32(-4).op("i32.and").i32(4).op("i32.mul").set(whole);
  f.get(columns).i32(3).op("i32.and").set(remainder);
  f.i32x4(0, 1, 2, 3).get(remainder).op("i32x4.splat").op("i32x4.sub").i32(31).op("i32x4.shr_s").set(mask);
  f.get(columns).i32(4).op("i32.mul").set(rowBytes);
  formula.prepare("uniform");
  f.block(() => {
    f.get(row).get(endRow).op("i32.ge_u").brIf(0);
    f.loop(() => {
      f.get(row).get(rowBytes).op("i32.mul").set(rowOffset);
      operands.forEach((operand, i) => {
        const { layout, rows } = operand;
        if (layout !== "full" && layout !== "perRow") return;
        const { address, numbers } = operandAt[i]!;
        const pushRow = () => {
          if (rows) f.get(numbers).get(row).i32(4).op("i32.mul").op("i32.add").mem("i32.load");
          else f.get(row);
        };
        f.get(address);
        pushRow();
        if (layout === "full") f.get(columns).op("i32.mul");
        f.i32(bytesOf(operand)).op("i32.mul").op("i32.add").set(bases[i]!);
      });
      stores.forEach(({ layout }, i) => {
        f.get(storeAt[i]!);
        if (layout === "full") f.get(rowOffset).op("i32.add");
        else f.get(row).i32(4).op("i32.mul").op("i32.add");
        f.set(storeBases[i]!);
      });
      formula.begin("perRow");
      for (let stage = 0; stage <= lastStage; stage++) {
        formula.prepare("perRow", (i) => stages[i]! <= stage);
        emitPass(stage);
      }
      formula.prepare("perRow");
      stores.forEach(({ value, layout }, i) => {
        if (layout !== "perRow") return;
        const local = f.local("v128");
        formula.push(value);
        f.set(local);
        f.get(storeBases[i]!).get(local).lane("f32x4.extract_lane", 0).mem("f32.store");
      });
      f.bump(row, 1);
      f.get(row).get(endRow).op("i32.lt_u").brIf(0);
    });
  });
  return index;
}
