/**
 * The opcodes of WebAssembly that generated kernels use, by the names of the specification.
 *
 * Source  WebAssembly core specification 2.0 (binary format) with the relaxed-SIMD and threads proposals.
 */

export const valueTypes = { i32: 0x7f, i64: 0x7e, f32: 0x7d, f64: 0x7c, v128: 0x7b } as const;
export type ValueType = keyof typeof valueTypes;

/** A vector instruction: the prefix, then its number as LEB128. */
const vector = (number: number): readonly number[] =>
  number < 0x80 ? [0xfd, number] : [0xfd, (number & 0x7f) | 0x80, number >>> 7];

export const vectorConstant = vector(12);
export const vectorShuffle = vector(13);

/** Opcodes without immediates, by the names of the specification. */
export const plain = {
  drop: [0x1a],
  return: [0x0f],
  select: [0x1b],
  "i32.eqz": [0x45],
  "i32.eq": [0x46],
  "i32.ne": [0x47],
  "i32.lt_s": [0x48],
  "i32.lt_u": [0x49],
  "i32.gt_s": [0x4a],
  "i32.gt_u": [0x4b],
  "i32.ge_s": [0x4e],
  "i32.ge_u": [0x4f],
  "i32.add": [0x6a],
  "i32.sub": [0x6b],
  "i32.mul": [0x6c],
  "i32.div_u": [0x6e],
  "i32.rem_u": [0x70],
  "i32.and": [0x71],
  "i32.shr_u": [0x76],
  "i32x4.splat": vector(17),
  "f32x4.eq": vector(65),
  "f32x4.ne": vector(66),
  "f32x4.lt": vector(67),
  "f32x4.gt": vector(68),
  "f32x4.ge": vector(70),
  "v128.and": vector(78),
  "v128.andnot": vector(79),
  "v128.or": vector(80),
  "v128.xor": vector(81),
  "v128.bitselect": vector(82),
  "v128.any_true": vector(83),
  "f32x4.nearest": vector(106),
  "i32x4.shl": vector(171),
  "i32x4.shr_s": vector(172),
  "i32x4.shr_u": vector(173),
  "i32x4.add": vector(174),
  "i32x4.sub": vector(177),
  "f32x4.abs": vector(224),
  "f32x4.neg": vector(225),
  "f32x4.sqrt": vector(227),
  "f32x4.add": vector(228),
  "f32x4.sub": vector(229),
  "f32x4.mul": vector(230),
  "f32x4.div": vector(231),
  "f32x4.min": vector(232),
  "f32x4.max": vector(233),
  "f32x4.pmin": vector(234),
  "f32x4.pmax": vector(235),
  "i32x4.trunc_sat_f32x4_s": vector(248),
  "f32x4.convert_i32x4_s": vector(250),
  "i16x8.extend_low_i8x16_u": vector(137),
  "i16x8.extend_high_i8x16_u": vector(138),
  "i32x4.extend_low_i16x8_u": vector(169),
  "i32x4.extend_high_i16x8_u": vector(170),
  "f32x4.relaxed_madd": vector(261),
} as const;
export type PlainInstruction = keyof typeof plain;

/** Loads and stores: opcode bytes and log2 of the natural alignment (here always declared as 0: unaligned is allowed). */
export const memory = {
  "i32.load": [0x28],
  "f32.load": [0x2a],
  "i32.load8_u": [0x2d],
  "i32.store": [0x36],
  "f32.store": [0x38],
  "v128.load": vector(0),
  "v128.load8x8_u": vector(2),
  "v128.load32_splat": vector(9),
  "v128.store": vector(11),
  "v128.load32_zero": vector(92),
  "v128.load64_zero": vector(93),
} as const;
export type MemoryInstruction = keyof typeof memory;

/** On shared memory; the natural alignment must be declared. */
export const atomic = {
  "memory.atomic.notify": [0xfe, 0x00],
  "memory.atomic.wait32": [0xfe, 0x01],
  "i32.atomic.load": [0xfe, 0x10],
  "i32.atomic.store": [0xfe, 0x17],
  "i32.atomic.rmw.add": [0xfe, 0x1e],
  "i32.atomic.rmw.sub": [0xfe, 0x25],
} as const;
export type AtomicInstruction = keyof typeof atomic;

export const laned = { "f32x4.extract_lane": vector(31) } as const;
export const lanedMemory = { "v128.store32_lane": vector(90), "v128.store64_lane": vector(91) } as const;
