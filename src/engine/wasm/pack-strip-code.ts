/**
 * Code that packs a strip of the left operand of a product, [k][rows], so that the inner loop reads it from one place; with
 * or without the k at which every row is 0 (see matmul-code.ts).
 */
import type { FunctionBuilder, Local } from "./assembler.ts";

export interface StripLocals {
  /** Address of the strip's first number in A, and the bytes from row to row of A as it lies. */
  readonly a: Local;
  readonly lda: Local;
  readonly k: Local;
  /** Where the packed strip goes. */
  readonly strip: Local;
}

/** A strip that is packed without some k; `depth` receives how many are kept. */
export interface KeptLocals extends StripLocals {
  readonly depth: Local;
}

/** Packs rows of a transposed A, [K, M]; with `numbers`, those rows of a table. Whole vectors are copied: the next k writes over what is too much. */
export function emitPackColumns(
  f: FunctionBuilder,
  rows: number,
  { a, lda, k, strip }: StripLocals,
  numbers: Local | undefined,
): void {
  const [from, to, left, number] = [f.local("i32"), f.local("i32"), f.local("i32"), f.local("i32")];
  f.get(a).set(from).get(strip).set(to).get(k).set(left);
  if (numbers !== undefined) f.get(numbers).set(number);
  f.loop(() => {
    if (numbers !== undefined) {
      f.get(number).mem("i32.load").get(lda).op("i32.mul").get(a).op("i32.add").set(from);
      f.bump(number, 4);
    }
    for (let offset = 0; offset < 4 * rows; offset += 16) f.get(to).get(from).mem("v128.load", offset).mem("v128.store", offset);
    if (numbers === undefined) f.get(from).get(lda).op("i32.add").set(from);
    f.bump(to, 4 * rows);
    f.get(left).i32(1).op("i32.sub").tee(left).brIf(0);
  });
}

/** A packed strip without zeros: for each k that is kept the numbers of its rows, then 32 k, which is where it lies in a panel. */
export const numbersOfKept = (rows: number): number => rows + 1;

export interface Cursor {
  readonly to: Local;
  /** 32 k. */
  readonly number: Local;
}

export function startCursor(f: FunctionBuilder, { strip }: StripLocals): Cursor {
  const [to, number] = f.locals("i32", 2);
  f.get(strip).set(to).i32(0).set(number);
  return { to, number };
}

/** Moves on past what was written for a k, but only where it is kept: 0 or 1 on the stack. No branch, as zeros come as they will. */
export function emitKeep(f: FunctionBuilder, rows: number, { to, number }: Cursor): void {
  f.i32(4 * numbersOfKept(rows)).op("i32.mul");
  f.get(to)
    .get(number)
    .mem("i32.store", 4 * rows);
  f.get(to).op("i32.add").set(to);
  f.bump(number, 32);
}

export function finishCursor(f: FunctionBuilder, rows: number, { strip, depth }: KeptLocals, { to }: Cursor): void {
  f.get(to)
    .get(strip)
    .op("i32.sub")
    .i32(4 * numbersOfKept(rows))
    .op("i32.div_u")
    .set(depth);
}

/** Packs a strip of a transposed A, without the k at which all rows are 0. */
export function emitPackColumnsSkipping(f: FunctionBuilder, rows: number, locals: KeptLocals): void {
  const { a, lda, k } = locals;
  const [from, left] = [f.local("i32"), f.local("i32")];
  const [first, second] = [f.local("v128"), f.local("v128")];
  const cursor = startCursor(f, locals);
  f.get(a).set(from).get(k).set(left);
  f.loop(() => {
    // Fewer rows than 4: the neighbours are looked at as well, which keeps at most too much.
    f.get(cursor.to).get(from).mem("v128.load").tee(first).mem("v128.store");
    if (rows > 4) {
      f.get(cursor.to)
        .get(from)
        .mem(rows === 5 ? "v128.load32_zero" : "v128.load64_zero", 16)
        .tee(second);
      f.mem("v128.store", 16).get(first).get(second).op("v128.or");
    } else f.get(first);
    f.op("v128.any_true");
    emitKeep(f, rows, cursor);
    f.get(from).get(lda).op("i32.add").set(from);
    f.get(left).i32(1).op("i32.sub").tee(left).brIf(0);
  });
  finishCursor(f, rows, locals, cursor);
}

/** Packs rows of A as it lies, [M, K], four k at a time, without the k at which all rows are 0. */
export function emitPackRowsSkipping(f: FunctionBuilder, rows: number, locals: KeptLocals): void {
  const { a, lda, k } = locals;
  const pointers = Array.from({ length: rows }, () => f.local("i32"));
  const loaded = f.locals("v128", 6);
  const turned = f.locals("v128", 4);
  const [left, some, number] = [f.local("i32"), f.local("i32"), f.local("i32")];
  const [vector, pair] = [f.local("v128"), f.local("v128")];
  const cursor = startCursor(f, locals);
  pointers.forEach((pointer, i) => {
    if (i === 0) f.get(a).set(pointer);
    else
      f.get(pointers[i - 1]!)
        .get(lda)
        .op("i32.add")
        .set(pointer);
  });
  // Rows that the strip does not have count as 0.
  for (const local of loaded.slice(rows)) f.f32x4(0).set(local);
  const [r0, r1, r2, r3, r4, r5] = loaded;
  const [low01, low23, high01, high23] = turned;
  f.get(k).i32(2).op("i32.shr_u").tee(left);
  f.if(() => {
    f.loop(() => {
      pointers.forEach((pointer, i) => {
        f.get(pointer).mem("v128.load").set(loaded[i]!);
        f.bump(pointer, 16);
      });
      f.get(r0).get(r1).shuffle32(0, 4, 1, 5).set(low01).get(r0).get(r1).shuffle32(2, 6, 3, 7).set(high01);
      f.get(r2).get(r3).shuffle32(0, 4, 1, 5).set(low23).get(r2).get(r3).shuffle32(2, 6, 3, 7).set(high23);
      for (let step = 0; step < 4; step++) {
        f.get(step < 2 ? low01 : high01).get(step < 2 ? low23 : high23);
        if (step % 2 === 0) f.shuffle32(0, 1, 4, 5);
        else f.shuffle32(2, 3, 6, 7);
        f.set(vector).get(cursor.to).get(vector).mem("v128.store");
        if (rows > 4) {
          // The two numbers of this k from the last two rows, then two zeros.
          f.get(r4)
            .get(r5)
            .shuffle32(step, 4 + step, step, 4 + step)
            .f32x4(0)
            .shuffle32(0, 1, 4, 5)
            .set(pair);
          f.get(cursor.to).get(pair).mem("v128.store", 16).get(vector).get(pair).op("v128.or");
        } else f.get(vector);
        f.op("v128.any_true");
        emitKeep(f, rows, cursor);
      }
      f.get(left).i32(1).op("i32.sub").tee(left).brIf(0);
    });
  });
  f.get(k).i32(3).op("i32.and").tee(left);
  f.if(() => {
    f.loop(() => {
      f.i32(0).set(some);
      pointers.forEach((pointer, i) => {
        f.get(cursor.to)
          .get(pointer)
          .mem("i32.load")
          .tee(number)
          .mem("i32.store", 4 * i);
        f.get(some).get(number).op("i32.or").set(some);
        f.bump(pointer, 4);
      });
      f.get(some).i32(0).op("i32.ne");
      emitKeep(f, rows, cursor);
      f.get(left).i32(1).op("i32.sub").tee(left).brIf(0);
    });
  });
  finishCursor(f, rows, locals, cursor);
}
