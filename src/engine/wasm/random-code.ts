/**
 * Code for random numbers: Threefry-2x32-20, four counters at once, sixteen numbers of 16 bits (see primitives/random.ts).
 *
 * A round waits for the one before it, so up to sixteen counters go through the rounds together: in fours side by side, which hosts
 * that pair vectors take as one. Their words are stored where the numbers will be, and read again to be made into numbers.
 */
import type { FunctionBuilder, Local, ModuleBuilder } from "./assembler.ts";
import { storeCounted, storeSideBySide } from "./formula-code.ts";

/** The key schedule's parity constant for 32-bit words. */
const parity = 0x1bd11bda;
const rotations = [13, 15, 26, 6, 17, 29, 16, 24];
const rounds = 20;

/** Twenty rounds on the counters in each `a` and `b`, under the keys of the schedule. */
function emitRounds(f: FunctionBuilder, words: readonly (readonly [a: Local, b: Local])[], keys: readonly Local[]): void {
  for (let round = 0; round < rounds; round++) {
    const rotation = rotations[round % 8]!;
    const injection = (round + 1) / 4;
    for (const [a, b] of words) {
      f.get(a).get(b).op("i32x4.add").set(a);
      f.get(b).i32(rotation).op("i32x4.shl");
      f.get(b)
        .i32(32 - rotation)
        .op("i32x4.shr_u")
        .op("v128.or")
        .get(a)
        .op("v128.xor")
        .set(b);
      if (round % 4 !== 3) continue;
      f.get(a)
        .get(keys[injection % 3]!)
        .op("i32x4.add")
        .set(a);
      f.get(b)
        .get(keys[(injection + 1) % 3]!)
        .op("i32x4.add")
        .i32x4(injection)
        .op("i32x4.add")
        .set(b);
    }
  }
}

/** The function of random numbers. Parameters: first row, how many, columns, address of the key, of the first of all numbers. */
export function emitRandom(module: ModuleBuilder): number {
  const { index, code: f } = module.function("random", new Array(5).fill("i32"));
  const [row, rows, columns, key, target] = [0, 1, 2, 3, 4];
  const keys = f.locals("v128", 3);
  const [a, b, word, rowKey, numbers] = f.locals("v128", 5);
  const words = f.locals("v128", 8);
  const [count, place, left] = [f.local("i32"), f.local("i32"), f.local("i32")];
  f.get(key).mem("v128.load32_splat").set(keys[0]!);
  f.get(key).mem("v128.load32_splat", 4).set(keys[1]!);
  f.get(keys[0]!).get(keys[1]!).op("v128.xor").i32x4(parity).op("v128.xor").set(keys[2]!);
  f.get(row).get(columns).op("i32.mul").i32(4).op("i32.mul").get(target).op("i32.add").set(place);
  /** Four numbers of a block: half of each of four words. */
  const emitPart = (part: number) => {
    f.get(part < 2 ? a : b);
    if (part % 2 === 0) f.i32x4(0xffff).op("v128.and");
    else f.i32(16).op("i32x4.shr_u");
    // Sixteen bits are no negative number: the conversion that processors have serves.
    f.op("f32x4.convert_i32x4_s")
      .f32x4(0.5)
      .op("f32x4.add")
      .f32x4(1 / 65536)
      .op("f32x4.mul");
  };
  const emitBlock = () => {
    f.get(left).i32(16).op("i32.ge_s");
    f.if(
      () => {
        for (let part = 0; part < 4; part++) {
          f.get(place);
          emitPart(part);
          f.mem("v128.store", 16 * part);
        }
      },
      () => {
        for (let part = 0; part < 4; part++) {
          f.get(left)
            .i32(4 * part)
            .op("i32.gt_s");
          f.if(() => {
            emitPart(part);
            f.set(word)
              .get(left)
              .i32(4 * part)
              .op("i32.sub")
              .set(count);
            storeCounted(f, () => f.get(place), word, count, 16 * part);
          });
        }
      },
    );
  };
  f.countdown(rows, () => {
    f.get(row).op("i32x4.splat").get(keys[0]!).op("i32x4.add").set(rowKey);
    f.i32x4(0, 1, 2, 3).get(keys[1]!).op("i32x4.add").set(numbers);
    f.get(columns).set(left);
    const finishBlock = () => {
      emitBlock();
      f.get(left).i32(16).get(left).i32(16).op("i32.lt_s").op("select").i32(4).op("i32.mul").get(place).op("i32.add").set(place);
      f.get(numbers).i32x4(4).op("i32x4.add").set(numbers);
      f.get(left).i32(16).op("i32.sub").set(left);
    };
    /** So many blocks, two at a time side by side: words [a, next a, b, next b] of each two. */
    const emitBlocks = (blocks: number) => {
      const used = words.slice(0, 2 * blocks);
      const pairs = [0, 1, 4, 5].slice(0, blocks).map((i) => [words[i]!, words[i + 2]!] as const);
      // Pairs are the same operations: even where 0 is added.
      for (const [i, local] of used.entries()) {
        if (i % 4 < 2) f.get(rowKey);
        else
          f.get(numbers)
            .i32x4(8 * Math.floor(i / 4) + 4 * (i % 2))
            .op("i32x4.add");
        f.set(local);
      }
      emitRounds(f, pairs, keys);
      storeSideBySide(f, () => f.get(place), used);
      for (const [i, local] of used.entries())
        f.get(place)
          .mem("v128.load", 16 * i)
          .set(local);
      for (const [first, second] of pairs)
        f.get(left)
          .i32(0)
          .op("i32.gt_s")
          .if(() => {
            f.get(first).set(a).get(second).set(b);
            finishBlock();
          });
      f.forget(used);
    };
    const emitOne = () => {
      f.get(rowKey).set(a).get(numbers).set(b);
      emitRounds(f, [[a, b]], keys);
      finishBlock();
    };
    f.loop(() => {
      f.get(left)
        .i32(32)
        .op("i32.gt_s")
        .if(
          () => emitBlocks(4),
          () =>
            f
              .get(left)
              .i32(16)
              .op("i32.gt_s")
              .if(() => emitBlocks(2), emitOne),
        );
      f.get(left).i32(0).op("i32.gt_s").brIf(0);
    });
    f.bump(row, 1);
  });
  return index;
}
