/**
 * Code that packs a strip of the left operand of a product from bytes of a table, [k][rows] in numbers, without the k at which every row
 * is 0 (see matmul-code.ts): rows are looked up by their numbers, and each byte is multiplied by a scale.
 */
import { panelRowBytes } from "../../graph/plan/panels.ts";
import type { FunctionBuilder, Local } from "./assembler.ts";
import type { StripLocals } from "./pack-strip-code.ts";

/** Bytes that are read of a row at once. */
export const bytesAtOnce = 8;

/** A strip that is packed so; `depth` receives how many k are kept. */
export interface ByteLocals extends StripLocals {
  readonly depth: Local;
  /** Where the numbers of the rows lie. */
  readonly numbers: Local;
  readonly scale: number;
  /** What is left of k after whole vectors; of rows of A as it lies. */
  readonly rest: number;
}

/** A packed strip without zeros: for each k that is kept the numbers of its rows, then where it lies in a panel. */
export const numbersOfKept = (rows: number): number => rows + 1;

interface Cursor {
  readonly to: Local;
  /** Where the k at hand lies in a panel. */
  readonly number: Local;
}

function startCursor(f: FunctionBuilder, { strip }: ByteLocals): Cursor {
  const [to, number] = f.locals("i32", 2);
  f.get(strip).set(to).i32(0).set(number);
  return { to, number };
}

/** Moves on past what was written for a k, but only where it is kept: 0 or 1 on the stack. No branch, as zeros come as they will. */
function emitKeep(f: FunctionBuilder, rows: number, { to, number }: Cursor): void {
  f.i32(4 * numbersOfKept(rows)).op("i32.mul");
  f.get(to)
    .get(number)
    .mem("i32.store", 4 * rows);
  f.get(to).op("i32.add").set(to);
  f.bump(number, panelRowBytes);
}

function finishCursor(f: FunctionBuilder, rows: number, { strip, depth }: ByteLocals, { to }: Cursor): void {
  f.get(to)
    .get(strip)
    .op("i32.sub")
    .i32(4 * numbersOfKept(rows))
    .op("i32.div_u")
    .set(depth);
}

/** Up to 8 numbers out of 16-bit lanes: converted, scaled and written. */
function emitNumbers(f: FunctionBuilder, lanes: Local, scale: Local, rows: number, to: Local): void {
  for (const half of rows > 4 ? (["low", "high"] as const) : (["low"] as const)) {
    f.get(to).get(lanes).op(`i32x4.extend_${half}_i16x8_u`).op("f32x4.convert_i32x4_s").get(scale).op("f32x4.mul");
    f.mem("v128.store", half === "low" ? 0 : 16);
  }
}

/** Pushes where a row of the table lies, whose number is at an offset from `at`. */
function pushRow(f: FunctionBuilder, { a, lda }: ByteLocals, at: Local, offset = 0): void {
  f.get(at).mem("i32.load", offset).get(lda).op("i32.mul").get(a).op("i32.add");
}

/** Packs a strip of a transposed A: `rows` bytes of each of k rows of the table. */
export function emitPackByteColumns(f: FunctionBuilder, rows: number, locals: ByteLocals): void {
  const { k, numbers, scale } = locals;
  const [left, number] = f.locals("i32", 2);
  const [lanes, own, factor] = f.locals("v128", 3);
  const cursor = startCursor(f, locals);
  f.f32x4(scale).set(factor).get(numbers).set(number).get(k).set(left);
  // Two 16-bit lanes in each: those of the rows that there are.
  f.i32x4(...[0, 2, 4, 6].map((lane) => (rows > lane + 1 ? -1 : rows > lane ? 0xffff : 0))).set(own);
  f.countdown(left, () => {
    pushRow(f, locals, number);
    f.mem("v128.load64_zero").op("i16x8.extend_low_i8x16_u").get(own).op("v128.and").set(lanes);
    emitNumbers(f, lanes, factor, rows, cursor.to);
    f.get(lanes).op("v128.any_true");
    emitKeep(f, rows, cursor);
    f.bump(number, 4);
  });
  finishCursor(f, rows, locals, cursor);
}

/** Two vectors with their parts of so many bytes in turns, the first parts of both, then the second ones: of the low or the high halves. */
function interleave(f: FunctionBuilder, bytes: number, half: "low" | "high", one: Local, other: Local, to: Local): void {
  const order = Array.from({ length: 16 }, (_, i) => {
    const part = Math.floor(i / bytes);
    return (part % 2) * 16 + Math.floor(part / 2) * bytes + (i % bytes) + (half === "high" ? 8 : 0);
  });
  f.get(one)
    .get(other)
    .shuffle(...order)
    .set(to);
}

/** Packs a strip of A: k bytes of each of `rows` rows of the table, 8 at once. */
export function emitPackByteRows(f: FunctionBuilder, rows: number, locals: ByteLocals): void {
  const { k, numbers, scale, rest } = locals;
  const pointers = Array.from({ length: rows }, () => f.local("i32"));
  const left = f.local("i32");
  const loaded = Array.from({ length: rows }, () => f.local("v128"));
  const [zero, lanes, factor] = f.locals("v128", 3);
  const pairs = f.locals("v128", 3);
  const [four, two, both] = f.locals("v128", 3);
  const cursor = startCursor(f, locals);
  f.f32x4(scale).set(factor).i32x4(0).set(zero);
  for (const [i, pointer] of pointers.entries()) {
    pushRow(f, locals, numbers, 4 * i);
    f.set(pointer);
  }
  const row = (i: number) => loaded[i] ?? zero;
  /** Bytes of rows side by side, then those of pairs of rows, then of all: 8 bytes for each k, in its order, of which `count` are used. */
  const emitBlock = (count: number) => {
    for (const [i, pointer] of pointers.entries()) {
      f.get(pointer).mem("v128.load64_zero").set(loaded[i]!);
      f.bump(pointer, bytesAtOnce);
    }
    for (const [i, pair] of pairs.entries()) if (2 * i < rows) interleave(f, 1, "low", row(2 * i), row(2 * i + 1), pair);
    const [rows01, rows23, rows45] = pairs.map((pair, i) => (2 * i < rows ? pair : zero)) as [Local, Local, Local];
    for (let step = 0; step < count; step++) {
      const half = (of: number) => (step % of < of / 2 ? "low" : "high");
      if (step % 4 === 0) {
        interleave(f, 2, half(8), rows01, rows23, four);
        interleave(f, 2, half(8), rows45, zero, two);
      }
      if (step % 2 === 0) interleave(f, 4, half(4), four, two, both);
      f.get(both)
        .op(`i16x8.extend_${half(2)}_i8x16_u`)
        .set(lanes);
      emitNumbers(f, lanes, factor, rows, cursor.to);
      f.get(lanes).op("v128.any_true");
      emitKeep(f, rows, cursor);
    }
  };
  f.get(k)
    .i32(31 - Math.clz32(bytesAtOnce))
    .op("i32.shr_u")
    .tee(left);
  f.if(() => f.countdown(left, () => emitBlock(bytesAtOnce)));
  if (rest > 0) emitBlock(rest);
  finishCursor(f, rows, locals, cursor);
}
