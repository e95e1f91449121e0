/**
 * Code that packs a strip of the left operand of a product, [k][rows], so that the inner loop reads it from one place (see
 * matmul-code.ts).
 */
import type { FunctionBuilder, Local } from "./assembler.ts";
import { copyVectors } from "./pack-code.ts";

export interface StripLocals {
  /** Address of the strip's first number in A, and the bytes from row to row of A as it lies. */
  readonly a: Local;
  readonly lda: Local;
  readonly k: Local;
  /** Where the packed strip goes. */
  readonly strip: Local;
}

/** Packs rows of a transposed A, [K, M]; with `numbers`, those rows of a table. Whole vectors are copied: the next k writes over what is too much. */
export function emitPackColumns(
  f: FunctionBuilder,
  rows: number,
  { a, lda, k, strip }: StripLocals,
  numbers: Local | undefined,
): void {
  const [from, to, left, number] = [f.local("i32"), f.local("i32"), f.local("i32"), f.local("i32")];
  const vectors = f.locals("v128", Math.ceil(rows / 4));
  f.get(a).set(from).get(strip).set(to).get(k).set(left);
  if (numbers !== undefined) f.get(numbers).set(number);
  f.loop(() => {
    if (numbers !== undefined) {
      f.get(number).mem("i32.load").get(lda).op("i32.mul").get(a).op("i32.add").set(from);
      f.bump(number, 4);
    }
    copyVectors(f, from, to, vectors);
    if (numbers === undefined) f.get(from).get(lda).op("i32.add").set(from);
    f.bump(to, 4 * rows);
    f.get(left).i32(1).op("i32.sub").tee(left).brIf(0);
  });
  f.forget(vectors);
}
