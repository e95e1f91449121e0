/**
 * The opcodes of WebAssembly that generated kernels use, by the names of the specification.
 *
 * Source  WebAssembly core specification 2.0 (binary format) with the relaxed-SIMD and threads proposals.
 */

export const valueTypes = { i32: 0x7f, i64: 0x7e, f32: 0x7d, f64: 0x7c, v128: 0x7b } as const;
export type ValueType = keyof typeof valueTypes;

export const vectorConstant = [0xfd, 12] as const;
export const vectorShuffle = [0xfd, 13] as const;

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
  "i32.or": [0x72],
  "i32.shl": [0x74],
  "i32.shr_u": [0x76],
  "i32x4.splat": [0xfd, 17],
  "f32x4.eq": [0xfd, 65],
  "f32x4.ne": [0xfd, 66],
  "f32x4.lt": [0xfd, 67],
  "f32x4.gt": [0xfd, 68],
  "f32x4.ge": [0xfd, 70],
  "v128.and": [0xfd, 78],
  "v128.andnot": [0xfd, 79],
  "v128.or": [0xfd, 80],
  "v128.xor": [0xfd, 81],
  "v128.bitselect": [0xfd, 82],
  "v128.any_true": [0xfd, 83],
  "f32x4.nearest": [0xfd, 106],
  "i32x4.shl": [0xfd, 171],
  "i32x4.shr_s": [0xfd, 172],
  "i32x4.shr_u": [0xfd, 173],
  "i32x4.add": [0xfd, 174],
  "i32x4.sub": [0xfd, 177],
  "f32x4.abs": [0xfd, 224],
  "f32x4.neg": [0xfd, 225],
  "f32x4.sqrt": [0xfd, 227],
  "f32x4.add": [0xfd, 228],
  "f32x4.sub": [0xfd, 229],
  "f32x4.mul": [0xfd, 230],
  "f32x4.div": [0xfd, 231],
  "f32x4.min": [0xfd, 232],
  "f32x4.max": [0xfd, 233],
  "f32x4.pmin": [0xfd, 234],
  "f32x4.pmax": [0xfd, 235],
  "i32x4.trunc_sat_f32x4_s": [0xfd, 248],
  "f32x4.convert_i32x4_s": [0xfd, 250],
  "i16x8.extend_low_i8x16_u": [0xfd, 137],
  "i32x4.extend_low_i16x8_u": [0xfd, 169],
  "i32x4.extend_high_i16x8_u": [0xfd, 170],
  "f32x4.relaxed_madd": [0xfd, 261],
} as const;
export type PlainInstruction = keyof typeof plain;

/** Loads and stores: opcode bytes and log2 of the natural alignment (here always declared as 0: unaligned is allowed). */
export const memory = {
  "i32.load": [0x28],
  "f32.load": [0x2a],
  "i32.load8_u": [0x2d],
  "i32.store": [0x36],
  "f32.store": [0x38],
  "v128.load": [0xfd, 0],
  "v128.load8x8_u": [0xfd, 2],
  "v128.load32_splat": [0xfd, 9],
  "v128.store": [0xfd, 11],
  "v128.load32_zero": [0xfd, 92],
  "v128.load64_zero": [0xfd, 93],
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

export const laned = { "f32x4.extract_lane": [0xfd, 31] } as const;
export const lanedMemory = { "v128.store32_lane": [0xfd, 90], "v128.store64_lane": [0xfd, 91] } as const;
