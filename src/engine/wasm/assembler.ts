/**
 * A WebAssembly assembler: just what the generated kernels need.
 *
 * Source  WebAssembly core specification 2.0 (binary format) with the relaxed-SIMD and threads proposals for their opcodes.
 * Choice  Stack style: each method appends one instruction, so a kernel generator reads like the code it makes.
 */

export const valueTypes = { i32: 0x7f, i64: 0x7e, f32: 0x7d, f64: 0x7c, v128: 0x7b } as const;
export type ValueType = keyof typeof valueTypes;

/** Opcodes without immediates, by the names of the specification. */
const plain = {
  unreachable: [0x00],
  return: [0x0f],
  drop: [0x1a],
  select: [0x1b],
  "i32.eqz": [0x45],
  "i32.eq": [0x46],
  "i32.ne": [0x47],
  "i32.lt_s": [0x48],
  "i32.lt_u": [0x49],
  "i32.gt_s": [0x4a],
  "i32.gt_u": [0x4b],
  "i32.le_s": [0x4c],
  "i32.le_u": [0x4d],
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
  "f32.add": [0x92],
  "f32.sub": [0x93],
  "f32.mul": [0x94],
  "f32.div": [0x95],
  "f32.sqrt": [0x91],
  "f32.convert_i32_u": [0xb3],
  "i32.trunc_sat_f32_u": [0xfc, 1],
  "f32x4.splat": [0xfd, 19],
  "i32x4.splat": [0xfd, 17],
  "f32x4.eq": [0xfd, 65],
  "f32x4.ne": [0xfd, 66],
  "f32x4.lt": [0xfd, 67],
  "f32x4.gt": [0xfd, 68],
  "f32x4.le": [0xfd, 69],
  "f32x4.ge": [0xfd, 70],
  "v128.not": [0xfd, 77],
  "v128.and": [0xfd, 78],
  "v128.andnot": [0xfd, 79],
  "v128.or": [0xfd, 80],
  "v128.xor": [0xfd, 81],
  "v128.bitselect": [0xfd, 82],
  "f32x4.ceil": [0xfd, 103],
  "f32x4.floor": [0xfd, 104],
  "f32x4.trunc": [0xfd, 105],
  "f32x4.nearest": [0xfd, 106],
  "i32x4.shl": [0xfd, 171],
  "i32x4.shr_s": [0xfd, 172],
  "i32x4.shr_u": [0xfd, 173],
  "i32x4.add": [0xfd, 174],
  "i32x4.sub": [0xfd, 177],
  "i32x4.mul": [0xfd, 181],
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
  "f32x4.convert_i32x4_u": [0xfd, 251],
  "i16x8.extend_low_i8x16_u": [0xfd, 137],
  "i16x8.extend_high_i8x16_u": [0xfd, 138],
  "i32x4.extend_low_i16x8_u": [0xfd, 169],
  "i32x4.extend_high_i16x8_u": [0xfd, 170],
  "f32x4.relaxed_madd": [0xfd, 261],
} as const;
export type PlainInstruction = keyof typeof plain;

/** Loads and stores: opcode bytes and log2 of the natural alignment (here always declared as 0: unaligned is allowed). */
const memory = {
  "i32.load": [0x28],
  "f32.load": [0x2a],
  "i32.load8_u": [0x2d],
  "i32.store": [0x36],
  "f32.store": [0x38],
  "i32.store8": [0x3a],
  "v128.load": [0xfd, 0],
  "v128.load32_splat": [0xfd, 9],
  "v128.store": [0xfd, 11],
  "v128.load32_zero": [0xfd, 92],
  "v128.load64_zero": [0xfd, 93],
} as const;
export type MemoryInstruction = keyof typeof memory;

const laned = { "f32x4.extract_lane": [0xfd, 31], "f32x4.replace_lane": [0xfd, 32], "i32x4.extract_lane": [0xfd, 27] } as const;
const lanedMemory = { "v128.store32_lane": [0xfd, 90], "v128.store64_lane": [0xfd, 91] } as const;

function pushUnsigned(out: number[], value: number): void {
  let rest = value >>> 0;
  while (rest >= 0x80) {
    out.push((rest & 0x7f) | 0x80);
    rest >>>= 7;
  }
  out.push(rest);
}

function pushSigned(out: number[], value: number): void {
  let rest = value | 0;
  for (;;) {
    const low = rest & 0x7f;
    rest >>= 7;
    if ((rest === 0 && (low & 0x40) === 0) || (rest === -1 && (low & 0x40) !== 0)) {
      out.push(low);
      return;
    }
    out.push(low | 0x80);
  }
}

/** Bytes of an opcode: the prefix, then the rest as LEB128. */
function pushOpcode(out: number[], opcode: readonly number[]): void {
  out.push(opcode[0]!);
  if (opcode.length > 1) pushUnsigned(out, opcode[1]!);
}

const floatBits = new DataView(new ArrayBuffer(8));

/** A local variable or parameter: its index. */
export type Local = number;

export class FunctionBuilder {
  readonly name: string;
  readonly parameters: readonly ValueType[];
  private readonly locals: ValueType[] = [];
  private readonly code: number[] = [];

  constructor(name: string, parameters: readonly ValueType[]) {
    this.name = name;
    this.parameters = parameters;
  }

  local(type: ValueType): Local {
    this.locals.push(type);
    return this.parameters.length + this.locals.length - 1;
  }

  op(name: PlainInstruction): this {
    pushOpcode(this.code, plain[name]);
    return this;
  }
  mem(name: MemoryInstruction, offset = 0): this {
    pushOpcode(this.code, memory[name]);
    this.code.push(0);
    pushUnsigned(this.code, offset);
    return this;
  }
  lane(name: keyof typeof laned, lane: number): this {
    pushOpcode(this.code, laned[name]);
    this.code.push(lane);
    return this;
  }
  storeLane(name: keyof typeof lanedMemory, offset: number, lane: number): this {
    pushOpcode(this.code, lanedMemory[name]);
    this.code.push(0);
    pushUnsigned(this.code, offset);
    this.code.push(lane);
    return this;
  }
  get(local: Local): this {
    this.code.push(0x20);
    pushUnsigned(this.code, local);
    return this;
  }
  set(local: Local): this {
    this.code.push(0x21);
    pushUnsigned(this.code, local);
    return this;
  }
  tee(local: Local): this {
    this.code.push(0x22);
    pushUnsigned(this.code, local);
    return this;
  }
  i32(value: number): this {
    this.code.push(0x41);
    pushSigned(this.code, value);
    return this;
  }
  f32(value: number): this {
    floatBits.setFloat32(0, value, true);
    this.code.push(0x43);
    for (let i = 0; i < 4; i++) this.code.push(floatBits.getUint8(i));
    return this;
  }
  /** Four float32 lanes; one value stands for all four. */
  f32x4(...lanes: number[]): this {
    pushOpcode(this.code, [0xfd, 12]);
    for (let lane = 0; lane < 4; lane++) {
      floatBits.setFloat32(0, lanes.length === 1 ? lanes[0]! : lanes[lane]!, true);
      for (let i = 0; i < 4; i++) this.code.push(floatBits.getUint8(i));
    }
    return this;
  }
  /** Four 32-bit integer lanes; one value stands for all four. */
  i32x4(...lanes: number[]): this {
    pushOpcode(this.code, [0xfd, 12]);
    for (let lane = 0; lane < 4; lane++) {
      floatBits.setInt32(0, lanes.length === 1 ? lanes[0]! : lanes[lane]!, true);
      for (let i = 0; i < 4; i++) this.code.push(floatBits.getUint8(i));
    }
    return this;
  }
  /** Bytes picked out of two vectors: 0 to 15 from the first, 16 to 31 from the second. */
  shuffle(...bytes: number[]): this {
    pushOpcode(this.code, [0xfd, 13]);
    this.code.push(...bytes);
    return this;
  }
  /** 32-bit lanes picked out of two vectors: 0 to 3 from the first, 4 to 7 from the second. */
  shuffle32(...lanes: [number, number, number, number]): this {
    return this.shuffle(...lanes.flatMap((lane) => [4 * lane, 4 * lane + 1, 4 * lane + 2, 4 * lane + 3]));
  }
  call(functionIndex: number): this {
    this.code.push(0x10);
    pushUnsigned(this.code, functionIndex);
    return this;
  }
  block(body: () => void): this {
    this.code.push(0x02, 0x40);
    body();
    this.code.push(0x0b);
    return this;
  }
  loop(body: () => void): this {
    this.code.push(0x03, 0x40);
    body();
    this.code.push(0x0b);
    return this;
  }
  /** Takes the condition from the stack. */
  if(then: () => void, otherwise?: () => void): this {
    this.code.push(0x04, 0x40);
    then();
    if (otherwise) {
      this.code.push(0x05);
      otherwise();
    }
    this.code.push(0x0b);
    return this;
  }
  br(depth: number): this {
    this.code.push(0x0c);
    pushUnsigned(this.code, depth);
    return this;
  }
  brIf(depth: number): this {
    this.code.push(0x0d);
    pushUnsigned(this.code, depth);
    return this;
  }
  /** local += value, for addresses and counters. */
  bump(local: Local, value: number): this {
    return this.get(local).i32(value).op("i32.add").set(local);
  }

  /** The function's body as bytes: declarations of locals in runs of one type, code, end. */
  body(): number[] {
    const runs: [ValueType, number][] = [];
    for (const type of this.locals) {
      const last = runs[runs.length - 1];
      if (last?.[0] === type) last[1]++;
      else runs.push([type, 1]);
    }
    const out: number[] = [];
    pushUnsigned(out, runs.length);
    for (const [type, count] of runs) {
      pushUnsigned(out, count);
      out.push(valueTypes[type]);
    }
    const whole: number[] = [];
    pushUnsigned(whole, out.length + this.code.length + 1);
    return whole.concat(out, this.code, 0x0b);
  }
}

function section(id: number, entries: readonly (readonly number[])[]): number[] {
  const content: number[] = [];
  pushUnsigned(content, entries.length);
  for (const entry of entries) for (const byte of entry) content.push(byte);
  const out = [id];
  pushUnsigned(out, content.length);
  return out.concat(content);
}

function nameBytes(name: string): number[] {
  const bytes = [...new TextEncoder().encode(name)];
  const out: number[] = [];
  pushUnsigned(out, bytes.length);
  return out.concat(bytes);
}

/** A module whose memory is imported as `env.memory`; functions give no results. */
export class ModuleBuilder {
  private readonly functions: FunctionBuilder[] = [];
  private readonly exported: number[] = [];
  private readonly shared: boolean;
  private readonly maximumPages: number;

  /** @param maximumPages bound of a shared memory, in pages of 64 KiB; must equal that of the memory given */
  constructor(options: { shared?: boolean; maximumPages?: number } = {}) {
    this.shared = options.shared ?? false;
    this.maximumPages = options.maximumPages ?? 65536;
  }

  /** Reserves an index and returns the builder; bodies can be written in any order. */
  function(name: string, parameters: readonly ValueType[], exported = false): { index: number; code: FunctionBuilder } {
    const code = new FunctionBuilder(name, parameters);
    this.functions.push(code);
    const index = this.functions.length - 1;
    if (exported) this.exported.push(index);
    return { index, code };
  }

  build(): Uint8Array<ArrayBuffer> {
    const types: number[][] = [];
    const typeIndex = new Map<string, number>();
    const typeOf = this.functions.map(({ parameters }) => {
      const key = parameters.join();
      let index = typeIndex.get(key);
      if (index === undefined) {
        index = types.length;
        typeIndex.set(key, index);
        const type = [0x60];
        pushUnsigned(type, parameters.length);
        for (const parameter of parameters) type.push(valueTypes[parameter]);
        type.push(0);
        types.push(type);
      }
      return index;
    });
    const limits: number[] = this.shared ? [0x03, 0] : [0x00, 0];
    if (this.shared) pushUnsigned(limits, this.maximumPages);
    const bytes = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00].concat(
      section(1, types),
      section(2, [[...nameBytes("env"), ...nameBytes("memory"), 0x02, ...limits]]),
      section(
        3,
        typeOf.map((index) => {
          const out: number[] = [];
          pushUnsigned(out, index);
          return out;
        }),
      ),
      section(
        7,
        this.exported.map((index) => {
          const out = [...nameBytes(this.functions[index]!.name), 0x00];
          pushUnsigned(out, index);
          return out;
        }),
      ),
      section(
        10,
        this.functions.map((f) => f.body()),
      ),
      this.names(),
    );
    return new Uint8Array(bytes);
  }

  /** The custom section that gives functions their names in profiles and stack traces. */
  private names(): number[] {
    const map: number[] = [];
    pushUnsigned(map, this.functions.length);
    this.functions.forEach((f, index) => {
      pushUnsigned(map, index);
      for (const byte of nameBytes(f.name)) map.push(byte);
    });
    const content = [...nameBytes("name"), 0x01];
    pushUnsigned(content, map.length);
    for (const byte of map) content.push(byte);
    const out = [0x00];
    pushUnsigned(out, content.length);
    return out.concat(content);
  }
}
