/**
 * Code for kernels that reduce short rows, such as softmax and loss over ten classes: rows lie in the lanes of vectors.
 *
 * So many rows as lanes are written to scratch memory column by column, then each pass over them takes all at once: no sum runs across
 * lanes, and rows do not wait for each other's logarithms. What an exponential or the like has given in one pass is kept for the next.
 *
 * Order of sums  as along a row (see rows-code.ts): column c adds to the sum c mod 4, and the four are joined as (0 + 2) + (1 + 3).
 */
import type { RowsKernel, Value } from "../../graph/plan/kernel.ts";
import { transcendental } from "../../graph/plan/recompute.ts";
import type { Local, ModuleBuilder } from "./assembler.ts";
import { FormulaCode, reduceCodes, storeSideBySide } from "./formula-code.ts";
import { emitLoad, parametersOf, stagesOf } from "./rows-code.ts";
import { type Target, vectorsAtOnce } from "./target.ts";

/** Columns of the longest rows that are taken so: longer ones fill vectors well by themselves. */
const mostColumns = 32;
/** Most vectors side by side. */
const mostVectors = 2;
/** What a row that is not full takes in scratch memory for each column, at most. */
const blockBytes = 16 * mostVectors * mostColumns;

const isSlow = (value: Value): boolean => value.kind === "apply" && transcendental.has(value.name);

export function isNarrow({ rows, columns, operands, values }: RowsKernel): boolean {
  const fits = ({ tensor, layout, rows: gathered }: RowsKernel["operands"][number]) =>
    layout === "perRow" || layout === "uniform" || (tensor.dtype === "float32" && !gathered);
  const reduces = values.some(({ kind }) => kind === "reduce");
  return rows > 1 && columns > 1 && columns <= mostColumns && reduces && values.some(isSlow) && operands.every(fits);
}

/** Full values that take long, and that a later pass needs again. */
function keptOf(values: readonly Value[], stages: readonly number[]): number[] {
  const neededLater = values.map(() => false);
  for (let i = values.length - 1; i >= 0; i--) {
    const value = values[i]!;
    if (value.kind !== "apply") continue;
    for (const argument of value.arguments)
      neededLater[argument] ||= stages[i]! > stages[argument]! || (neededLater[i]! && value.layout === "full");
  }
  return values.flatMap((value, i) => (isSlow(value) && value.layout === "full" && neededLater[i] ? [i] : []));
}

/** Bytes of scratch memory that such a kernel needs. */
export function narrowScratch({ operands, values, stores }: RowsKernel): number {
  const blocks = values.filter((value) => value.kind === "reduce" || isSlow(value));
  return blockBytes * (operands.length + stores.length + blocks.length);
}

/**
 * The function of such a kernel. Parameters: first row, end row, columns, scratch memory; then for each operand its address, and where it
 * is gathered that of the row numbers; then an address for each store.
 */
export function emitNarrowRows(module: ModuleBuilder, kernel: RowsKernel, target: Target, name: string): number {
  const { operands, values, stores } = kernel;
  const { parameters, operandAt, storeAt } = parametersOf(kernel, 4);
  const { index, code: f } = module.function(name, parameters);
  const [row, endRow, columns, scratch] = [0, 1, 2, 3];
  const vectors = vectorsAtOnce(target);
  const groupBytes = 16 * vectors;
  const stages = stagesOf(values);
  const lastStage = Math.max(...stages);
  let end = 0;
  const block = () => (end += blockBytes) - blockBytes;
  const vectorLocals = (): Local[] => Array.from({ length: vectors }, () => f.local("v128"));
  const inputs = operands.map(({ layout }) => (layout === "full" || layout === "perRow" ? block() : 0));
  const outputs = stores.map(block);
  const kept = keptOf(values, stages).map((i) => ({ i, at: block(), locals: vectorLocals() }));
  const reductions = values.flatMap((value, i) =>
    value.kind === "reduce" ? [{ i, value, at: block(), totals: vectorLocals() }] : [],
  );
  const [lane, at, from, to, left, place, columnBytes, partial] = f.locals("i32", 8);
  const columnNumber = f.local("v128");
  const usesColumnIndex = values.some(({ kind }) => kind === "columnIndex");
  const current = Array.from({ length: vectors }, (_, v) => v);

  const formula: FormulaCode = new FormulaCode(
    f,
    values,
    stores.map(({ value }) => value),
    ({ operand, layout }, vector) => {
      const { dtype } = operands[operand]!.tensor;
      const { address } = operandAt[operand]!;
      if (layout === "full") f.get(place).mem("v128.load", inputs[operand]! + 16 * vector);
      else if (layout === "perColumn") f.get(address).get(columnBytes).op("i32.add").mem("v128.load32_splat");
      else if (layout === "uniform") emitLoad(f.get(address), dtype, true, 0);
      else {
        f.get(scratch).mem("v128.load", inputs[operand]! + 16 * vector);
        if (dtype !== "float32") f.op("f32x4.convert_i32x4_s");
      }
    },
    () => columnNumber,
    "perColumn",
  );
  const storeAll = (address: Local, offset: number, value: number) => {
    const locals = current.map((v) => formula.at(v).local(value));
    formula.at(0);
    storeSideBySide(f, () => f.get(address), locals, offset);
  };
  /** One number after the other from memory to memory, `columns` of them. */
  const emitMoves = (fromBytes: number, toBytes: number) => {
    f.get(columns).set(left);
    f.countdown(left, () => {
      f.get(to).get(from).mem("i32.load").mem("i32.store");
      f.bump(from, fromBytes).bump(to, toBytes);
    });
  };
  const inScratch = (offset: number) => f.get(scratch).get(lane).op("i32.add").i32(offset).op("i32.add");
  const inRows = (address: Local) => f.get(address).get(at).get(columns).op("i32.mul").i32(4).op("i32.mul").op("i32.add");
  const perLane = (emit: () => void) => {
    f.i32(0).set(lane).get(row).set(at);
    f.loop(() => {
      emit();
      f.bump(at, 1).bump(lane, 4);
      f.get(lane).i32(groupBytes).op("i32.lt_u").brIf(0);
    });
  };
  const emitIn = () =>
    perLane(() => {
      // Lanes after the last row take it up once more.
      f.get(at)
        .get(endRow)
        .op("i32.ge_u")
        .if(() => f.get(endRow).i32(1).op("i32.sub").set(at));
      operands.forEach(({ layout, rows, tensor }, i) => {
        const { address, numbers } = operandAt[i]!;
        if (layout === "full") {
          inRows(address).set(from);
          inScratch(inputs[i]!).set(to);
          emitMoves(4, groupBytes);
        } else if (layout === "perRow") {
          const isByte = tensor.dtype === "uint8";
          inScratch(inputs[i]!);
          f.get(address);
          if (rows) f.get(numbers).get(at).i32(4).op("i32.mul").op("i32.add").mem("i32.load");
          else f.get(at);
          f.i32(isByte ? 1 : 4)
            .op("i32.mul")
            .op("i32.add");
          f.mem(isByte ? "i32.load8_u" : "i32.load").mem("i32.store");
        }
      });
    });
  const emitOut = () =>
    perLane(() => {
      f.get(at)
        .get(endRow)
        .op("i32.lt_u")
        .if(() => {
          stores.forEach(({ layout }, i) => {
            inScratch(outputs[i]!).set(from);
            if (layout === "full") {
              inRows(storeAt[i]!).set(to);
              emitMoves(groupBytes, 4);
            } else {
              f.get(storeAt[i]!).get(at).i32(4).op("i32.mul").op("i32.add");
              f.get(from).mem("i32.load").mem("i32.store");
            }
          });
        });
    });
  const emitColumn = (stage: number) => {
    formula.begin("full");
    formula.begin("perColumn");
    for (const { i, at: offset, locals } of kept) {
      if (stages[i]! >= stage) continue;
      for (const v of current) {
        f.get(place)
          .mem("v128.load", offset + 16 * v)
          .set(locals[v]!);
        formula.at(v).bind(i, locals[v]!);
      }
    }
    for (const { value, i, at: offset, totals } of reductions) {
      if (stages[i] !== stage + 1) continue;
      for (const v of current) {
        f.get(partial).mem("v128.load", offset + 16 * v);
        formula.at(v).push(value.argument);
        f.op(reduceCodes[value.name].join).set(totals[v]!);
      }
      storeSideBySide(f, () => f.get(partial), totals, offset);
    }
    for (const { i, at: offset } of kept) if (stages[i] === stage) storeAll(place, offset, i);
    if (stage === lastStage)
      stores.forEach(({ layout, value }, i) => {
        if (layout === "full") storeAll(place, outputs[i]!, value);
      });
  };
  const emitPass = (stage: number) => {
    const ending = reductions.filter(({ i }) => stages[i] === stage + 1);
    if (ending.length === 0 && !(stage === lastStage && stores.some(({ layout }) => layout === "full"))) return;
    for (const { at: offset, value, totals } of ending) {
      for (const total of totals) f.f32x4(reduceCodes[value.name].start).set(total);
      for (let part = 0; part < 4; part++) storeSideBySide(f, () => f.get(scratch), totals, offset + part * groupBytes);
    }
    f.get(scratch).tee(place).set(partial).i32(0).set(columnBytes).get(columns).set(left);
    if (usesColumnIndex) f.f32x4(0).set(columnNumber);
    f.countdown(left, () => {
      f.forgetting(() => emitColumn(stage)).forget([
        ...ending.flatMap(({ totals }) => totals),
        ...kept.flatMap(({ locals }) => locals),
      ]);
      f.bump(columnBytes, 4).bump(place, groupBytes);
      f.get(place)
        .get(scratch)
        .op("i32.sub")
        .i32(3 * groupBytes)
        .op("i32.and")
        .get(scratch)
        .op("i32.add")
        .set(partial);
      if (usesColumnIndex) f.get(columnNumber).f32x4(1).op("f32x4.add").set(columnNumber);
    });
    for (const { i, at: offset, value, totals } of ending)
      for (const v of current) {
        const part = (number: number) => f.get(scratch).mem("v128.load", offset + number * groupBytes + 16 * v);
        const { join } = reduceCodes[value.name];
        part(0);
        part(2).op(join);
        part(1);
        part(3).op(join).op(join).set(totals[v]!);
        formula.at(v).bind(i, totals[v]!);
      }
    formula.at(0);
  };
  const preparePerRow = (stage: number) => {
    for (const v of current) formula.at(v).prepare("perRow", (i) => stages[i]! <= stage);
    formula.at(0);
  };

  formula.prepare("uniform");
  f.block(() => {
    f.get(row).get(endRow).op("i32.ge_u").brIf(0);
    f.loop(() => {
      f.forgetting(() => {
        emitIn();
        formula.begin("perRow");
        for (let stage = 0; stage <= lastStage; stage++) {
          preparePerRow(stage);
          emitPass(stage);
        }
        stores.forEach(({ layout, value }, i) => {
          if (layout === "perRow") storeAll(scratch, outputs[i]!, value);
        });
        emitOut();
      }).forget(reductions.flatMap(({ totals }) => totals));
      f.bump(row, 4 * vectors);
      f.get(row).get(endRow).op("i32.lt_u").brIf(0);
    });
  });
  return index;
}
