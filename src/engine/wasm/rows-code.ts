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
import { emitReduceLanes, FormulaCode, reduceCodes, storeCounted, storeSideBySide } from "./formula-code.ts";
import { type Target, vectorsAtOnce } from "./target.ts";

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
export function emitLoad(f: FunctionBuilder, dtype: Operand["tensor"]["dtype"], splat: boolean, offset: number): void {
  if (dtype === "uint8") {
    if (splat) f.mem("i32.load8_u").op("i32x4.splat").op("f32x4.convert_i32x4_s");
    else f.mem("v128.load32_zero").op("i16x8.extend_low_i8x16_u").op("i32x4.extend_low_i16x8_u").op("f32x4.convert_i32x4_s");
  } else {
    f.mem(splat ? "v128.load32_splat" : "v128.load", splat ? 0 : offset);
    if (dtype === "int32") f.op("f32x4.convert_i32x4_s");
  }
}

/** The pass of a row after which each value is known: how many reductions lie below it. */
export function stagesOf(values: readonly Value[]): number[] {
  const stages: number[] = [];
  for (const value of values) {
    if (value.kind === "reduce") stages.push(stages[value.argument]! + 1);
    else if (value.kind === "apply") stages.push(Math.max(0, ...value.arguments.map((argument) => stages[argument]!)));
    else stages.push(0);
  }
  return stages;
}

/** Parameters after the first `head`: for each operand its address, and where it is gathered that of the row numbers; then the stores. */
export function parametersOf({ operands, stores }: RowsKernel, head: number) {
  const parameters = new Array<ValueType>(head).fill("i32");
  const take = () => parameters.push("i32") - 1;
  const operandAt = operands.map(({ rows }) => ({ address: take(), numbers: rows ? take() : -1 }));
  return { parameters, operandAt, storeAt: stores.map(take) };
}

/**
 * The function of a row kernel. Parameters: first row, end row, columns; then for each operand its address, and where it is
 * gathered that of the row numbers; then an address for each store.
 */
export function emitRows(module: ModuleBuilder, kernel: RowsKernel, target: Target, name: string): number {
  const { operands, values, stores } = kernel;
  const { parameters, operandAt, storeAt } = parametersOf(kernel, 3);
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
  const [column, remainder, whole, left, to] = f.locals("i32", 5);
  const [columnNumbers, mask] = [f.local("v128"), f.local("v128")];
  // Byte offset of the current row in full float32 operands, and the base of each operand's row.
  const [rowBytes, rowOffset] = [f.local("i32"), f.local("i32")];
  const bases = operands.map(({ layout }) => (layout === "full" || layout === "perRow" ? f.local("i32") : -1));
  const storeBases = stores.map(() => f.local("i32"));
  const atOnce = vectorsAtOnce(target);
  /** Where the values to be stored are, for each vector. */
  const results: Local[][] = Array.from({ length: atOnce }, () => []);
  /** Eight bytes of an operand as numbers of 16 bits, for two vectors. */
  const wideBytes = operands.map(({ tensor }) => (atOnce > 1 && tensor.dtype === "uint8" ? f.local("v128") : -1));
  const wideVectors = wideBytes.filter((local) => local >= 0);
  let together = 1;

  const bytesOf = (operand: Operand) => (operand.tensor.dtype === "uint8" ? 1 : 4);
  const formula: FormulaCode = new FormulaCode(
    f,
    values,
    stores.map(({ value }) => value),
    (value, vector) => {
      const { operand, layout } = value;
      const { dtype } = operands[operand]!.tensor;
      const { address } = operandAt[operand]!;
      if (vector > 0 && dtype === "uint8") {
        f.get(wideBytes[operand]!).op("i32x4.extend_high_i16x8_u").op("f32x4.convert_i32x4_s");
        return;
      }
      if (layout === "uniform") f.get(address);
      else if (layout === "perRow") f.get(bases[operand]!);
      else {
        formula.address(value, () => {
          f.get(layout === "perColumn" ? address : bases[operand]!).get(column);
          if (dtype === "uint8") f.i32(2).op("i32.shr_u");
          f.op("i32.add");
        });
      }
      const isSplat = layout === "uniform" || layout === "perRow";
      if (dtype === "uint8" && together > 1 && !isSplat) {
        f.mem("v128.load8x8_u").tee(wideBytes[operand]!).op("i32x4.extend_low_i16x8_u").op("f32x4.convert_i32x4_s");
      } else emitLoad(f, dtype, isSplat, 16 * vector);
    },
    (value, vector) => {
      if (value.kind !== "columnIndex") throw new Error(`no code for ${value.kind} in rows`);
      if (vector === 0) return columnNumbers;
      f.get(columnNumbers)
        .f32x4(4 * vector)
        .op("f32x4.add");
      return undefined;
    },
  );

  const neededIn = (stage: number) => reductions.filter(({ i }) => stages[i] === stage + 1);
  /** Four columns of a pass, or several times four side by side; where the row may end among them, `count` holds how many are left. */
  const emitColumns = (stage: number, count: Local | undefined, vectors = 1) => {
    together = vectors;
    formula.begin("full");
    formula.begin("perColumn");
    const sums = neededIn(stage);
    if (count !== undefined && sums.length > 0)
      f.i32x4(0, 1, 2, 3).get(count).op("i32x4.splat").op("i32x4.sub").i32(31).op("i32x4.shr_s").set(mask);
    for (const { value, part } of sums) {
      f.get(part);
      formula.push(value.argument);
      if (count !== undefined) f.f32x4(reduceCodes[value.name].start).get(mask).op("v128.bitselect");
      f.op(reduceCodes[value.name].join).set(part);
    }
    if (stage < lastStage) return;
    for (let v = 0; v < vectors; v++) {
      rowStores.forEach(({ value }, at) => {
        results[v]![at] = formula.at(v).local(value);
      });
    }
    formula.at(0);
    rowStores.forEach(({ i }, at) => {
      f.get(storeBases[i]!).get(column).op("i32.add").set(to);
      const address = () => f.get(to);
      if (count !== undefined) storeCounted(f, address, results[0]![at]!, count);
      else {
        const sideBySide = results.slice(0, vectors).map((ofVector) => ofVector[at]!);
        storeSideBySide(f, address, sideBySide);
      }
    });
  };
  /** Sums take one vector after the other, and what follows from them is no pair: one loop to the row's end, so that its code stands once. */
  const emitSummed = (stage: number, advance: (vectors: number) => void) => {
    const current = neededIn(stage);
    f.get(columns).set(left);
    f.loop(() => {
      emitColumns(stage, left);
      advance(1);
      if (current.length > 0) {
        f.get(column).i32(1023).op("i32.and").op("i32.eqz");
        f.if(() => {
          for (const { value, total, part } of current) {
            f.get(total).get(part).op(reduceCodes[value.name].join).set(total).f32x4(reduceCodes[value.name].start).set(part);
          }
        });
      }
      f.get(left).i32(4).op("i32.sub").tee(left).i32(0).op("i32.gt_s").brIf(0);
    });
  };
  /** Without sums, vectors go side by side; then one by one; then what is left. */
  const emitSideBySide = (stage: number, advance: (vectors: number) => void) => {
    if (atOnce > 1) {
      f.get(whole).i32(5).op("i32.shr_u").tee(left);
      f.if(() => {
        f.countdown(left, () => {
          f.forgetting(() => emitColumns(stage, undefined, atOnce)).forget(wideVectors);
          advance(atOnce);
        });
      });
    }
    f.block(() => {
      f.get(column).get(whole).op("i32.ge_u").brIf(0);
      f.loop(() => {
        emitColumns(stage, undefined);
        advance(1);
        f.get(column).get(whole).op("i32.lt_u").brIf(0);
      });
    });
    if (!flat) f.get(remainder).if(() => emitColumns(stage, remainder));
  };
  const emitPass = (stage: number) => {
    const current = neededIn(stage);
    if (current.length === 0 && (stage < lastStage || rowStores.length === 0)) return;
    for (const { value, total, part } of current) f.f32x4(reduceCodes[value.name].start).tee(total).set(part);
    f.i32(0).set(column);
    if (usesColumnIndex) f.f32x4(0, 1, 2, 3).set(columnNumbers);
    const advance = (vectors: number) => {
      f.bump(column, 16 * vectors);
      if (usesColumnIndex)
        f.get(columnNumbers)
          .f32x4(4 * vectors)
          .op("f32x4.add")
          .set(columnNumbers);
    };
    const emitLoop = reductions.length > 0 ? emitSummed : emitSideBySide;
    emitLoop(stage, advance);
    for (const { i, value, total, part } of current) {
      f.get(total).get(part).op(reduceCodes[value.name].join).set(total);
      emitReduceLanes(f, value.name, total);
      formula.bind(i, total);
    }
  };

  // Bytes of whole vectors in a row of float32; a flat row is padded to whole vectors.
  if (flat) f.get(columns).i32(3).op("i32.add").i32(-4).op("i32.and").i32(4).op("i32.mul").set(whole);
  else if (reductions.length === 0) {
    f.get(columns).i32(-4).op("i32.and").i32(4).op("i32.mul").set(whole);
    f.get(columns).i32(3).op("i32.and").set(remainder);
  }
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
